import LucidTensor

/// Why one source did not give the file: another may. What is wrong on this machine, such as a full disk, is a
/// `LucidError` at once, since no other source can help.
struct SourceFailure: Error, Sendable {
  /// What a person may try.
  enum Remedy: Sendable {
    /// Nothing that the text does not say.
    case asSaid
    /// To look after the network.
    case network
    /// To look at the address.
    case address
    /// To find out why the bytes are others.
    case digest

    /// What an error says about it.
    var advice: String? {
      switch self {
      case .asSaid: nil
      case .network:
        "Check the network (https_proxy names a proxy, LUCID_CA_BUNDLE a file of certificates) and try again."
      case .address:
        "Check the address: https://…, hf://owner/repo@revision/path, or file:///… for a file of this machine."
      case .digest:
        "Where the bytes are others than asked for, do not use them before you know why: the publisher may have replaced "
          + "the file, or something on the way may have changed it. Where the new ones are meant, give their SHA-256."
      }
    }
  }

  let code: LucidError.Code
  /// What was expected and what was found.
  let problem: String
  /// Whether the same source may well give the file a moment later.
  var isTransient = false
  /// The seconds that the server asks to wait before that.
  var retryAfter: Int?
  let remedy: Remedy

  init(
    _ code: LucidError.Code, _ problem: String, isTransient: Bool = false, retryAfter: Int? = nil,
    remedy: Remedy? = nil
  ) {
    self.code = code
    self.problem = WebAddress.redacted(problem)
    self.isTransient = isTransient
    self.retryAfter = retryAfter
    self.remedy = remedy ?? (code == .digestMismatch ? .digest : code == .invalidInput ? .address : .asSaid)
  }
}
