import LucidTesting
import Testing

/// The vectors of FIPS 180-4.
@Suite struct StreamingSHA256Tests {
  @Test(arguments: [
    ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (["abc"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (["a", "", "bc"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func piecesHashAsTheWhole(pieces: [String], expected: String) {
    var hash = StreamingSHA256()
    for piece in pieces { Array(piece.utf8).withUnsafeBytes { hash.update($0) } }
    #expect(hash.finalize() == expected)
  }
}
