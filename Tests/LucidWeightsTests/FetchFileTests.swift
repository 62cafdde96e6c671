import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// Files that are on this machine: a person's own, and those placed by hand.
@Suite struct FetchFileTests {
  let bytes = scrambled(50_000)

  @Test func ownFileIsVerifiedAndUsedInPlace() async throws {
    let scratch = try FetchScratch()
    let path = try scratch.write(bytes, to: "own/my model.pth")
    try age(path)
    for spelling in [path, "~/own/my model.pth"] {
      let source = WeightSource(.file(spelling), digest: .sha256(try sha256(bytes)), byteCount: bytes.count)
      #expect(try await scratch.resolver.localFile(for: [source], name: "m") == path)
    }
    let address = WeightSource(.url("file://\(scratch.folder)/own/my%20model.pth"), digest: .sha256(try sha256(bytes)))
    #expect(try await scratch.resolver.localFile(for: [address], name: "m") == path)
    #expect(try scratch.blobs() == [])
    #expect(FileSystem.names(in: scratch.root + "/stamps").count == 1)
  }

  @Test func changedOwnFileIsRefused() async throws {
    let scratch = try FetchScratch()
    let path = try scratch.write(bytes, to: "m.pth")
    try age(path)
    let source = WeightSource(.file(path), digest: .sha256(try sha256(bytes)))
    _ = try await scratch.resolver.resolve([source], name: "m")
    _ = try scratch.write(bytes.reversed(), to: "m.pth")
    let error = try await failure(scratch, source)
    #expect(error.code == .digestMismatch)
    #expect(error.description.contains(path))
    #expect(try contents(path) == bytes.reversed(), "a person's own file is never touched")
  }

  @Test func freshOwnFileIsHashedEachTime() async throws {
    let scratch = try FetchScratch()
    let path = try scratch.write(bytes, to: "m.pth")
    try age(path, by: -3600)  // still fresh however slow the machine is
    let source = WeightSource(.file(path), digest: .sha256(try sha256(bytes)))
    _ = try await scratch.resolver.resolve([source], name: "m")
    #expect(FileSystem.names(in: scratch.root + "/stamps") == [])
  }

  @Test(arguments: [("missing.pth", "there is no file"), ("folder", "is not a file")])
  func notAFile(name: String, says: String) async throws {
    let scratch = try FetchScratch()
    _ = try scratch.write([1], to: "folder/x")
    let source = WeightSource(.file("\(scratch.folder)/\(name)"), digest: .sha256(try sha256(bytes)))
    let error = try await failure(scratch, source)
    #expect(error.code == .unreachable)
    #expect(error.description.contains(says) && error.description.contains(name))
  }

  @Test func foreignFileAddressIsRefused() async throws {
    let error = try await failure(FetchScratch(), source("file://server/share/m.pth", bytes))
    #expect(error.description.contains("does not name a file of this machine"))
  }

  @Test func filePlacedByHandIsAdopted() async throws {
    let server = try LoopbackServer([:])
    let scratch = try FetchScratch(["LUCID_OFFLINE": "1"])
    let source = try source(server.url("/model.pth"), bytes)
    let said = try await failure(scratch, source).description
    let place = "\(scratch.root)/manual/model.pth"
    #expect(said.contains(place))
    _ = try scratch.write(bytes, to: "cache/manual/model.pth")
    let file = try await scratch.resolver.resolve([source], name: "m")
    #expect(file.path.hasPrefix(scratch.root + "/files/"))
    #expect(try contents(file.path) == bytes)
    #expect(FileSystem.names(in: scratch.root + "/manual") == [])
    #expect(try scratch.another().cachedFile(for: [source]) == file)
  }

  @Test func linkPlacedByHandStaysALink() async throws {
    let scratch = try FetchScratch(["LUCID_OFFLINE": "1"])
    let source = try source("https://example.invalid/model.pth", bytes)
    let own = try scratch.write(bytes, to: "own.pth")
    try FileManager.default.createDirectory(atPath: scratch.root + "/manual", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: scratch.root + "/manual/model.pth", withDestinationPath: own)
    #expect(try contents(try await scratch.resolver.localFile(for: [source], name: "m")) == bytes)
    #expect(FileSystem.names(in: scratch.root + "/manual") == ["model.pth"])
    #expect(try contents(own) == bytes)
  }

  @Test func wrongFilePlacedByHandIsSaidAndLeft() async throws {
    let server = try LoopbackServer(["/model.pth": [.ok(bytes)]])
    let scratch = try FetchScratch()
    _ = try scratch.write([1, 2], to: "cache/manual/model.pth")
    let log = ProgressLog()
    let source = try source(server.url("/model.pth"), bytes)
    let file = try await scratch.resolver.resolve([source], name: "m", progress: log.handler)
    #expect(try contents(file.path) == bytes)
    #expect(try log.warnings.count == 1 && log.warnings[0].contains(sha256([1, 2])))
    #expect(try contents(scratch.root + "/manual/model.pth") == [1, 2])
  }

  @Test func noSourceAndBadDigest() async throws {
    let scratch = try FetchScratch()
    let none = await #expect(throws: LucidError.self) { try await scratch.resolver.resolve([], name: "m") }
    #expect(none?.description.contains("no source of it is known") == true)
    let bad = try await failure(scratch, WeightSource(.file("m"), digest: .sha256("../../x")))
    #expect(bad.code == .invalidInput)
  }

  /// Makes a file look as if it was written a while ago.
  private func age(_ path: String, by seconds: Double = 60) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: path)
  }
}
