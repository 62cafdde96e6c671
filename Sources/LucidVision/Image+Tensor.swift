import LucidTensor

extension Image {
  /// The samples as a `uint8` tensor of shape `[3, H, W]`, channels red, green, blue: torchvision's `pil_to_tensor`.
  public func tensor() -> Tensor {
    let count = height * width
    return Tensor(shape: [3, height, width], of: UInt8.self) { planes in
      pixels.withUnsafeBufferPointer { pixels in
        for channel in 0..<3 {
          for index in 0..<count { planes[channel * count + index] = pixels[index * 3 + channel] }
        }
      }
    }
  }

  /// A picture of a `uint8` tensor of shape `[3, H, W]`, channels red, green, blue; `[1, H, W]` is taken as grey. Traps
  /// for other shapes and types, and when a side is zero.
  public init(_ tensor: Tensor) {
    precondition(
      tensor.dtype == .uint8 && tensor.rank == 3 && (tensor.shape[0] == 3 || tensor.shape[0] == 1),
      "a picture is made of a uint8 tensor of shape [3, H, W] or [1, H, W], not of a \(tensor.type)")
    let (height, width) = (tensor.shape[1], tensor.shape[2])
    precondition(height > 0 && width > 0, "a tensor of shape \(tensor.shape) has no pixels")
    let plane = tensor.shape[0] == 3 ? height * width : 0
    self = tensor.withUnsafeBytes { planes in
      Image(height: height, width: width) { pixels in
        for channel in 0..<3 {
          for index in 0..<height * width { pixels[index * 3 + channel] = planes[channel * plane + index] }
        }
      }
    }
  }
}
