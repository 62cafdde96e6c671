/// What went wrong in the world outside the program: a file, the network, a person's input, a missing device.
///
/// Its text says what was being done, to what, what was found, and what to try next. Wrong uses by the programmer,
/// such as shapes that cannot fit, trap instead.
public struct LucidError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code as text, such as `corrupt-file`.
    public let rawValue: String
    /// The code with this text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The device does not exist or this build cannot use it.
    public static let deviceUnavailable = Code(rawValue: "device-unavailable")
    /// A state dict does not fit a module.
    public static let stateDictMismatch = Code(rawValue: "state-dict-mismatch")
    /// A file cannot be opened, read or written.
    public static let fileUnreadable = Code(rawValue: "file-unreadable")
    /// A file's bytes break the rules of its format.
    public static let corruptFile = Code(rawValue: "corrupt-file")
    /// A file is of a format, or uses a feature, that is not supported.
    public static let unsupportedFormat = Code(rawValue: "unsupported-format")
    /// A file asks for something that a data file has no business with, such as running code.
    public static let unsafeFile = Code(rawValue: "unsafe-file")
    /// Bytes do not have the digest that was promised.
    public static let digestMismatch = Code(rawValue: "digest-mismatch")
    /// No source could provide a file.
    public static let unreachable = Code(rawValue: "unreachable")
    /// A disk has not enough room; `byteCounts` says how much is "needed" and how much is "available".
    public static let insufficientSpace = Code(rawValue: "insufficient-space")
    /// A name that a person gave is not known.
    public static let unknownName = Code(rawValue: "unknown-name")
    /// A picture cannot be decoded.
    public static let invalidImage = Code(rawValue: "invalid-image")
    /// A person's input does not fit what it is for.
    public static let invalidInput = Code(rawValue: "invalid-input")
  }

  /// The kind of failure.
  public let code: Code
  /// What was being done, as in "reading resnet18.pth".
  public let doing: String
  /// What was expected and what was found.
  public let problem: String
  /// What to try next.
  public let advice: String?
  /// The numbers of bytes that the failure is about, by name, for programs; empty for most.
  public let byteCounts: [String: Int]

  /// A failure with the given parts; `doing` reads as "reading resnet18.pth", `problem` and `advice` as sentences.
  public init(
    _ code: Code, doing: String, problem: String, advice: String? = nil, byteCounts: [String: Int] = [:]
  ) {
    self.code = code
    self.doing = doing
    self.problem = problem
    self.advice = advice
    self.byteCounts = byteCounts
  }

  /// What was being done, what went wrong, and what to try next.
  public var description: String {
    let sentence = problem.hasSuffix(".") || problem.hasSuffix("?") ? problem : problem + "."
    return "\(doing): \(sentence)" + (advice.map { ($0.hasPrefix("\n") ? "" : " ") + $0 } ?? "")
  }
}
