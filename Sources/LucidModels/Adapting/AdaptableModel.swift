import LucidNN
import LucidTensor

/// A classifier whose ends can be changed: every family is one.
///
/// ```swift
/// let model = try await ResNet50(weights: .imageNet1K_V2)
/// model.replaceHead(classes: 10)                  // fine-tuning starts so
/// model.adaptInput(channels: 4)                   // red, green, blue and infrared
/// ```
public protocol AdaptableModel: Module {
  /// The last layer, from features to the logits of the classes.
  var head: Linear { get set }

  /// The first convolution, which takes the picture.
  var inputConvolution: Conv2d { get set }

  /// A new last layer, started as the family's last layers are.
  func makeHead(classes: Int, generator: Generator) -> Linear
}

extension AdaptableModel {
  /// A layer with PyTorch's start for linear layers.
  public func makeHead(classes: Int, generator: Generator) -> Linear {
    Linear(head.inFeatures, classes, generator: generator)
  }

  /// Puts a new last layer for `classes` classes in place of the one there, with random parameters that train.
  public func replaceHead(classes: Int, generator: Generator = .default) {
    precondition(classes > 0, "replaceHead: a head needs at least one class, not \(classes)")
    let new = makeHead(classes: classes, generator: generator)
    new.train(isTraining)
    head = new
  }

  /// Puts a new last layer for the classes of these names in place of the one there. A class of a name that the old layer
  /// has keeps its row of the weight and its bias; the others start at random.
  ///
  /// - Parameters:
  ///   - categories: the new classes, in the order of the outputs.
  ///   - old: the names of the old layer's classes, such as `weights.meta.categories`; the first counts where two are the
  ///     same. Traps when there are not as many as the layer has outputs.
  /// - Returns: the names that were kept, in the new order.
  @discardableResult
  public func replaceHead(
    categories: [String], keeping old: [String], generator: Generator = .default
  ) -> [String] {
    precondition(
      old.count == head.outFeatures, "replaceHead: \(old.count) names for a head of \(head.outFeatures) classes")
    let places = Dictionary(old.enumerated().map { ($1, $0) }) { first, _ in first }
    let shared = categories.enumerated().compactMap { row, name in places[name].map { (row, $0) } }
    let previous = head
    replaceHead(classes: categories.count, generator: generator)
    copyRows(shared, from: previous.weight, to: head.weight)
    if let from = previous.bias, let to = head.bias { copyRows(shared, from: from, to: to) }
    return shared.map { categories[$0.0] }
  }

  /// Makes the model take pictures of `channels` channels, as timm does: the weight of the first convolution is summed
  /// over the three colours for one channel, else repeated and scaled by 3 / `channels`, so that the output keeps its
  /// magnitude. What was learned from one channel is repeated and scaled by 1 / `channels`. The bias, if there is one,
  /// stays.
  ///
  /// Source: `adapt_input_conv` of timm. Traps unless the model takes three channels now, or one, or `channels`.
  public func adaptInput(channels: Int) {
    let old = inputConvolution
    precondition(channels > 0, "adaptInput: a picture has at least one channel, not \(channels)")
    if old.inChannels == channels { return }
    let before = old.inChannels
    precondition(
      [1, 3].contains(before) && old.groups == 1,
      "adaptInput: the model takes \(before) channels; only what was learned from three, or one, can be adapted")
    let (outputs, height, width) = (old.outChannels, old.weight.shape[2], old.weight.shape[3])
    let new = Conv2d(
      channels, outputs, kernel: (height, width), stride: old.stride, padding: old.padding, dilation: old.dilation,
      bias: old.bias != nil)
    let area = height * width
    let source = old.weight.value.scalars(as: Float.self)
    let scale = Float(before) / Float(channels)
    let adapted = Tensor(shape: new.weight.shape, of: Float.self) { target in
      for output in 0..<outputs {
        for channel in 0..<channels {
          for place in 0..<area {
            func learned(_ color: Int) -> Float { source[(output * before + color) * area + place] }
            target[(output * channels + channel) * area + place] =
              channels == 1 ? learned(0) + learned(1) + learned(2) : learned(channel % before) * scale
          }
        }
      }
    }
    new.weight.value = adapted.to(old.weight.dtype)
    new.weight.requiresGrad = old.weight.requiresGrad
    if let bias = old.bias, let newBias = new.bias {
      newBias.value = bias.value
      newBias.requiresGrad = bias.requiresGrad
    }
    new.train(isTraining)
    inputConvolution = new
  }
}

/// Copies rows, each pair being a row of the target and one of the source; the target gets the source's element type.
private func copyRows(_ rows: [(to: Int, from: Int)], from source: Parameter, to target: Parameter) {
  var result = target.value.to(source.dtype)
  source.value.withUnsafeBytes { old in
    let width = old.count / max(source.shape[0], 1)
    result.withUnsafeMutableBytes { new in
      for (to, from) in rows {
        UnsafeMutableRawBufferPointer(rebasing: new[to * width..<(to + 1) * width])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: old[from * width..<(from + 1) * width]))
      }
    }
  }
  target.value = result
}

extension Module {
  /// The module as the type that it was built with. Traps where another was put in its place.
  func expected<Layer: Module>() -> Layer {
    guard let layer = self as? Layer else {
      preconditionFailure("expected \(Layer.self) here, but a \(Swift.type(of: self)) was put in its place")
    }
    return layer
  }
}
