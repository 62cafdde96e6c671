import Synchronization

/// A wish that a training ends after its present step, which a signal handler or another task may express.
public final class StopRequest: Sendable {
  private let flag = Atomic<Bool>(false)

  /// No wish yet.
  public init() {}

  /// Expresses the wish.
  public func stop() { flag.store(true, ordering: .relaxed) }

  /// Whether it was expressed.
  public var isRequested: Bool { flag.load(ordering: .relaxed) }
}
