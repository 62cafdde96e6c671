/// An n-dimensional array of numbers: a value type, `Sendable`, cheap to copy.
///
/// A tensor carries its ``shape``, ``dtype`` and ``device``. Copies share bytes until one of them is written to. Views
/// made by ``permute(_:)``, ``slice(dim:from:to:step:)``, ``expand(to:)`` and friends share bytes too. Between
/// operations on the CPU the bytes may be in an order of oneDNN's choosing; nobody sees it, because reading
/// (``scalars(as:)``, ``withUnsafeBytes(_:)``) puts them in row-major order first.
public struct Tensor: Sendable {
  /// The sizes of the dimensions.
  public let shape: Shape
  /// The type of the elements.
  public let dtype: DType
  /// Where the bytes live.
  public let device: Device

  package var storage: Storage
  package let layout: Layout
  /// Where the numbers come from, where that matters for gradients.
  package var origin: Origin?

  /// How elements are found in the storage.
  package enum Layout: Sendable {
    /// Element `[i, j, …]` is at `offset + i * strides[0] + j * strides[1] + …`, in elements.
    case strided([Int], offset: Int)
    /// An order that only the backend can read.
    case opaque(any OpaqueLayout)
    /// No elements at all: the tensor stands for a value of a graph that is being recorded.
    case symbolic(SymbolicValue)
  }

  /// Assembles a tensor from parts that the caller vouches for.
  package init(storage: Storage, shape: Shape, dtype: DType, device: Device = .cpu, layout: Layout? = nil) {
    self.storage = storage
    self.shape = shape
    self.dtype = dtype
    self.device = device
    self.layout = layout ?? .strided(shape.rowMajorStrides, offset: 0)
  }
}

/// An element order that only the backend that made it can read.
package protocol OpaqueLayout: AnyObject, Sendable {}

/// The shape and element type of a tensor without its bytes.
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  /// The sizes of the dimensions.
  public let shape: Shape
  /// The type of the elements.
  public let dtype: DType

  /// The type of tensors with this shape and element type.
  public init(_ shape: Shape, _ dtype: DType = .float32) {
    self.shape = shape
    self.dtype = dtype
  }

  /// The element type and the shape, as in `float32[1, 3]`.
  public var description: String { "\(dtype)\(shape)" }
}

extension Tensor {
  /// The shape and element type.
  public var type: TensorType { TensorType(shape, dtype) }
  /// The number of dimensions.
  public var rank: Int { shape.rank }
  /// The number of elements.
  public var elementCount: Int { shape.elementCount }

  /// Whether the elements lie in row-major order without gaps.
  package var isContiguous: Bool {
    guard case .strided(let strides, _) = layout else { return false }
    if elementCount == 0 { return true }
    var expected = 1
    for axis in stride(from: rank - 1, through: 0, by: -1) where shape[axis] != 1 {
      guard strides[axis] == expected else { return false }
      expected *= shape[axis]
    }
    return true
  }
}
