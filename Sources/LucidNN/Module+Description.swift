import LucidTensor

extension Module: CustomStringConvertible {
  /// The tree of modules with their settings, shapes and parameter counts.
  public var description: String {
    "\(Swift.type(of: self)): \(grouped(parameterCount)) parameters\n" + lines(indent: "  ").joined(separator: "\n")
  }

  private func lines(indent: String) -> [String] {
    children().flatMap { name, module in
      let own = module.slots().filter { !$0.key.contains(".") }
      let shapes = own.map { "\($0.key) \($0.type.shape)" }.joined(separator: ", ")
      let count = module.parameterCount
      let line = "\(indent)\(name): \(Swift.type(of: module))(\(module.settings))"
      let detail = count == 0 ? "" : "  # " + (shapes.isEmpty ? "" : shapes + ", ") + "\(grouped(count)) parameters"
      return [line + detail] + module.lines(indent: indent + "  ")
    }
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
