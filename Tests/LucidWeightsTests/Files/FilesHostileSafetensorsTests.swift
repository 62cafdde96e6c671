import LucidTensor
import Testing

@testable import LucidWeights

/// Safetensors files that break one rule of the format each.
@Suite struct FilesHostileSafetensorsTests {
  private typealias Writer = SafetensorsWriter

  @Test func headerOf4GB() {
    expectRefusal(.corruptFile, of: Writer.file("{}", size: 4 << 30), saying: "4294967296", "100000000")
    expectRefusal(.corruptFile, of: Writer.file("{}", size: .max), saying: "100000000")
  }

  @Test func headerLargerThanTheFile() {
    expectRefusal(.corruptFile, of: Writer.file("{}", size: 99_999_999), saying: "99999999", "2 left")
  }

  @Test func offsetsPastTheEnd() {
    expectRefusal(.corruptFile, of: Writer.file("{\(Writer.entry("a"))}", data: 4), saying: "\"a\"", "[0, 8]")
    let huge = Writer.entry("a", "F32", "[2]", "[0,9223372036854775807]")
    expectRefusal(.corruptFile, of: Writer.file("{\(huge)}", data: 8), saying: "\"a\"")
    let larger = Writer.entry("a", "F32", "[2]", "[0,18446744073709551615]")
    expectRefusal(.corruptFile, of: Writer.file("{\(larger)}", data: 8), saying: "larger than")
  }

  @Test func offsetsBackwards() {
    expectRefusal(
      .corruptFile, of: Writer.file("{\(Writer.entry("a", "F32", "[2]", "[8,0]"))}", data: 8), saying: "\"a\"")
  }

  @Test func overlappingTensors() {
    let header = "{\(Writer.entry("a")),\(Writer.entry("b", "F32", "[2]", "[4,12]"))}"
    expectRefusal(.corruptFile, of: Writer.file(header, data: 12), saying: "\"b\"", "overlaps")
    let same = "{\(Writer.entry("a")),\(Writer.entry("b"))}"
    expectRefusal(.corruptFile, of: Writer.file(same, data: 8), saying: "overlaps")
  }

  @Test func holesBetweenTensors() {
    let header = "{\(Writer.entry("a")),\(Writer.entry("b", "F32", "[2]", "[12,20]"))}"
    expectRefusal(.corruptFile, of: Writer.file(header, data: 20), saying: "\"b\"", "belong to no tensor")
    let late = "{\(Writer.entry("a", "F32", "[2]", "[4,12]"))}"
    expectRefusal(.corruptFile, of: Writer.file(late, data: 12), saying: "belong to no tensor")
  }

  @Test func trailingBytes() {
    expectRefusal(.corruptFile, of: Writer.file("{\(Writer.entry("a"))}", data: 9), saying: "end at byte 8")
    expectRefusal(.corruptFile, of: Writer.file("{}", data: 1), saying: "end at byte 0")
  }

