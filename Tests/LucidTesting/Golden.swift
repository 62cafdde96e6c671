import Foundation
import LucidTensor

/// What a model of another implementation answered when its parameters were those of a ``Filler``: the fixtures that
/// scripts/fixtures/goldens.py writes.
///
/// The logits are the reference's in float64, with the same float32 parameters and input.
public struct Golden: Decodable, Sendable {
  /// The name of the function that builds the model in torchvision, such as `resnet18`, or of the published file.
  public let builder: String
  /// The implementation that answered, with its version.
  public let source: String
  /// The gain of the ``Filler``.
  public let gain: Double
  /// What ``Filler/digest(_:)`` gives for the state dict.
  public let filledSHA256: String
  /// How many numbers the filler fills.
  public let filledElements: Int
  /// The model's answers to one input or several.
  public let variants: [Variant]
  /// The state dict in the order of the published file.
  public let stateDict: [Entry]

  /// The fixture in a file.
  public init(contentsOf url: URL) throws {
    self = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }

  /// The fixture `goldens/<builder>.json` in a test target's `Fixtures` folder.
  public init(_ builder: String, in bundle: Bundle) throws {
    guard
      let url = bundle.url(forResource: builder, withExtension: "json", subdirectory: "Fixtures/goldens")
    else { throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: "Fixtures/goldens/\(builder).json"]) }
    try self.init(contentsOf: url)
  }

  /// The names and types of the state dict.
  public var types: [(key: String, type: TensorType)] { stateDict.map { ($0.key, TensorType($0.shape, $0.dtype)) } }

  /// The state dict that the reference had when it answered; without the entries that a model derives for itself.
  public func filledStateDict() -> StateDict { Filler(gain: gain).stateDict(types) }
}

extension Golden {
  /// The answer to one input.
  public struct Variant: Decodable, Sendable, CustomStringConvertible {
    /// `default`, `batch2`, `odd_size`, `real_weights`, `transform_input` or `image_size_<n>`.
    public let name: String
    /// The shape [N, C, H, W] of the input, which is ``Filler/input(_:name:)``.
    public let inputShape: Shape
    /// Whether the parameters were the published ones, not filled.
    public let usesPublishedWeights: Bool
    /// Whether the model was built with `transform_input`.
    public let transformsInput: Bool
    /// The `image_size` that the model was built with, where not its default.
    public let imageSize: Int?
    /// The answer for each picture of the batch.
    public let rows: [Row]
    /// The answers of auxiliary classifiers in eval mode, by name.
    public let auxiliary: [String: Row]

    /// The name and the shape.
    public var description: String { "\(name) \(inputShape)" }

    private enum Key: String, CodingKey { case name, inputShape, weights, transformInput, imageSize, rows, auxiliary }

    /// Decodes what scripts/fixtures/goldens.py writes.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      name = try values.decode(String.self, forKey: .name)
      inputShape = Shape(try values.decode([Int].self, forKey: .inputShape))
      usesPublishedWeights = try values.decodeIfPresent(String.self, forKey: .weights) == "published"
      transformsInput = try values.decodeIfPresent(Bool.self, forKey: .transformInput) ?? false
      imageSize = try values.decodeIfPresent(Int.self, forKey: .imageSize)
      rows = try values.decode([Row].self, forKey: .rows)
      auxiliary = try values.decodeIfPresent([String: Row].self, forKey: .auxiliary) ?? [:]
    }
  }

  /// The logits for one picture.
  public struct Row: Decodable, Sendable {
    /// The logits in float64, a number per class.
    public let logits: [Double]
    /// The five classes with the largest logits, the largest first.
    public let top5: [Int]
    /// How far the reference's own float32 was from float64: the largest difference over the largest logit.
    public let torchError: Double

    /// The largest absolute value of the logits.
    public var largest: Double { logits.reduce(0) { max($0, abs($1)) } }

    /// The largest difference allowed: ten times the reference's own in float32, because sums may be taken in another
    /// order, and no less than 1e-5 of the largest logit.
    public var tolerance: Double { max(10 * torchError, 1e-5) * largest }

    private enum Key: String, CodingKey { case logits, top5, torchError }

    /// Decodes what scripts/fixtures/goldens.py writes.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      let data = try values.decode(Data.self, forKey: .logits)
      guard data.count % 8 == 0 else {
        throw DecodingError.dataCorruptedError(
          forKey: .logits, in: values, debugDescription: "\(data.count) bytes are not a whole number of float64")
      }
      logits = data.withUnsafeBytes { bytes in
        stride(from: 0, to: bytes.count, by: 8).map {
          Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)))
        }
      }
      top5 = try values.decode([Int].self, forKey: .top5)
      torchError = try values.decode(Double.self, forKey: .torchError)
    }
  }

  /// A tensor of the published state dict.
  public struct Entry: Decodable, Sendable {
    /// Its name.
    public let key: String
    /// Its sizes.
    public let shape: Shape
    /// Its element type.
    public let dtype: DType
    /// Whether it is a buffer, not a parameter.
    public let isBuffer: Bool
    /// Its strides in the published file, in elements, where not those of row-major order.
    public let strides: [Int]?

    /// Decodes what scripts/fixtures/goldens.py writes.
    public init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      key = try values.decode(String.self)
      shape = Shape(try values.decode([Int].self))
      dtype = try values.decode(DType.self)
      isBuffer = try values.decode(String.self) == "buffer"
      strides = values.isAtEnd ? nil : try values.decode([Int].self)
    }
  }
}
