import LucidTensor

/// Fetches a file from a web server into the cache, going on where an earlier attempt stopped.
struct WebSource {
  let source: WeightSource
  let address: String
  let environment: FetchEnvironment
  let cache: WeightCache

  func fetch(_ work: Work) throws -> VerifiedFile {
    let start = try WebAddress(address, environment)
    let transfer = try WebTransfer(environment, work)
    let partial = try cache.makePartial(for: source)
    let limits = environment.limits
    var attempt = 1
    var farthest = partial.receivedCount
    var mayContinue = true
    while true {
      do {
        work.report(.connecting(start.description))
        try download(start, transfer, partial, mayContinue)
        return try cache.publish(partial, for: source)
      } catch let failure as SourceFailure where failure.code == .digestMismatch && partial.isPatched {
        // Each part may have been right and the whole is not: once more, all from one answer.
        mayContinue = false
        work.report(.warning("\(start.description): \(failure.problem); fetching all of it again"))
        try partial.restart()
      } catch let failure as SourceFailure where failure.code == .digestMismatch {
        partial.isWorthKeeping = false
        throw failure
      } catch let failure as SourceFailure where failure.isTransient {
        // An attempt that got farther than any before was no failure of the server to do its work.
        if partial.receivedCount >= farthest + limits.progressThatCounts { attempt = 1 }
        farthest = max(farthest, partial.receivedCount)
        // A server that wants to be left alone for longer than a person waits has failed.
        let asked = failure.retryAfter.map { Double($0) } ?? 0
        guard asked <= limits.longestRetryDelay else { throw failure }
        guard attempt < limits.attempts else {
          throw limits.attempts > 1
            ? SourceFailure(failure.code, "\(failure.problem) (tried \(attempt) times)", remedy: failure.remedy)
            : failure
        }
        let backoff = limits.retryDelay * Double(1 << min(attempt - 1, 16)) * Double.random(in: 0.75...1.25)
        work.report(.warning("\(start.description): \(failure.problem); trying again"))
        try transfer.pause(seconds: max(backoff, asked))
        attempt += 1
      }
    }
  }

  private func download(
    _ start: WebAddress, _ transfer: WebTransfer, _ partial: PartialFile, _ mayContinue: Bool
  ) throws {
    let noted = (try IncrementalSHA256.digest(of: start.text), start.description)
    if partial.receivedCount > 0, !mayContinue || !canContinue(partial, from: noted.0) { try partial.restart() }
    // All of it came before, and the process was killed before it could be published.
    if let total = partial.total, partial.byteCount == total { return }
    if let size = source.byteCount { try partial.reserve(size) }
    var ask = firstAsk(start, partial, noted.0)
    let target = PartialTarget(partial, size: source.byteCount, noted: noted)
    let answer = try transfer.follow(&ask, from: start, into: target)
    switch answer.status {
    case 200: try checkBody(answer, partial)
    case 206: try fetchRest(ask, answer, transfer, partial, target)
    case 416 where ask.range != nil:
      if answer.unsatisfiedSize == partial.byteCount, source.byteCount ?? partial.byteCount == partial.byteCount {
        return
      }
      try partial.restart()
      throw SourceFailure(.unreachable, "\(WebTransfer.statusText(416)); starting anew", isTransient: true)
    default: throw answer.failure(ask.address == start ? "" : " from \(ask.address.description)")
    }
  }

  /// Whether the bytes that are there may be continued from this address: where a strong entity tag says that they are
  /// the same, or where the digest of the whole will.
  private func canContinue(_ partial: PartialFile, from addressDigest: String) -> Bool {
    source.digest.isFull || (partial.origin?.addressDigest == addressDigest && partial.origin?.etag != nil)
  }

  private func firstAsk(_ start: WebAddress, _ partial: PartialFile, _ addressDigest: String) -> BodySink.Ask {
    let index = partial.pieces.firstIndex { !$0.isWhole } ?? 0
    let piece = partial.pieces[index]
    var ask = BodySink.Ask(address: start, piece: index)
    // Where the file may be large the first part alone is asked for: its answer tells the size and whether the server
    // knows ranges, so that the rest can come over several connections.
    let missing = (partial.total ?? source.byteCount).map { $0 - partial.receivedCount }
    let limits = environment.limits
    let isLarge = limits.connections > 1 && missing ?? .max >= limits.parallelThreshold
    let last = isLarge && piece.end - piece.next > limits.pieceSize ? piece.next + limits.pieceSize : piece.end
    let end = last == .max || (partial.pieces.count == 1 && last == partial.total) ? nil : last
    if piece.next > 0 || end != nil { ask.range = (piece.next, end) }
    if partial.receivedCount > 0, partial.origin?.addressDigest == addressDigest { ask.ifRange = partial.origin?.etag }
    return ask
  }

  /// Fetches what the first part has left out, over several connections where much is.
  private func fetchRest(
    _ first: BodySink.Ask, _ answer: WebTransfer.Answer, _ transfer: WebTransfer, _ partial: PartialFile,
    _ target: PartialTarget
  ) throws {
    guard let total = partial.total else { return try checkBody(answer, partial) }
    let limits = environment.limits
    let isMuch = total - partial.receivedCount >= limits.parallelThreshold
    if limits.connections > 1, isMuch { try partial.split(into: limits.pieceSize) }
    let etag = partial.origin?.etag
    var left = partial.pieces.indices.filter { !partial.pieces[$0].isWhole }.reversed() as [Int]
    var asked: [Int: Int] = [:]
    var stalls: [Int: Int] = [:]
    try transfer.run(
      limit: isMuch ? limits.connections : 1, into: target,
      next: {
        // A server may send less than asked for, but then it has to send something.
        while let index = left.last {
          let piece = partial.pieces[index]
          guard !piece.isWhole, asked[index] != piece.next else {
            left.removeLast()
            continue
          }
          asked[index] = piece.next
          if isMuch { left.removeLast() }
          var ask = first
          (ask.piece, ask.range, ask.ifRange, ask.isSide) = (index, (piece.next, piece.end), etag, true)
          return ask
        }
        return nil
      },
      stalled: { ask in
        stalls[ask.piece, default: 0] += 1
        guard stalls[ask.piece]! < limits.attempts else {
          throw SourceFailure(
            .unreachable,
            "the same part of the file stalled \(limits.attempts) times, after \(partial.receivedCount) of \(total) bytes",
            isTransient: true, remedy: .network)
        }
        asked[ask.piece] = nil
        left.append(ask.piece)
      },
      finished: { answer in
        guard answer.status == 206 else { throw answer.failure(" to a part of the file") }
      })
    guard partial.byteCount == total else {
      throw SourceFailure(
        .unreachable, "the server sent less than was asked for, \(partial.receivedCount) of \(total) bytes",
        isTransient: true)
    }
  }

  /// Explains what a digest would only reject.
  private func checkBody(_ answer: WebTransfer.Answer, _ partial: PartialFile) throws {
    if let expected = source.byteCount ?? partial.total, partial.byteCount < expected {
      throw SourceFailure(
        .unreachable, "the connection was closed after \(partial.byteCount) of \(expected) bytes", isTransient: true,
        remedy: .network)
    }
    guard let type = answer.contentType?.lowercased(), type.hasPrefix("text/html") else { return }
    let sha256 = try partial.sha256()
    if !source.digest.matches(sha256) {
      throw SourceFailure(
        .digestMismatch,
        """
        the answer is a web page (sha256:\(sha256)), perhaps of a proxy or a page to log in, not the file \
        (\(source.digest))
        """)
    }
  }
}