  @Test func duplicateKeys() {
    let twice = "{\(Writer.entry("a")),\(Writer.entry("a", "F32", "[2]", "[8,16]"))}"
    expectRefusal(.corruptFile, of: Writer.file(twice, data: 16), saying: "\"a\" twice")
    let escaped = "{\(Writer.entry("a")),\(Writer.entry("\\u0061", "F32", "[2]", "[8,16]"))}"
    expectRefusal(.corruptFile, of: Writer.file(escaped, data: 16), saying: "\"a\" twice")
    expectRefusal(
      .corruptFile, of: Writer.file(#"{"__metadata__":{"k":"1","k":"2"}}"#), saying: "\"k\" twice")
    expectRefusal(
      .corruptFile, of: Writer.file(#"{"__metadata__":{},"__metadata__":{}}"#), saying: "__metadata__ twice")
    let field = #"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    expectRefusal(.corruptFile, of: Writer.file(field, data: 8), saying: "\"dtype\" twice")
  }

  @Test func shapeProductOverflow() {
    for shape in ["[4294967296,4294967296]", "[9223372036854775807,2]", "[0,9223372036854775807,9223372036854775807]"] {
      expectRefusal(
        .corruptFile, of: Writer.file("{\(Writer.entry("a", "F32", shape, "[0,0]"))}"), saying: "\"a\"", "overflows")
    }
  }

  @Test func shapeThatDoesNotFitTheOffsets() {
    for shape in ["[3]", "[1]", "[]", "[0]", "[2,2]"] {
      expectRefusal(.corruptFile, of: Writer.file("{\(Writer.entry("a", "F32", shape))}", data: 8), saying: "\"a\"")
    }
  }

  @Test(arguments: [
    "", " {}", "[]", "{", "}", "{}}", "{} x", "{\"a\"}", "{\"a\":1}", "{\"a\":{}}", "{,}", "{\"a\":null}",
    "{\"__metadata__\":{\"k\":1}}", "{\"__metadata__\":[]}", "{\"a\u{1}\":{}}", "{\"\\x\":{}}", "{\"\\ud800\":{}}",
    "{\"\\u12\":{}}", "{\"\\u+123\":{}}", "{\"a", "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[01],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1e0],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
    "{\"a\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}}",
  ])
  func malformedHeaders(_ header: String) {
    // With a size that covers a byte of data where the header is empty, or begins with white space, the format is unknown.
    #expect {
      try readAll(Writer.file(header, data: 4), named: "/somewhere/x.safetensors")
    } throws: { error in
      guard let error = error as? LucidError else { return false }
      return [.corruptFile, .unsupportedFormat].contains(error.code)
        && error.description.contains("/somewhere/x.safetensors")
    }
  }

  @Test func headerThatIsNotUTF8() {
    var bytes = Writer.file("{\(Writer.entry("a?"))}", data: 8)
    bytes[bytes.firstIndex(of: UInt8(ascii: "?"))!] = 0xff
    expectRefusal(.corruptFile, of: bytes, saying: "UTF-8")
  }

  @Test func boolThatIsNeither() {
    var bytes = Writer.file("{\(Writer.entry("a", "BOOL", "[2]", "[0,2]"))}", data: 2)
    bytes[bytes.count - 1] = 7
    expectRefusal(.corruptFile, of: bytes, saying: "\"a\"", "7")
  }

  @Test func deepNesting() {
    let header = "{\"a\":" + String(repeating: "[", count: 1_000_000)
    expectRefusal(.corruptFile, of: Writer.file(header), saying: "expected {")
  }

  @Test(arguments: ReferenceFault.all) func errorsOfTheReference(_ fault: ReferenceFault) {
    expectRefusal(fault.code, of: fault.bytes, saying: fault.words)
  }

  /// Ten names for the same bytes, which the reference's test calls an attack.
  @Test func manyTensorsOfTheSameBytes() {
    let entries = (0..<10).map { Writer.entry("weight_\($0)", "F32", "[2,2]", "[0,16]") }
    expectRefusal(.corruptFile, of: Writer.file("{\(entries.joined(separator: ","))}", data: 16), saying: "overlaps")
  }

  @Test func misalignedTensorsAreReadEqual() throws {
    let header = "{\(Writer.entry("a", "U8", "[1]", "[0,1]")),\(Writer.entry("b", "F32", "[2]", "[1,9]"))}"
    var bytes = Writer.file(header, data: 1)
    for value in [1.5, -2] as [Float] { withUnsafeBytes(of: value) { bytes += Array($0) } }
    #expect(try readAll(bytes)["b"]?.scalars(as: Float.self) == [1.5, -2])
  }

  @Test func whatTheFormatAllows() throws {
    #expect(try readAll(Writer.file("{}")).count == 0)
    #expect(try readAll(Writer.file("{\n}\t\r     ")).count == 0)
    let unicode = Writer.file(
      #"{"\u00e9\ud83d\ude00\/\n":{"shape":[ 2 ],"data_offsets":[0,8],"dtype":"F32"}}"#, data: 8)
    #expect(try readAll(unicode).keys == ["é😀/\n"])
    let empty =
      "{\(Writer.entry("e", "F32", "[0,3]", "[8,8]")),\(Writer.entry("a")),\(Writer.entry("f", "F32", "[0]", "[0,0]"))}"
    #expect(try readAll(Writer.file(empty, data: 8)).keys == ["e", "a", "f"])
  }
}

/// A file of the reference implementation's tests, by the name that it gives the error in `safetensors/src/tensor.rs`.
struct ReferenceFault: CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  let code: LucidError.Code
  let words: String

  init(_ name: String, _ bytes: [UInt8], _ code: LucidError.Code, _ words: String) {
    (testDescription, self.bytes, self.code, self.words) = (name, bytes, code, words)
  }

  init(_ name: String, _ bytes: [UInt8], _ words: String) { self.init(name, bytes, .corruptFile, words) }

  /// A file of one tensor.
  init(_ name: String, _ shape: String, _ offsets: String, data: Int, _ words: String) {
    self.init(name, Self.file("{\(Self.info(shape, offsets))}", data: data), words)
  }

  private static func info(_ shape: String, _ offsets: String) -> String {
    SafetensorsWriter.entry("test", "I32", shape, offsets)
  }

  private static func file(_ header: String, data: Int = 0, size: UInt64? = nil) -> [UInt8] {
    SafetensorsWriter.file(header, data: data, size: size)
  }

  static let all: [ReferenceFault] = [
    ReferenceFault("HeaderTooSmall", [], "empty"),
    ReferenceFault("HeaderTooSmall", [0x3c, 0, 0, 0], "too few"),
    ReferenceFault("HeaderTooLarge", file("{\(info("[2,2]", "[0,16]"))}", size: 0xffff_ff00_0000_003c), "allows"),
    ReferenceFault("HeaderTooLarge", file("{}", size: 100_000_001), "allows 100000000"),
    ReferenceFault("InvalidHeaderLength", [0x3c, 0, 0, 0, 0, 0, 0, 0], "too few"),
    ReferenceFault("InvalidHeaderLength", file("{}", size: 60), "2 left"),
    ReferenceFault("InvalidHeaderLength", file("{}", size: 100_000_000), "2 left"),
    ReferenceFault("InvalidHeader", [1, 0, 0, 0, 0, 0, 0, 0, 0xff], .unsupportedFormat, "no known format"),
    ReferenceFault("InvalidHeaderStart", file("\n{}\n\n\n"), .unsupportedFormat, "no known format"),
    ReferenceFault("InvalidHeaderDeserialization", file("{"), "header"),
    ReferenceFault("InvalidHeaderDeserialization", file("{\"a\""), "header"),
    ReferenceFault("InvalidHeaderDeserialization", file("{\(info("[2,2]", "[0,16]"))}x", data: 16), "header"),
    ReferenceFault("MetadataIncompleteBuffer", "[2,2]", "[0,16]", data: 17, "end at byte 16"),
    ReferenceFault("MetadataIncompleteBuffer", "[2,2]", "[0,16]", data: 20, "20 bytes follow"),
    ReferenceFault("MetadataIncompleteBuffer", "[2,2]", "[0,16]", data: 15, "15 bytes follow"),
    ReferenceFault("InvalidOffset", "[2,2]", "[4,20]", data: 20, "belong to no tensor"),
    ReferenceFault("InvalidOffset", "[2,2]", "[16,0]", data: 16, "[16, 0]"),
    ReferenceFault("TensorInvalidInfo", "[2,2]", "[0,4]", data: 4, "cannot have 4 bytes"),
    ReferenceFault("TensorInvalidInfo", "[2]", "[0,16]", data: 16, "cannot have 16 bytes"),
    ReferenceFault("ValidationOverflow", "[2,18446744073709551614]", "[0,16]", data: 16, "larger than"),
    ReferenceFault("ValidationOverflow", "[2,9223372036854775807]", "[0,16]", data: 16, "overflows"),
    ReferenceFault("ValidationOverflow", "[2,2,1152921504606846976]", "[0,16]", data: 16, "overflows"),
    ReferenceFault("ValidationOverflow", "[576460752303423488]", "[0,16]", data: 16, "cannot have 16 bytes"),
  ]
}
