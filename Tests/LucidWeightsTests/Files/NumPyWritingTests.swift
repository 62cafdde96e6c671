import Foundation
import LucidTensor
import Testing

@testable import LucidWeights

/// What writing a `.npy` file leaves behind, when it works and when it does not.
@Suite struct NumPyWritingTests {
  private let tensor = Tensor([1, 2, 3] as [Float], [3])

  private func withFolder(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "lucid-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test func oneFileIsLeft() throws {
    try withFolder { folder in
      for _ in 0..<2 {
        try tensor.write(toNumPyFile: folder + "/y.npy")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names == ["y.npy"])
      }
    }
  }

  @Test func theNumbersBeginAtAMultipleOf64() throws {
    try withFolder { folder in
      for rank in [0, 1, 5, 20, 40] {
        try Tensor.ones(Shape([Int](repeating: 1, count: rank))).write(toNumPyFile: folder + "/y.npy")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/y.npy"))
        #expect((bytes.count - 4) % 64 == 0)
        #expect(bytes[bytes.count - 5] == 0x0a)
      }
    }
  }

  @Test func aLinkStaysALinkAndAModeAMode() throws {
    try withFolder { folder in
      try tensor.write(toNumPyFile: folder + "/target.npy")
      chmod(folder + "/target.npy", 0o600)
      try FileManager.default.createSymbolicLink(atPath: folder + "/link.npy", withDestinationPath: "target.npy")
      try (tensor * 2).write(toNumPyFile: folder + "/link.npy")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link.npy") == "target.npy")
      #expect(try Tensor(contentsOfNumPyFile: folder + "/target.npy").scalars(as: Float.self) == [2, 4, 6])
      let mode = try FileManager.default.attributesOfItem(atPath: folder + "/target.npy")[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test func aDeviceIsWrittenToAndNotReplaced() throws {
    try tensor.write(toNumPyFile: "/dev/null")
    var facts = stat()
    #expect(stat("/dev/null", &facts) == 0 && facts.st_mode & S_IFMT == S_IFCHR)
    let error = #expect(throws: LucidError.self) { try tensor.write(toNumPyFile: "/dev/full") }
    #expect(error?.description.contains("writing /dev/full: No space left on device") == true)
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    try withFolder { folder in
      for path in [folder, folder + "/none/y.npy"] {
        let error = #expect(throws: LucidError.self) { try tensor.write(toNumPyFile: path) }
        #expect(error?.code == .fileUnreadable)
        #expect(error?.description.contains("writing \(path)") == true)
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.isEmpty)
    }
  }
}
