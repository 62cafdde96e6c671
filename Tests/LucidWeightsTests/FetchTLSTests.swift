import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// Servers with certificates, played by `openssl s_server` with a certificate authority that is thrown away.
@Suite(.enabled(if: SecureServer.isPossible, "needs the program openssl")) struct FetchTLSTests {
  let bytes = scrambled(200_000)

  @Test func certificateOfAnUnknownAuthorityIsRefusedAndOneOfTheBundleIsNot() async throws {
    let scratch = try FetchScratch()
    let server = try await SecureServer(in: scratch, serving: bytes, name: "127.0.0.1")
    let source = try source(server.url, bytes)
    let error = try await failure(scratch, source)
    #expect(error.description.contains("is not trusted") && error.description.contains("LUCID_CA_BUNDLE"))
    #expect(try scratch.blobs() == [])
    let trusting = scratch.another { $0.certificateFile = server.authority }
    #expect(try contents(try await trusting.resolve([source], name: "m").path) == bytes)
  }

  @Test func certificateOfAnotherHostIsRefused() async throws {
    let scratch = try FetchScratch()
    let server = try await SecureServer(in: scratch, serving: bytes, name: "192.0.2.1")
    let trusting = try FetchScratch { $0.certificateFile = server.authority }
    let error = try await failure(trusting, source(server.url, bytes))
    #expect(error.description.contains("is not trusted"))
  }
}

/// A server of one file over TLS.
private final class SecureServer: Sendable {
  static let isPossible = Subprocess.find("openssl", in: ProcessInfo.processInfo.environment) != nil

  let url: String
  /// The certificate of its authority.
  let authority: String
  private let child: Int32

  init(in scratch: FetchScratch, serving bytes: [UInt8], name: String) async throws {
    _ = try scratch.write(bytes, to: "tls/m")
    let folder = scratch.folder + "/tls"
    authority = folder + "/ca.pem"
    let script = """
      set -e
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=CA
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out req.pem -subj /CN=server
      printf 'subjectAltName=IP:\(name)' > names
      openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem
      """
    let making = try Self.start("/bin/sh", ["-c", script], in: folder)
    making.waitUntilExit()
    try #require(making.terminationStatus == 0)
    // A port that was free a moment ago.
    let port = try LoopbackServer([:]).port
    let server = try Self.start(
      "/usr/bin/env",
      ["openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", "cert.pem", "-key", "key.pem", "-WWW"],
      in: folder)
    child = server.processIdentifier
    url = "https://127.0.0.1:\(port)/m"
    while !Self.answers(port) { try await Task.sleep(for: .milliseconds(10)) }
  }

  deinit { kill(child, SIGKILL) }

  private static func start(_ program: String, _ arguments: [String], in folder: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = Pipe()
    try process.run()
    return process
  }

  private static func answers(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
