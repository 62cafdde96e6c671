import LucidTensor

/// Variables that cannot be understood are errors: who sets `LUCID_OFFLINE=ja` must not be taken to have set nothing.
extension FetchEnvironment {
  /// Whether a variable that switches something is on or off; nil for a value that says neither.
  package static func switchValue(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "1", "true", "yes", "on": true
    case "0", "false", "no", "off": false
    default: nil
    }
  }

  /// The first of Lucid's variables whose value cannot be understood. No token is in the text.
  var fault: LucidError? {
    for name in ["LUCID_OFFLINE", "LUCID_FROZEN"] {
      if let text = value(name), Self.switchValue(text) == nil {
        return Self.fault(name, "its value \"\(text)\" is neither on nor off", "Set it to 1 or 0.")
      }
    }
    if let text = value("LUCID_CONNECTIONS"), Int(text).map({ $0 > 0 }) != true {
      return Self.fault("LUCID_CONNECTIONS", "its value \"\(text)\" is no number above 0", "Set it to 4, say.")
    }
    let form = "between blanks, an address before each ="
    for word in words("LUCID_MIRRORS") where !Self.isPair(word) {
      return Self.fault(
        "LUCID_MIRRORS", "\"\(WebAddress.redacted(word))\" is no pair PREFIX=REPLACEMENT of addresses",
        "It holds pairs \(form): https://download.pytorch.org/=https://mirror.example.org/pytorch/")
    }
    if words("LUCID_TOKENS").contains(where: { !Self.isPair($0) }) {
      return Self.fault(
        "LUCID_TOKENS", "one of its words is no pair ORIGIN=TOKEN",
        "It holds pairs \(form): https://models.example.org=TOKEN")
    }
    return nil
  }

  private func words(_ name: String) -> [String] {
    (value(name) ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
  }

  private static func isPair(_ word: String) -> Bool {
    guard let mark = word.firstIndex(of: "="), word.index(after: mark) < word.endIndex else { return false }
    return word[..<mark].contains("://")
  }

  private static func fault(_ name: String, _ problem: String, _ advice: String) -> LucidError {
    LucidError(.invalidInput, doing: "reading the variable \(name)", problem: problem, advice: advice)
  }
}
