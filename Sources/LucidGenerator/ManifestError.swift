/// A fault of a manifest or of the command line: where, and what is wrong.
struct ManifestError: Error, Equatable, CustomStringConvertible {
  /// The file.
  let file: String
  /// The place in it, such as `$.models[0].weights[1].tag`; empty for the file as a whole.
  let path: String
  /// What was expected and what was found.
  let problem: String

  /// As compilers write it, so that editors and build logs link to the file.
  var description: String { "\(file): error: \(path.isEmpty ? "" : "\(path): ")\(problem)" }
}
