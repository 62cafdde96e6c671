import Foundation
import LucidTensor
import Testing

@testable import LucidWeights

/// `.npy` files that lie or are damaged.
@Suite struct NumPyHostileTests {
  /// A file with this header and so many zero bytes after it.
  static func file(
    _ header: String, version: [UInt8] = [1, 0], declared: Int? = nil, bytes: Int = 0
  ) -> Data {
    let length = declared ?? header.utf8.count
    let width = version[0] == 1 ? 2 : 4
    let size = (0..<width).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    return Data([0x93] + Array("NUMPY".utf8) + version + size + header.utf8 + [UInt8](repeating: 0, count: bytes))
  }

  static func header(_ shape: String, descr: String = "'<f4'", order: String = "False") -> String {
    "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }"
  }

  private func expectRefusal(
    _ code: LucidError.Code, _ data: Data, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try withFile(data) { path in
      let error = #expect(throws: LucidError.self, sourceLocation: sourceLocation) {
        try Tensor(contentsOfNumPyFile: path)
      }
      #expect(error?.code == code, "\(error as Any)", sourceLocation: sourceLocation)
      for word in [path] + words {
        #expect(error?.description.contains(word) == true, "\(error as Any)", sourceLocation: sourceLocation)
      }
    }
  }

  @Test func theHelperWritesFilesThatAreRead() throws {
    let files: [(Data, Shape)] = [
      (Self.file(Self.header("(2, 3)"), bytes: 24), [2, 3]),
      (Self.file(Self.header("(2, 3)"), version: [2, 0], bytes: 24), [2, 3]),
      (Self.file(Self.header("()"), bytes: 4), []), (Self.file(Self.header("(3,)"), bytes: 12), [3]),
      (Self.file(Self.header("(2L, 3L)") + "  \n", bytes: 24), [2, 3]),
      (Self.file("{\"shape\": (1,), \"fortran_order\": True, \"descr\": \"<f4\"}", bytes: 4), [1]),
    ]
    for (data, shape) in files {
      #expect(try withFile(data) { try Tensor(contentsOfNumPyFile: $0) }.shape == shape)
    }
  }

  @Test func sizesThatCannotBe() throws {
    for shape in [
      "(4611686018427387904, 4)", "(4611686018427387904, 4611686018427387904, 4611686018427387904, 0)",
      "(0, 4611686018427387904, 4611686018427387904)", "(9223372036854775807,)",
    ] {
      try expectRefusal(.corruptFile, Self.file(Self.header(shape)), "more elements than can be counted")
    }
    try expectRefusal(.corruptFile, Self.file(Self.header("(1000000000000,)")), "takes 4000000000000 bytes")
    for shape in [
      "(-1,)", "(2, -3)", "(18446744073709551616,)", "(1.5,)", "(2 3)", "(2,,3)", "[2]", "2", "('2',)", "(2",
    ] {
      try expectRefusal(.corruptFile, Self.file(Self.header(shape), bytes: 8), "not a dictionary")
    }
    let many = "(" + String(repeating: "1, ", count: 65) + ")"
    try expectRefusal(.corruptFile, Self.file(Self.header(many), bytes: 4), "not a dictionary")
  }

  @Test func numbersThatAreMissingOrTooMany() throws {
    try expectRefusal(.corruptFile, Self.file(Self.header("(2, 3)"), bytes: 23), "takes 24 bytes, the file has 23")
    try expectRefusal(.corruptFile, Self.file(Self.header("(2, 3)"), bytes: 25), "takes 24 bytes, the file has 25")
    try expectRefusal(.corruptFile, Self.file(Self.header("(0,)"), bytes: 1), "takes 0 bytes, the file has 1")
  }

  @Test func headersThatAreNone() throws {
    for header in [
      "", "{", "{}", "None", "[]", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False}",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", "{'descr': 4, 'fortran_order': False, 'shape': (1,)}",
      "{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", Self.header("(1,)") + "x",
      "{'descr': '<f4' 'fortran_order': False, 'shape': (1,)}", "{'descr': [[[[, 'fortran_order': False}",
      "__import__('os').system('true')", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)",
    ] {
      try expectRefusal(.corruptFile, Self.file(header, bytes: 4), "not a dictionary")
    }
    var invalid = Self.file(Self.header("(1,)", descr: "'<f4\u{7f}'"), bytes: 4)
    invalid[22] = 0xff
    try expectRefusal(.corruptFile, invalid, "not a dictionary")
  }

  @Test func lengthsThatLie() throws {
    let header = Self.header("(1,)")
    try expectRefusal(.corruptFile, Self.file(header, declared: 0xffff, bytes: 4), "needs 65535 bytes")
    try expectRefusal(
      .corruptFile, Self.file(header, version: [2, 0], declared: 0xffff_ffff), "needs 4294967295 bytes")
    let long = header + String(repeating: " ", count: 20_000)
    try expectRefusal(.corruptFile, Self.file(long, version: [3, 0], bytes: 4), "more than any array's")
  }

  @Test func everyLengthOfACutFile() throws {
    let whole = Self.file(Self.header("(2,)"), bytes: 8)
    for count in 0..<whole.count {
      try withFile(whole.prefix(count)) { path in
        let error = #expect(throws: LucidError.self) { try Tensor(contentsOfNumPyFile: path) }
        #expect(error?.description.contains(path) == true)
      }
    }
  }

  /// Whatever one byte is changed to, the file is read or refused, and nothing traps.
  @Test func everyByteChanged() throws {
    let whole = Self.file(Self.header("(2, 1)"), bytes: 8)
    for index in whole.indices {
      for value: UInt8 in [0, 0x20, 0x27, 0x28, 0x2c, 0x2d, 0x39, 0x7d, 0xff] {
        var changed = whole
        changed[index] = value
        try withFile(changed) { path in
          do {
            let tensor = try Tensor(contentsOfNumPyFile: path)
            #expect(tensor.elementCount * tensor.dtype.byteCount == 8)
          } catch let error as LucidError {
            #expect(error.description.contains(path))
          }
        }
      }
    }
  }

  @Test func whatIsNoNumPyFile() throws {
    try expectRefusal(.corruptFile, Data(), "empty")
    try expectRefusal(.unsupportedFormat, Data("hello".utf8), "not a NumPy file")
    try expectRefusal(.unsupportedFormat, Data([0x50, 0x4b, 3, 4] + [UInt8](repeating: 0, count: 30)), "zip archive")
    try expectRefusal(.unsupportedFormat, Self.file(Self.header("(1,)"), version: [4, 0], bytes: 4), "version 4.0")
    try expectRefusal(.unsupportedFormat, Self.file(Self.header("(1,)"), version: [1, 7], bytes: 4), "version 1.7")
    let error = #expect(throws: LucidError.self) { try Tensor(contentsOfNumPyFile: "/nowhere/x.npy") }
    #expect(error?.code == .fileUnreadable)
  }

  @Test func aFileWithHolesLargerThanTheMemory() throws {
    let count = 1 << 43
    try withFile(Self.file(Self.header("(\(count),)", descr: "'|u1'"))) { path in
      let start = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
      // A file system that has no such large files has no such trouble either.
      guard truncate(path, off_t(start + count)) == 0 else { return }
      let error = #expect(throws: LucidError.self) { try Tensor(contentsOfNumPyFile: path) }
      #expect(error?.description.contains(path) == true)
    }
  }

  @Test func boolsOfOtherBytesAreTrue() throws {
    var data = Self.file(Self.header("(3,)", descr: "'|b1'"), bytes: 3)
    data[data.count - 1] = 2
    data[data.count - 2] = 0xff
    let tensor = try withFile(data) { try Tensor(contentsOfNumPyFile: $0) }
    #expect(tensor.hex == "000101")
  }
}
