import Foundation
import LucidTensor
import LucidTesting
import Synchronization
import Testing

@testable import LucidWeights

/// Files that are read instead of mapped, as those on network file systems are.
@Suite struct FileReadingTests {
  /// A `pread` that counts its calls and bytes, and fails or stammers where it is told to.
  private final class Reading: Sendable {
    let calls = Atomic(0)
    let bytes = Atomic(0)
    /// The number of the first call that fails, and with which error.
    let failing = Atomic(Int.max)
    let code: Int32

    init(failingWith code: Int32 = EIO) { self.code = code }

    var read: FilePages.Read {
      { [self] descriptor, target, count, offset in
        if calls.add(1, ordering: .relaxed).oldValue >= failing.load(ordering: .relaxed) {
          errno = code
          return -1
        }
        let result = FilePages.system(descriptor, target, count, offset)
        bytes.add(max(result, 0), ordering: .relaxed)
        return result
      }
    }
  }

  private static let files = FileFixtures.expected.keys.filter { $0 != "sharded" }.sorted()

  private func expectEqual(_ dict: StateDict, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws
  {
    let expected = try #require(FileFixtures.expected[name])
    #expect(Set(dict.keys) == Set(expected.tensors.map(\.name)), sourceLocation: sourceLocation)
    #expect(dict.metadata == expected.metadata, sourceLocation: sourceLocation)
    for entry in expected.tensors {
      #expect(try dict[entry.name]?.hex == entry.hex, "\(entry.name)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: files) func holdTheSameBits(_ name: String) throws {
    try expectEqual(StateDict(file: MappedFile(path: FileFixtures.path(name), access: .read)), name)
  }

  @Test(arguments: NumPyFixtureTests.readable) func arraysHoldTheSameBits(_ name: String) throws {
    let expected = try #require(NumPyFixtureTests.expected[name])
    try withFile(expected.file) { path in
      let tensor = try Tensor(numPy: MappedFile(path: path, access: .read))
      #expect(tensor.dtype == expected.dtype && Array(tensor.shape) == expected.shape)
      #expect(tensor.hex == expected.hex)
    }
  }

  @Test("A call that is interrupted, or gives a few bytes only, is continued", arguments: files)
  func shortReads(_ name: String) throws {
    let calls = Atomic(0)
    let file = try MappedFile(path: FileFixtures.path(name), access: .read) { descriptor, target, count, offset in
      guard calls.add(1, ordering: .relaxed).newValue.isMultiple(of: 2) else {
        errno = EINTR
        return -1
      }
      return FilePages.system(descriptor, target, min(count, 37), offset)
    }
    try expectEqual(StateDict(file: file), name)
  }

  @Test("Whichever call fails, that is thrown, and what comes after it can be read again", arguments: files)
  func everyFaultIsThrown(_ name: String) throws {
    for number in 0..<1000 {
      let reading = Reading(failingWith: ESTALE)
      reading.failing.store(number, ordering: .relaxed)
      let file = try MappedFile(path: FileFixtures.path(name), access: .read, read: reading.read)
      do {
        let dict = try StateDict(file: file)
        do {
          try expectEqual(dict, name)
          #expect(reading.calls.load(ordering: .relaxed) <= number)
          return
        } catch let error as LucidError {
          #expect(error.code == .fileUnreadable)
          reading.failing.store(.max, ordering: .relaxed)
          try expectEqual(dict, name)
        }
      } catch let error as LucidError {
        #expect(
          error.code == .fileUnreadable && error.problem.contains("cannot be read: Stale file handle"), "\(error)")
        #expect(error.description.contains(FileFixtures.path(name)))
        #expect(error.advice?.contains("network file system") == true)
      }
    }
    Issue.record("a file of a few kilobytes takes more than a thousand reads")
  }

  @Test(arguments: ["small.zip.pth", "small.safetensors", "small.legacy.pth", "compressed.npz", "big_endian.pth"])
  func aFileThatIsCutWhileOpenIsRefused(_ name: String) throws {
    let folder = try Scratch()
    let copy = folder.path("copy")
    try FileManager.default.copyItem(atPath: FileFixtures.path(name), toPath: copy)
    let dict = try StateDict(file: MappedFile(path: copy, access: .read))
    #expect(truncate(copy, 20) == 0)
    let key = try #require(dict.keys.first)
    let error = #expect(throws: LucidError.self) { try dict[key] }
    #expect(error?.code == .fileUnreadable && error?.problem.contains("it has been cut from") == true)
  }

  /// Two tensors of 8 MB in a file of each format.
  @Test(arguments: ["safetensors", "pth", "npz"]) func onlyTheHeaderAndTheWantedTensorAreRead(_ ending: String) throws {
    let folder = try Scratch()
    var large = StateDict()
    for (name, value) in [("a", 1), ("b", 2), ("c", 3)] as [(String, Float)] {
      large.set(name, Tensor([Float](repeating: value, count: 2 << 20)))
    }
    try large.write(to: folder.path("large.\(ending)"))

    let reading = Reading()
    let dict = try StateDict(file: MappedFile(path: folder.path("large.\(ending)"), access: .read, read: reading.read))
    #expect(dict.keys == ["a", "b", "c"])
    let opened = reading.bytes.load(ordering: .relaxed)
    #expect(opened <= 16 * FilePages.pageSize, "\(opened) bytes to open it")
    let tensor = try #require(try dict["b"])
    #expect(reading.bytes.load(ordering: .relaxed) - opened == 8 << 20)
    #expect(tensor.scalars(as: Float.self).allSatisfy { $0 == 2 })
  }

  @Test func theHeaderOfACompressedArrayIsReadByItself() throws {
    let folder = try Scratch()
    let array = [UInt8](NumPyHostileTests.file(NumPyHostileTests.header("(1048576,)"), bytes: 4 << 20))
    // Deflate's blocks that are not compressed.
    var deflated = ByteWriter()
    for start in stride(from: 0, to: array.count, by: 0xffff) {
      let block = array[start..<min(start + 0xffff, array.count)]
      deflated.put([start + 0xffff >= array.count ? 1 : 0])
      deflated.put(UInt16(block.count))
      deflated.put(~UInt16(block.count))
      deflated.put(Array(block))
    }
    var entry = ZipWriter.Entry("a.npy", deflated.bytes)
    entry.method = 8
    var bytes = ZipWriter(entries: [entry]).bytes
    let size = (0..<4).map { UInt8(truncatingIfNeeded: array.count >> (8 * $0)) }
    bytes.replaceSubrange(22..<26, with: size)
    let directory = 30 + 5 + deflated.bytes.count
    bytes.replaceSubrange(directory + 24..<directory + 28, with: size)
    try Data(bytes).write(to: URL(fileURLWithPath: folder.path("a.npz")))

    let reading = Reading()
    let dict = try StateDict(file: MappedFile(path: folder.path("a.npz"), access: .read, read: reading.read))
    let opened = reading.bytes.load(ordering: .relaxed)
    #expect(opened <= 1 << 19, "\(opened) bytes to open it")
    #expect(try dict["a"]?.elementCount == 1 << 20)
    #expect(reading.bytes.load(ordering: .relaxed) - opened == deflated.bytes.count)
  }

  @Test func tiedTensorsStayOneAndWritingToOneChangesNoOther() throws {
    for (name, first, second) in [("views.zip.pth", "base", "tied"), ("big_endian.pth", "base", "tied")] {
      let dict = try StateDict(file: MappedFile(path: FileFixtures.path(name), access: .read))
      var base = try #require(try dict[first])
      #expect(try dict[second]?.storage === base.storage)
      let before = base.hex
      base.withUnsafeMutableBytes { $0.storeBytes(of: 7, as: Float.self) }
      #expect(base.hex != before)
      #expect(try dict[second]?.hex == before)
    }
  }

  @Test func manyTasksReadOneFile() async throws {
    let name = "dtypes.zip.pth"
    let dict = try StateDict(file: MappedFile(path: FileFixtures.path(name), access: .read))
    let expected = try #require(FileFixtures.expected[name]).tensors
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for entry in expected.shuffled() {
            let hex = try dict[entry.name]?.hex
            #expect(hex == entry.hex)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func anArrayLargerThanMemoryIsRefused() throws {
    let folder = try Scratch()
    let header = "{\(SafetensorsWriter.entry("a", "U8", "[1099511627776]", "[0,1099511627776]"))}"
    let bytes = SafetensorsWriter.file(header)
    try Data(bytes).write(to: URL(fileURLWithPath: folder.path("holes.safetensors")))
    #expect(truncate(folder.path("holes.safetensors"), bytes.count + (1 << 40)) == 0)
    let dict = try StateDict(file: MappedFile(path: folder.path("holes.safetensors"), access: .read))
    let error = #expect(throws: LucidError.self) { try dict["a"] }
    #expect(error?.code == .invalidInput && error?.problem.contains("1099511627776 bytes") == true)
  }
}

/// Which files those are, by the number of their file system.
@Suite struct NetworkFileSystemTests {
  @Test(arguments: [
    0x6969, 0x517b, 0xff53_4d42, Int(Int32(bitPattern: 0xff53_4d42)), 0xfe53_4d42, 0x6573_5546, 0x0102_1997,
    0x00c3_6400,
    0x0bd0_0bd0, 0x5346_414f, 0x6b41_4653,
  ])
  func areRead(_ magic: Int) { #expect(NetworkFileSystem.contains(magic)) }

  @Test(
    "ext4, XFS, Btrfs, F2FS, ZFS, tmpfs, overlay, squashfs",
    arguments: [
      0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0x2fc1_2fc1, 0x0102_1994, 0x794c_7630, 0x7371_7368,
    ])
  func areMapped(_ magic: Int) { #expect(!NetworkFileSystem.contains(magic)) }

  @Test func whatCannotBeToldIsRead() { #expect(NetworkFileSystem.holds(-1)) }

  @Test func aFileOfThisMachineIsMapped() throws {
    // Procfs is a file system of the machine itself wherever the tests run.
    let descriptor = open("/proc/self/status", O_RDONLY)
    defer { close(descriptor) }
    #expect(!NetworkFileSystem.holds(descriptor))
  }
}
