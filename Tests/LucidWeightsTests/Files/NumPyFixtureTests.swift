import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// Files that NumPy wrote: scripts/fixtures/numpy_files.py.
@Suite struct NumPyFixtureTests {
  struct Expected: Decodable, Sendable {
    let file: Data
    let dtype: DType?
    let shape: [Int]?
    let hex: String?
    let error: String?
  }

  static let expected: [String: Expected] = {
    do {
      return try JSONDecoder().decode([String: Expected].self, from: Data(FileFixtures.bytes("numpy.json")))
    } catch {
      fatalError("numpy.json: \(error)")
    }
  }()
  static let readable = expected.filter { $0.value.error == nil }.keys.sorted()
  static let refused = expected.filter { $0.value.error != nil }.keys.sorted()

  @Test(arguments: readable) func isReadBitForBit(_ name: String) throws {
    let expected = try #require(Self.expected[name])
    let tensor = try withFile(expected.file) { try Tensor(contentsOfNumPyFile: $0) }
    #expect(tensor.dtype == expected.dtype)
    #expect(Array(tensor.shape) == expected.shape)
    #expect(tensor.hex == expected.hex)
  }

  @Test(arguments: refused) func isRefusedByName(_ name: String) throws {
    let expected = try #require(Self.expected[name])
    try withFile(expected.file) { path in
      let error = #expect(throws: LucidError.self) { try Tensor(contentsOfNumPyFile: path) }
      #expect(error?.code.rawValue == expected.error)
      #expect(error?.description.contains(path) == true)
    }
  }

  @Test func everyKindIsThere() {
    #expect(Self.readable.count >= 30)
    #expect(Self.refused.count >= 12)
  }

  @Test(arguments: readable) func isReadAgainWhenWritten(_ name: String) throws {
    let expected = try #require(Self.expected[name])
    let tensor = try withFile(expected.file) { try Tensor(contentsOfNumPyFile: $0) }
    try withFile(Data()) { path in
      try tensor.write(toNumPyFile: path)
      let again = try Tensor(contentsOfNumPyFile: path)
      #expect(again.type == tensor.type)
      #expect(again.hex == expected.hex)
    }
  }

  @Test func bfloat16IsWrittenAsFloat32() throws {
    try withFile(Data()) { path in
      try Tensor([1, -2.5, 3] as [Float], [3]).to(.bfloat16).write(toNumPyFile: path)
      let again = try Tensor(contentsOfNumPyFile: path)
      #expect(again.dtype == .float32)
      #expect(again.scalars(as: Float.self) == [1, -2.5, 3])
    }
  }

  @Test func numPyReadsOurs() throws {
    guard let python = Self.pythonWithNumPy else {
      FileHandle.standardError.write(Data("*** SKIPPED: numPyReadsOurs: python3 has no numpy\n".utf8))
      return
    }
    for (name, expected) in Self.expected.sorted(by: { $0.key < $1.key }) where expected.error == nil {
      let tensor = try withFile(expected.file) { try Tensor(contentsOfNumPyFile: $0) }
      try withFile(Data()) { path in
        try tensor.write(toNumPyFile: path)
        let script = """
          import sys, numpy
          with open(sys.argv[1], 'rb') as file: array = numpy.load(file, allow_pickle=False); assert not file.read()
          print(array.dtype.name, list(array.shape), '\"' + array.tobytes().hex() + '\"')
          """
        let output = try #require(try Self.run(python, ["-c", script, path]))
        #expect(output == "\(tensor.dtype) \(expected.shape ?? []) \"\(expected.hex ?? "")\"", "\(name)")
      }
    }
  }

  private static let pythonWithNumPy: String? = {
    let python = ProcessInfo.processInfo.environment["LUCID_PYTHON"] ?? "python3"
    return (try? run(python, ["-c", "import numpy"])).flatMap { $0 } == nil ? nil : python
  }()

  /// What a program printed; nil where it failed.
  private static func run(_ program: String, _ arguments: [String]) throws -> String? {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    (process.standardInput, process.standardOutput, process.standardError) = (
      FileHandle.nullDevice, pipe, FileHandle.nullDevice
    )
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// Calls `body` with the path of a file of these bytes, which is removed afterwards.
func withFile<Result>(_ bytes: Data, _ body: (String) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appending(path: "lucid-\(UUID().uuidString).npy")
  try bytes.write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}
