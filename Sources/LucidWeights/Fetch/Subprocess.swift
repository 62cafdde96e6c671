import CCurl
import Glibc
import LucidTensor

/// A helper program run to its end, or killed with all it started when its task is cancelled.
struct Subprocess {
  /// An absolute path.
  let executable: String
  let arguments: [String]
  let variables: [String: String]

  /// How a program ended.
  struct Outcome {
    /// The exit status; 128 plus the signal's number for one that was killed.
    var status: Int32
    /// The end of what it wrote to standard output and standard error together.
    var output: String
  }

  /// The most output that is kept: its end says why a program failed.
  private static let keptOutput = 16 * 1024

  /// Runs the program and calls `tick` some times a second. Its standard input is a pipe that ends when this process
  /// does, so that a helper can notice that nobody waits for it any more.
  func run(_ work: Work, tick: () -> Void) throws -> Outcome {
    var lifeline: [Int32] = [-1, -1]
    var output: [Int32] = [-1, -1]
    defer { for descriptor in lifeline + output where descriptor >= 0 { close(descriptor) } }
    guard pipe2(&lifeline, O_CLOEXEC) == 0, pipe2(&output, O_CLOEXEC) == 0 else {
      throw FileSystem.failure("starting \(executable)", errno)
    }
    let child = try spawn(input: lifeline[0], output: output[1])
    // The ends that the child has now; with its own gone, the pipes end when it does.
    close(lifeline[0])
    close(output[1])
    (lifeline[0], output[1]) = (-1, -1)
    return try follow(child, output[0], work, tick)
  }

  private func spawn(input: Int32, output: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    // A group of its own, so that it can be killed with all it started; signals as a new program expects them.
    var none = sigset_t()
    var usual = sigset_t()
    sigemptyset(&none)
    sigemptyset(&usual)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGXFSZ] { sigaddset(&usual, signal) }
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words = ([executable] + arguments).map { strdup($0) } + [nil]
    var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + settings { free(word) } }
    var child = pid_t()
    let code = posix_spawn(&child, executable, &actions, &attributes, &words, &settings)
    guard code == 0 else { throw FileSystem.failure("starting \(executable)", code) }
    return child
  }

  private func follow(_ child: pid_t, _ output: Int32, _ work: Work, _ tick: () -> Void) throws -> Outcome {
    var kept: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    var isOpen = true
    func readSome(milliseconds: Int32) -> Bool {
      var ready = pollfd(fd: isOpen ? output : -1, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, milliseconds) > 0 else { return false }
      let count = read(output, &buffer, buffer.count)
      if count <= 0 { isOpen = false }
      kept += buffer.prefix(max(count, 0))
      if kept.count > 2 * Self.keptOutput { kept.removeFirst(kept.count - Self.keptOutput) }
      return count > 0
    }
    var status: Int32 = 0
    while true {
      _ = readSome(milliseconds: 50)
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child { break }
      if ended < 0, errno != EINTR { throw FileSystem.failure("waiting for \(executable)", errno) }
      if work.cancellation.isCancelled {
        // The child has not been waited for, so the group is still its.
        kill(-child, SIGKILL)
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        throw CancellationError()
      }
      tick()
    }
    while isOpen, readSome(milliseconds: 0) {}
    let signal = status & 0x7f
    return Outcome(
      status: signal == 0 ? (status >> 8) & 0xff : 128 + signal,
      output: String(decoding: kept.suffix(Self.keptOutput), as: UTF8.self))
  }

  /// The absolute path of a program, looked for in the folders of `PATH` unless it names a folder itself.
  static func find(_ program: String, in variables: [String: String]) -> String? {
    func isProgram(_ path: String) -> Bool {
      guard let info = try? FileSystem.status(of: path) else { return false }
      return info.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
    if program.contains("/") { return isProgram(program) ? program : nil }
    let folders = (variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
    return folders.lazy.map { "\($0)/\(program)" }.first(where: isProgram)
  }
}
