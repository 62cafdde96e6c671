import LucidTensor

extension Module: CustomStringConvertible {
  /// The tree of modules with their settings, shapes and parameter counts.
  public var description: String {
    lines("", indent: "").joined(separator: "\n")
  }

  private func lines(_ name: String, indent: String) -> [String] {
    let settings = settings.isEmpty ? "" : "(\(settings))"
    var notes = ownSlots().map { "\($0.key) \($0.type.shape)" }
    let count = parameterCount
    if count > 0 { notes.append("\(grouped(count)) parameter\(count == 1 ? "" : "s")") }
    let note = notes.isEmpty ? "" : "  # " + notes.joined(separator: ", ")
    return ["\(indent)\(name)\(Swift.type(of: self))\(settings)\(note)"]
      + children().flatMap { $0.module.lines("\($0.name): ", indent: indent + "  ") }
  }
}

/// 11689512 as `11,689,512`.
private func grouped(_ number: Int) -> String {
  var result = ""
  for (index, digit) in String(number).reversed().enumerated() {
    if index > 0 && index % 3 == 0 { result.append(",") }
    result.append(digit)
  }
  return String(result.reversed())
}
