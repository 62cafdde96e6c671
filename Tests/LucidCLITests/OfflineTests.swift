import Foundation
import LucidTesting
import Testing

/// That no socket is opened, shown by a kernel that ends the process when one is.
@Suite(.enabled(if: SocketGuard.isPossible, "needs python3 and seccomp on x86-64 or arm64")) struct OfflineTests {
  private let data = Data((0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })

  @Test(arguments: ["LUCID_OFFLINE", "HF_HUB_OFFLINE"]) func offlineOpensNoSocket(variable: String) throws {
    let program = Program(in: try Scratch(), ["LUCID_OFFLINE": ""].merging([variable: "1"]) { $1 })
    let arguments = [Program.path, "weights", "fetch", "https://127.0.0.1:9/m.bin", "--sha256", sha256(data)]
    let missing = try SocketGuard.run(program, arguments)
    expectError(missing, saying: "\(variable)=1 forbids the network")
    try program.folder.write("home/manual/m.bin", data)
    #expect(try SocketGuard.run(program, arguments).status == 0)
    for command in [["weights", "verify"], ["cache", "doctor"], ["weights", "download", "resnet18"]] {
      #expect([0, 1].contains(try SocketGuard.run(program, [Program.path] + command).status), "\(command)")
    }
  }

  @Test func aPinnedFileThatIsThereOpensNoSocketOnlineEither() throws {
    let program = Program(in: try Scratch(), ["LUCID_OFFLINE": ""])
    try program.folder.write("home/manual/m.bin", data)
    let arguments = [Program.path, "weights", "fetch", "https://127.0.0.1:9/m.bin", "--sha256", sha256(data)]
    for _ in 0..<2 { #expect(try SocketGuard.run(program, arguments).status == 0) }
  }

  /// The guard guards: online, the same command opens a socket.
  @Test func onlineWouldOpenOne() throws {
    let program = Program(in: try Scratch(), ["LUCID_OFFLINE": ""])
    let arguments = [Program.path, "weights", "fetch", "http://127.0.0.1:9/m.bin", "--sha256", sha256(data)]
    #expect(try SocketGuard.run(program, arguments).status == 128 + SIGSYS)
  }
}

/// A kernel that ends a process where it opens a socket.
private enum SocketGuard {
  /// Runs a program that may not call `socket` (seccomp(2)): where it does, SIGSYS ends it.
  private static let guarded = """
    import ctypes, os, struct, sys
    call = {"x86_64": 41, "aarch64": 198}[os.uname().machine]
    filter = b"".join(struct.pack("HBBI", *line) for line in [
        (0x20, 0, 0, 0),             # the call's number
        (0x15, 0, 1, call),          # is it socket?
        (0x06, 0, 0, 0x80000000),    # then the process ends
        (0x06, 0, 0, 0x7fff0000),    # else go on
    ])
    held = ctypes.create_string_buffer(filter)
    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(Program(4, ctypes.addressof(held))), 0, 0) == 0
    os.execv(sys.argv[1], sys.argv[1:])
    """

  /// Whether this machine can do so.
  static let isPossible: Bool = {
    guard let folder = try? Scratch(), let outcome = try? run(Program(in: folder), ["/bin/true"]) else { return false }
    return outcome.status == 0
  }()

  /// Runs a program to its end.
  static func run(_ program: Program, _ arguments: [String]) throws -> Program.Outcome {
    try program.start("/usr/bin/env", ["python3", "-c", guarded] + arguments).end()
  }
}
