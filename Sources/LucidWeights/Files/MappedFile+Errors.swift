import LucidTensor

/// The errors of a file, each with its path.
extension MappedFile {
  /// The bytes break the rules of the format.
  func corrupt(_ problem: String) -> LucidError {
    LucidError(
      .corruptFile, doing: "reading \(path)", problem: problem,
      advice: "The file is damaged, incomplete or not what its writer says; fetch or save it again.")
  }

  /// The file is of a format, or uses a feature, that is not supported.
  func unsupported(_ problem: String, _ advice: String? = nil) -> LucidError {
    LucidError(.unsupportedFormat, doing: "reading \(path)", problem: problem, advice: advice)
  }

  /// The file asks for something that a data file has no business with.
  func unsafe(_ problem: String, _ advice: String? = nil) -> LucidError {
    LucidError(.unsafeFile, doing: "reading \(path)", problem: problem, advice: advice)
  }
}
