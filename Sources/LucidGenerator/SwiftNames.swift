import Foundation

/// The Swift names that manifests' names become.
enum SwiftNames {
  /// The case of a tag: "IMAGENET1K_V1" is `imageNet1K_V1`.
  ///
  /// The tag's first word is written in lower camel case, known ones as they are spelt; of the others those of up to four
  /// characters stay in capitals (`V1`, `SWAG`, `E2E`) and longer ones are capitalised (`Features`).
  static func caseName(tag: String) -> String {
    let words = tag.split(separator: "_").map(String.init)
    return words.enumerated().map { index, word in
      if let known = spellings[word.uppercased()] { return index == 0 ? lowerFirst(known) : known }
      if index == 0 { return word.lowercased() }
      return word.count <= 4 ? word.uppercased() : word.prefix(1).uppercased() + word.dropFirst().lowercased()
    }.joined(separator: "_")
  }

  /// The property of a family: "ResNet" is `resNet`, "VGG" is `vgg`, "MobileNetV2" is `mobileNetV2`.
  static func propertyName(family: String) -> String { lowerFirst(family) }

  /// Whether the text can stand as a name in Swift without backticks.
  static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, text != "_" else { return false }
    let isStart = { (scalar: Unicode.Scalar) in scalar == "_" || scalar.properties.isXIDStart }
    let isRest = { (scalar: Unicode.Scalar) in scalar == "_" || scalar.properties.isXIDContinue }
    return isStart(first) && text.unicodeScalars.dropFirst().allSatisfy(isRest) && !keywords.contains(text)
  }

  /// Members that every enum of weights has, so that no case can have their names.
  static let members: Set<String> = [
    "aliases", "allCases", "description", "entry", "enumNames", "hash", "hashValue", "meta", "name", "named",
    "preprocessing", "rawValue", "stateDict",
  ]

  /// The text with its first capitals in lower case, but for one that begins the next word.
  private static func lowerFirst(_ text: String) -> String {
    let capitals = text.prefix(while: \.isUppercase)
    let beginsNextWord = capitals.count > 1 && capitals.endIndex < text.endIndex && text[capitals.endIndex].isLetter
    let count = beginsNextWord ? capitals.count - 1 : capitals.count
    return text.prefix(count).lowercased() + text.dropFirst(count)
  }

  private static let spellings = [
    "IMAGENET1K": "ImageNet1K", "IMAGENET12K": "ImageNet12K", "IMAGENET21K": "ImageNet21K",
    "IMAGENET22K": "ImageNet22K", "KINETICS400": "Kinetics400", "MNIST5K": "MNIST5K",
  ]

  private static let keywords: Set<String> = [
    "Any", "Protocol", "Self", "Type", "as", "associatedtype", "break", "case", "catch", "class", "continue", "default",
    "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard",
    "if", "import", "in", "init", "inout", "internal", "is", "let", "nil", "operator", "precedencegroup", "private",
    "protocol", "public", "repeat", "rethrows", "return", "self", "static", "struct", "subscript", "super", "switch",
    "throw", "throws", "true", "try", "typealias", "var", "where", "while",
  ]
}
