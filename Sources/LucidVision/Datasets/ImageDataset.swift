import LucidTensor

/// Pictures with labels, found by their place: what a ``DataLoader`` reads.
///
/// ``ImageFolder``, ``ImageTable``, ``ImageFiles`` and ``TensorDataset`` are some; a type of your own needs five members.
/// `image(at:)` is called from several threads at once.
public protocol ImageDataset: Sendable {
  /// How many pictures there are.
  var count: Int { get }
  /// The names of the classes; a label is a place in it. Empty where nothing is labelled.
  var classes: [String] { get }
  /// The class of a picture, or ``unlabelled``.
  func label(at index: Int) -> Int
  /// What to call a picture, such as the path of its file.
  func name(at index: Int) -> String
  /// The picture. Throws ``LucidError`` where it cannot be read.
  func image(at index: Int) throws -> Image
}

extension ImageDataset {
  /// The label of a picture that has none. It is no place in any list, so no loss takes it by mistake.
  public static var unlabelled: Int { -1 }

  /// How many pictures each class has, in the order of ``classes``.
  public var classCounts: [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for index in 0..<count where counts.indices.contains(label(at: index)) { counts[label(at: index)] += 1 }
    return counts
  }

  /// The part of the data set at these places, in their order. Traps where a place does not exist.
  public func subset(_ indices: [Int]) -> DatasetSubset { DatasetSubset(self, indices) }
}

/// Some pictures of a data set, in an order of their own; the classes stay those of the whole.
public struct DatasetSubset: ImageDataset {
  /// The whole.
  public let base: any ImageDataset
  /// The places in ``base``.
  public let indices: [Int]

  /// The part of a data set at these places. Traps where a place does not exist.
  public init(_ base: some ImageDataset, _ indices: [Int]) {
    let count = base.count
    if let wrong = indices.first(where: { !(0..<count).contains($0) }) {
      preconditionFailure("subset: a data set of \(count) pictures has none at \(wrong)")
    }
    (self.base, self.indices) = (base, indices)
  }

  public var count: Int { indices.count }
  public var classes: [String] { base.classes }
  public func label(at index: Int) -> Int { base.label(at: indices[index]) }
  public func name(at index: Int) -> String { base.name(at: indices[index]) }
  public func image(at index: Int) throws -> Image { try base.image(at: indices[index]) }
}

extension ImageDataset {
  /// The data set in two parts, each with the classes in the proportions of the whole (a stratified split), as
  /// scikit-learn's `train_test_split(stratify:)` draws them.
  ///
  /// Of a class with n pictures `n * validation`, rounded, go to validation; where n is 2 or more, at least one goes to
  /// either part. The same seed gives the same parts. Within a part the order is that of the whole.
  ///
  /// - Parameter validation: the share of the validation part, between 0 and 1; traps elsewhere.
  public func split(
    validation share: Double, seed: UInt64
  ) -> (training: DatasetSubset, validation: DatasetSubset) {
    precondition(share > 0 && share < 1, "split: the share of validation must lie between 0 and 1, not be \(share)")
    let places = Dictionary(grouping: 0..<count, by: label(at:))
    var isHeld = [Bool](repeating: false, count: count)
    for (label, members) in places {
      let rounded = Int((Double(members.count) * share).rounded())
      let held = members.count < 2 ? rounded : min(max(rounded, 1), members.count - 1)
      var random = RandomStream(seed, UInt64(bitPattern: Int64(label)))
      for place in random.permutation(members.count).prefix(held) { isHeld[members[place]] = true }
    }
    return (subset((0..<count).filter { !isHeld[$0] }), subset((0..<count).filter { isHeld[$0] }))
  }
}
