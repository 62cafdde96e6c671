import Lucid

/// What a model takes, so that a person's numbers are checked before they reach operations that trap on shapes that do
/// not fit.
struct InputRule {
  /// The model's Swift type.
  let model: String
  /// The size of the dimension C.
  let channels: Int
  /// The smallest H and W.
  let minSize: [Int]

  /// The rule of a model: the channels are those of its first convolution, the smallest size is what its checkpoints
  /// state.
  init(_ entry: CatalogModel, _ network: any PretrainedModel) {
    guard let stem = network.parameters().first(where: { $0.shape.rank == 4 }) else {
      preconditionFailure("\(entry.typeName) has no convolution")
    }
    model = entry.typeName
    channels = stem.shape[1]
    let sizes = entry.weights.compactMap(\.meta.minSize)
    minSize = [0, 1].map { axis in sizes.reduce(1) { max($0, $1[axis]) } }
  }

  /// - Throws: ``LucidError`` with ``LucidError/Code/invalidInput`` that names the file, unless the model takes `x`.
  func check(_ x: Tensor, from path: String) throws(LucidError) {
    func misfit(_ problem: String, _ advice: String) -> LucidError {
      LucidError(.invalidInput, doing: "running \(model) on \(path)", problem: problem, advice: advice)
    }
    guard x.dtype.isFloatingPoint else {
      throw misfit(
        "expected floating-point numbers, found \(x.dtype)",
        "Preprocess the pixels as the checkpoint says, then save x.astype('float32').")
    }
    guard x.rank == 4 else {
      throw misfit(
        "expected the shape [N, C, H, W], found \(x.shape)",
        x.rank == 3 ? "Save x[None]: one picture is a batch of one." : "Save an array of four dimensions.")
    }
    guard x.shape[1] == channels else {
      throw misfit(
        "expected \(channels) channels, found \(x.shape[1]) in the shape \(x.shape)",
        x.shape[3] == channels
          ? "The order is [N, C, H, W]: save x.transpose(0, 3, 1, 2)." : "The order is [N, C, H, W].")
    }
    guard x.shape[2] >= minSize[0], x.shape[3] >= minSize[1] else {
      throw misfit(
        "expected pictures of at least \(minSize[0])x\(minSize[1]), found \(x.shape[2])x\(x.shape[3])",
        "The model's strides leave nothing of a smaller one.")
    }
  }
}
