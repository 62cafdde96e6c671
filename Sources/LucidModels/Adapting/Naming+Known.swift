import LucidTensor

extension Naming {
  /// How other libraries name the models that are here, for the hints of a ``LucidTensor/LoadPlan``. torchvision's names
  /// are the models' own, and timm's of plain ResNets are the same.
  public static let known: [Naming] = [
    make(
      "timm's naming of MobileNetV2",
      ["conv_stem.weight", "blocks.{s}.{b}.conv_dw.weight", "blocks.{s}.{b}.conv_pwl.weight", "classifier.weight"],
      timmMobileNetV2),
    make("timm's naming of EfficientNet", ["conv_stem.weight", "blocks.{s}.{b}.se.conv_reduce.weight"]),
    make("timm's naming of VGG", ["features.0.weight", "pre_logits.fc1.weight", "head.fc.weight"]),
    make("timm's naming of ResNet with a deep stem", ["conv1.0.weight", "layer1.0.conv1.weight"]),
    make(
      "transformers' naming of ResNet", ["resnet.embedder.embedder.convolution.weight"], transformersResNet),
    make(
      "Lucid's Python naming of ResNet", ["stem.0.weight", "layer1.0.conv1.weight", "classifier.weight"],
      "stem.0.{x} => conv1.{x}; stem.1.{x} => bn1.{x}; classifier.{x} => fc.{x}"),
    make(
      "Lucid's Python naming of AlexNet and VGG",
      ["features.0.weight", "fc6.weight", "fc7.weight", "classifier.weight"]),
    make("transformers' naming of a vision transformer", ["{m}.encoder.layer.{i}.attention.attention.query.weight"]),
    make("timm's naming of a vision transformer", ["patch_embed.proj.weight", "blocks.{i}.attn.qkv.weight"]),
  ]

  private static let transformersResNet = """
    resnet.embedder.embedder.convolution.{x} => conv1.{x}
    resnet.embedder.embedder.normalization.{x} => bn1.{x}
    resnet.encoder.stages.{s}.layers.{b}.layer.{c}.convolution.{x} => layer{s+1}.{b}.conv{c+1}.{x}
    resnet.encoder.stages.{s}.layers.{b}.layer.{c}.normalization.{x} => layer{s+1}.{b}.bn{c+1}.{x}
    resnet.encoder.stages.{s}.layers.{b}.shortcut.convolution.{x} => layer{s+1}.{b}.downsample.0.{x}
    resnet.encoder.stages.{s}.layers.{b}.shortcut.normalization.{x} => layer{s+1}.{b}.downsample.1.{x}
    classifier.1.{x} => fc.{x}
    """

  /// timm has blocks by stage, torchvision one after the other; the first stage's block has no expansion.
  private static let timmMobileNetV2: String = {
    var rules = [
      "conv_stem.{x} => features.0.0.{x}", "bn1.{x} => features.0.1.{x}",
      "conv_head.{x} => features.18.0.{x}", "bn2.{x} => features.18.1.{x}", "classifier.{x} => classifier.1.{x}",
      "blocks.0.0.conv_dw.{x} => features.1.conv.0.0.{x}", "blocks.0.0.bn1.{x} => features.1.conv.0.1.{x}",
      "blocks.0.0.conv_pw.{x} => features.1.conv.1.{x}", "blocks.0.0.bn2.{x} => features.1.conv.2.{x}",
    ]
    let parts = [
      ("conv_pw", "0.0"), ("bn1", "0.1"), ("conv_dw", "1.0"), ("bn2", "1.1"), ("conv_pwl", "2"), ("bn3", "3"),
    ]
    // Block by block, so that each rule's other side is its own and the map can be undone.
    var feature = 2
    for (stage, count) in zip(1..., [2, 3, 4, 3, 3, 1]) {
      for block in 0..<count {
        rules += parts.map { "blocks.\(stage).\(block).\($0).{x} => features.\(feature).conv.\($1).{x}" }
        feature += 1
      }
    }
    return rules.joined(separator: "\n")
  }()

  private static func make(_ name: String, _ signature: [String], _ rules: String? = nil) -> Naming {
    do {
      return try Naming(name, signature: signature, map: rules.map { text throws(LucidError) in try KeyMap(text) })
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
