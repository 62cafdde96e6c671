import LucidTensor
import Synchronization

/// Which algorithm was measured to be the fastest for each convolution on this machine: known from this process, from the
/// cache folder, or by measuring now.
final class ConvolutionChoices: Sendable {
  /// Those of this process, remembered in the cache folder.
  static let shared = ConvolutionChoices(file: ChoiceFile.standard)

  private struct State {
    var known: [String: ConvolutionAlgorithm] = [:]
    var isRead = false
  }

  private let file: ChoiceFile?
  private let state = Mutex(State())

  /// Choices kept in a file; only in memory without one.
  init(file: ChoiceFile?) { self.file = file }

  /// The algorithms for some convolutions. One caller at a time measures, so that measurements do not disturb each other.
  func algorithms(
    for problems: Set<ConvolutionProblem>, on backend: any Backend
  ) -> [ConvolutionProblem: ConvolutionAlgorithm] {
    if problems.isEmpty { return [:] }
    let fingerprint = backend.fingerprint
    func key(_ problem: ConvolutionProblem) -> String { "\(fingerprint): \(problem)" }
    return state.withLock { state in
      if !state.isRead {
        state.known = file?.read() ?? [:]
        state.isRead = true
      }
      let missing = problems.filter { state.known[key($0)] == nil }.sorted { "\($0)" < "\($1)" }
      if !missing.isEmpty {
        let found = backend.fastestAlgorithms(for: missing)
        let new = Dictionary(uniqueKeysWithValues: zip(missing.map(key), found))
        state.known.merge(new) { $1 }
        file?.add(new)
      }
      return Dictionary(uniqueKeysWithValues: problems.map { ($0, state.known[key($0)] ?? .direct) })
    }
  }
}
