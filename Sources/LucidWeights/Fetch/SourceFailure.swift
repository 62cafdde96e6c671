import LucidTensor

/// Why one source did not give the file: another may. What is wrong on this machine, such as a full disk, is a
/// `LucidError` at once, since no other source can help.
struct SourceFailure: Error, Sendable {
  let code: LucidError.Code
  /// What was expected and what was found.
  let problem: String
  /// Whether the same source may well give the file a moment later.
  var isTransient = false
  /// The seconds that the server asks to wait before that.
  var retryAfter: Int?

  init(_ code: LucidError.Code, _ problem: String, isTransient: Bool = false, retryAfter: Int? = nil) {
    self.code = code
    self.problem = WebAddress.redacted(problem)
    self.isTransient = isTransient
    self.retryAfter = retryAfter
  }
}
