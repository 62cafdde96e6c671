/// Where a tensor's bytes live and its operations run.
public struct Device: Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable { case cpu, gpu }

  package let kind: Kind

  /// Which of several devices of the kind.
  public let index: Int

  /// The processor, through oneDNN.
  public static let cpu = Device(kind: .cpu, index: 0)

  /// The first GPU.
  public static let gpu = Device(kind: .gpu, index: 0)

  /// The GPU with the given number.
  public static func gpu(_ index: Int) -> Device { Device(kind: .gpu, index: index) }

  /// `cpu`, or `gpu:` and a number.
  public var description: String { kind == .cpu ? "cpu" : "gpu:\(index)" }

  /// Whether tensors can be moved there, in this build and on this machine.
  public var isAvailable: Bool { unavailableReason == nil }

  /// Why tensors cannot be moved there; nil where they can.
  public var unavailableReason: String? {
    kind == .cpu ? nil : "this build of Lucid has no GPU backend: it computes on the CPU"
  }

  /// Throws ``LucidError`` with ``LucidError/Code/deviceUnavailable`` where tensors cannot be moved there.
  public func requireAvailable() throws(LucidError) {
    if let unavailableReason {
      throw LucidError(
        .deviceUnavailable, doing: "moving to \(self)", problem: unavailableReason,
        advice: "Use .cpu, or ask Device.gpu.isAvailable first.")
    }
  }
}
