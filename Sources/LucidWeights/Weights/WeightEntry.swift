/// A published checkpoint: where its file can be had, what is known about it, and how its inputs are prepared.
public struct WeightEntry: Sendable, Hashable {
  /// Where the file is, in the order in which to try; each gives the same parameters.
  public let sources: [WeightSource]
  /// What is known about the checkpoint.
  public let meta: WeightMeta
  /// How pictures become its inputs; `nil` where its inputs are not pictures or its publisher does not say.
  public let preprocessing: PreprocessingRecipe?

  /// A checkpoint that is at the first of `sources` that answers.
  public init(sources: [WeightSource], meta: WeightMeta = WeightMeta(), preprocessing: PreprocessingRecipe? = nil) {
    precondition(!sources.isEmpty, "a checkpoint needs at least one source")
    self.sources = sources
    self.meta = meta
    self.preprocessing = preprocessing
  }

  /// A checkpoint at one web address.
  ///
  /// - Parameters:
  ///   - url: An `https` address.
  ///   - sha256: The file's SHA-256 in hexadecimal, all 64 digits, or its first digits, at least eight, which pin the
  ///     file weakly (see ``Digest``). Anything else traps.
  ///   - byteCount: The file's size in bytes, where it is known.
  ///   - meta: What is known about the checkpoint.
  ///   - preprocessing: How pictures become its inputs.
  public init(
    url: String, sha256: String, byteCount: Int? = nil, meta: WeightMeta = WeightMeta(),
    preprocessing: PreprocessingRecipe? = nil
  ) {
    guard let digest = Digest(hex: sha256) else {
      preconditionFailure("a SHA-256 is 64 hexadecimal digits, or its first eight or more, not \"\(sha256)\"")
    }
    self.init(
      sources: [WeightSource(.url(url), digest: digest, byteCount: byteCount)], meta: meta,
      preprocessing: preprocessing)
  }
}
