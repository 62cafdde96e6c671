import LucidTensor

/// Pictures that are in memory already, such as the digits of MNIST in an array.
///
/// ```swift
/// let arrays = try StateDict(contentsOf: "mnist.npz")
/// let digits = TensorDataset(images: arrays["images"]!, labels: arrays["labels"]!.scalars(as: Int.self))
/// ```
public struct TensorDataset: ImageDataset {
  /// `[N, C, H, W]`, uint8, C being 1 (grey) or 3 (red, green, blue).
  public let images: Tensor
  private let labels: [Int]
  public let classes: [String]

  /// The pictures `[N, C, H, W]` and the label of each.
  ///
  /// - Parameter classes: the names of the classes; "0", "1", … where they have none.
  ///
  /// Traps for other shapes and types, where there are not as many labels as pictures, and where a label is no place in
  /// `classes`.
  public init(images: Tensor, labels: [Int], classes: [String]? = nil) {
    precondition(
      images.dtype == .uint8 && images.rank == 4 && (images.shape[1] == 1 || images.shape[1] == 3)
        && images.shape[2] > 0 && images.shape[3] > 0,
      "a data set is made of uint8 pictures of shape [N, 1, H, W] or [N, 3, H, W], not of a \(images.type)")
    precondition(labels.count == images.shape[0], "\(labels.count) labels for \(images.shape[0]) pictures")
    let names = classes ?? (0...max(labels.max() ?? 0, 0)).map(String.init)
    if let wrong = labels.first(where: { !names.indices.contains($0) }) {
      preconditionFailure("the label \(wrong) is none of \(names.count) classes")
    }
    self.images = images.contiguous()
    self.labels = labels
    self.classes = names
  }

  public var count: Int { labels.count }
  public func label(at index: Int) -> Int { labels[index] }
  public func name(at index: Int) -> String { "picture \(index)" }
  public func image(at index: Int) -> Image { Image(images[index]) }
}
