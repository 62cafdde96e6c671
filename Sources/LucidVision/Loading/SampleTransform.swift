import LucidTensor

/// What makes a picture an input of a fixed size, written straight to its place in a batch: ``ImagePreprocessing`` to
/// evaluate, ``TrainingPreprocessing`` to train.
public protocol SampleTransform: Sendable {
  /// The shape of an input, `[C, H, W]`; traps where the recipe does not fix it.
  var inputShape: Shape { get }

  /// Writes the input that a picture becomes, row-major. What is random about it is drawn from `random` alone. Throws
  /// ``LucidError`` where the picture cannot become one.
  func write(
    _ image: Image, into values: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) throws
}

extension ImagePreprocessing: SampleTransform {
  /// `[C, H, W]`: the crop, or else the exact size. Traps where a recipe has neither: its inputs differ in size and make no
  /// batch.
  public var inputShape: Shape {
    if let crop { return [channels, crop.height, crop.width] }
    guard case .exact(let size) = resize else {
      preconditionFailure("a batch needs a recipe with a crop or an exact size, not \(self)")
    }
    return [channels, size.height, size.width]
  }

  public func write(
    _ image: Image, into values: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) throws {
    let pixels = try croppedPixels(image)
    let shape = inputShape
    precondition(values.count == shape.elementCount, "an input of \(shape) does not fill \(values.count) numbers")
    normalization.write(pixels, into: values)
  }
}
