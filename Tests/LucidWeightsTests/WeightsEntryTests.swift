import Foundation
import LucidWeights
import Testing

@Suite("WeightEntry")
struct WeightsEntryTests {
  private static let full = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

  @Test("A whole digest matches one file only")
  func fullDigest() {
    let digest = Digest.sha256(Self.full.uppercased())
    #expect(digest.matches(Self.full) && digest.matches(Self.full.uppercased()))
    #expect(!digest.matches("0" + Self.full.dropFirst()))
    #expect(!digest.matches(String(Self.full.dropLast())))
    #expect(digest.isFull && digest.hex == Self.full)
  }

  @Test("A prefix of eight digits or more matches what begins so; a shorter one matches nothing")
  func prefixDigest() {
    #expect(Digest.sha256Prefix("57934424").matches(Self.full))
    #expect(!Digest.sha256Prefix("57934425").matches(Self.full))
    #expect(!Digest.sha256Prefix("5793442").matches(Self.full))
    #expect(!Digest.sha256Prefix("").matches(Self.full))
    #expect(!Digest.sha256Prefix("57934424").isFull)
  }

  @Test(
    "Digits become a digest or nothing",
    arguments: [
      (Self.full, Digest.sha256(Self.full)), (Self.full.uppercased(), .sha256(Self.full)),
      ("57934424", .sha256Prefix("57934424")), ("5793442", nil), ("", nil), (Self.full + "0", nil),
      ("5793442g", nil), ("5793442４", nil),
    ])
  func digits(hex: String, digest: Digest?) {
    #expect(Digest(hex: hex) == digest)
  }

  @Test("An entry of one address has one source with its digest and size")
  func convenience() {
    let entry = WeightEntry(url: "https://example.org/a.pth", sha256: "57934424", byteCount: 12)
    let source = WeightSource(.url("https://example.org/a.pth"), digest: .sha256Prefix("57934424"), byteCount: 12)
    #expect(entry.sources == [source])
    #expect(entry.preprocessing == nil && entry.meta == WeightMeta())
  }

  @Test("A recipe is coded with the keys of a manifest")
  func recipe() throws {
    let json = """
      {"crop":224,"interpolation":"bicubic","mean":[127,127,127],"pixel_scale":"raw","resize":256,"std":[128,128,128]}
      """
    let recipe = PreprocessingRecipe(
      resize: 256, crop: 224, interpolation: .bicubic, mean: [127, 127, 127], std: [128, 128, 128], pixelScale: .raw)
    #expect(try JSONDecoder().decode(PreprocessingRecipe.self, from: Data(json.utf8)) == recipe)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(recipe), as: UTF8.self) == json)
  }

  @Test("The ImageNet recipe has torchvision's constants")
  func imageNet() {
    let recipe = PreprocessingRecipe.imageNet(resize: 232)
    #expect(recipe.resize == 232 && recipe.crop == 224 && recipe.interpolation == .bilinear)
    #expect(recipe.mean == [0.485, 0.456, 0.406] && recipe.std == [0.229, 0.224, 0.225] && recipe.pixelScale == .unit)
  }
}
