/// Lists of class names that many checkpoints share, in the order of the models' outputs.
///
/// Manifests refer to them by name; see ``named(_:)``.
public enum Categories {
  /// The names by which manifests refer to the lists.
  public static let names: [String] = ["imagenet1k"]

  /// The list of this name, or `nil` where there is none.
  public static func named(_ name: String) -> [String]? {
    switch name {
    case "imagenet1k": imageNet1K
    default: nil
    }
  }

  /// The lines of a text.
  static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}
