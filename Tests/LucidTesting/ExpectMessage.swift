import Testing

/// Expects that a process stopped with a message that has all of these words.
public func expectMessage(
  _ result: ExitTest.Result?, naming words: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let result else { return }
  let text = String(decoding: result.standardErrorContent, as: UTF8.self)
  let message = text.split(separator: "\n").first { $0.contains("Fatal error: ") }
  guard let message else {
    Issue.record("the process said nothing before it stopped: \(text.prefix(500))", sourceLocation: sourceLocation)
    return
  }
  for word in words where !message.contains(word) {
    Issue.record("the message does not name \"\(word)\": \(message)", sourceLocation: sourceLocation)
  }
}
