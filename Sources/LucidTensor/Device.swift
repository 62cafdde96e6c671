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

  /// Gives memory back to the system that is kept for tensors to come, as `torch.cuda.empty_cache()` does.
  ///
  /// What tensors need is kept for the next ones when they are gone, up to 5/4 of the most that was ever needed at once,
  /// and for about ten seconds of work on others. Nothing changes but that the next computations take longer.
  public func emptyCache() {
    if kind == .cpu { MemoryPool.shared.empty() }
  }

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
