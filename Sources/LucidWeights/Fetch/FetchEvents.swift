import Synchronization

/// A fetch as a sequence of what happens in it: how far it is, again and again, and in the end the verified file.
///
/// ```swift
/// for try await event in ResNet18Weights.imageNet1K_V1.downloadEvents() {
///   switch event {
///   case .progress(let progress): bar.show(progress.byteCount, of: progress.totalByteCount)
///   case .finished(let file): bar.done(file.path)
///   }
/// }
/// ```
///
/// The fetch begins with the iteration and ends with it: cancelling the task that iterates, or leaving the loop, cancels
/// the fetch, and what has arrived is kept for the next. Each iteration is a fetch; those of one file at the same time
/// share one transfer. Who iterates slowly misses counts that are out of date, but no phase and no warning, and the
/// sequence never keeps more than it needs for that.
///
/// The iteration throws what ``WeightResolver/resolve(_:name:progress:)`` throws. It throws `CancellationError` when the
/// task was cancelled and the traces of the fetch have been cleared away.
public struct FetchEvents: AsyncSequence, Sendable {
  /// Something that happens in a fetch.
  public enum Event: Sendable, Hashable {
    /// How far it is.
    case progress(TransferProgress)
    /// The file is there and verified. Nothing comes after this.
    case finished(VerifiedFile)
  }
  public typealias Element = Event

  private let fetch: @Sendable (@escaping ProgressHandler) async throws -> VerifiedFile

  init(_ fetch: @escaping @Sendable (@escaping ProgressHandler) async throws -> VerifiedFile) { self.fetch = fetch }

  /// Begins the fetch.
  public func makeAsyncIterator() -> Iterator { Iterator(iteration: Iteration(fetch)) }

  /// One fetch.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let iteration: Iteration

    /// The next event; nil after ``Event/finished(_:)`` and after an error.
    public mutating func next() async throws -> Event? { try await iteration.next() }
  }
}

/// The task of a fetch, cancelled when nobody iterates any more.
private final class Iteration: Sendable {
  private let mailbox: Mailbox
  private let task: Task<Void, Never>

  init(_ fetch: @escaping @Sendable (@escaping ProgressHandler) async throws -> VerifiedFile) {
    let mailbox = Mailbox()
    self.mailbox = mailbox
    task = Task {
      do {
        mailbox.close(.success(try await fetch { mailbox.add($0) }))
      } catch {
        mailbox.close(.failure(error))
      }
    }
  }

  deinit { task.cancel() }

  func next() async throws -> FetchEvents.Event? {
    // The fetch ends soon after it is cancelled, and that is waited for.
    await withTaskCancellationHandler {
      await mailbox.wait()
    } onCancel: {
      task.cancel()
    }
    return try mailbox.take()
  }
}

/// What has happened and was not taken yet.
private final class Mailbox: Sendable {
  private struct State {
    var pending: [TransferProgress] = []
    var outcome: Result<VerifiedFile, any Error>?
    var isTaken = false
    var reader: CheckedContinuation<Void, Never>?
  }
  private let state = Mutex(State())

  func add(_ progress: TransferProgress) {
    wake { state in
      // A count is out of date when the next comes.
      if let last = state.pending.last, last.fileName == progress.fileName, last.phase == progress.phase,
        progress.phase == .downloading || progress.phase == .verifying
      {
        state.pending.removeLast()
      }
      state.pending.append(progress)
    }
  }

  func close(_ outcome: Result<VerifiedFile, any Error>) { wake { $0.outcome = outcome } }

  /// Waits until `take` has something to give.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if !state.pending.isEmpty || state.outcome != nil { return true }
        state.reader = continuation
        return false
      }
      if isReady { continuation.resume() }
    }
  }

  func take() throws -> FetchEvents.Event? {
    try state.withLock { state in
      if !state.pending.isEmpty { return .progress(state.pending.removeFirst()) }
      guard let outcome = state.outcome, !state.isTaken else { return nil }
      state.isTaken = true
      return .finished(try outcome.get())
    }
  }

  private func wake(_ change: (inout State) -> Void) {
    let reader = state.withLock { state in
      change(&state)
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume()
  }
}

extension WeightResolver {
  /// The fetch of ``resolve(_:name:progress:)`` as a sequence of events.
  ///
  /// - Parameters:
  ///   - sources: where the file, or one as good, can be had.
  ///   - name: what the file is to a person, as in `ResNet_18_Weights.IMAGENET1K_V1`; for messages.
  public func events(for sources: [WeightSource], name: String) -> FetchEvents {
    FetchEvents { [self] progress in try await resolve(sources, name: name, progress: progress) }
  }
}

extension WeightsEnum {
  /// Finds the checkpoint's file or fetches it, as a sequence of events; see ``FetchEvents``.
  public func downloadEvents(with resolver: WeightResolver = .shared) -> FetchEvents {
    resolver.events(for: entry.sources, name: description)
  }
}

extension CatalogWeight {
  /// Finds the checkpoint's file or fetches it, as a sequence of events; see ``FetchEvents``.
  public func downloadEvents(with resolver: WeightResolver = .shared) -> FetchEvents {
    resolver.events(for: entry.sources, name: name)
  }
}
