/// A random change of a picture that leaves what it shows: what training sees in place of the picture itself.
///
/// An augmentation is a value: what is random about a use is drawn from the stream it is given, and from nothing else.
public protocol Augmentation: Sendable {
  /// The changed picture.
  func callAsFunction(_ image: Image, using random: inout RandomStream) -> Image
}
