import Glibc

/// Who writes to a partial file, as its folder's name says: whether that process still lives decides whether another may
/// go on where it stopped.
enum PartialOwner {
  /// Nobody: it was given up in order.
  case nobody
  /// A process of this machine that has ended.
  case dead
  /// A process of this machine that runs.
  case alive(pid: Int)
  /// A process of another machine or container, of which nothing can be known.
  case unknown

  /// The last part of the folder's name, after `tag`, for a file of this process: its number and when it started, which
  /// no other process of the machine shares, and the machine.
  static func tag() -> String {
    "\(getpid())-\(startTime(of: Int(getpid())) ?? "0")-\(place)-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
  }

  /// The last part of the name of a folder that nobody writes to.
  static func nobodysTag() -> String { "idle-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))" }

  /// The owner that such a tag tells.
  init(tag: some StringProtocol) {
    let words = tag.split(separator: "-")
    if words.first == "idle" {
      self = .nobody
    } else if words.count == 4, let pid = Int(words[0]), words[2] == Self.place {
      self = Self.startTime(of: pid) == String(words[1]) ? .alive(pid: pid) : .dead
    } else {
      self = .unknown
    }
  }

  /// The machine since it was started, and the container: process numbers mean something only there.
  static let place: String = {
    var target = [CChar](repeating: 0, count: 128)
    let count = readlink("/proc/self/ns/pid", &target, target.count - 1)
    let boot = FileSystem.note(at: "/proc/sys/kernel/random/boot_id")
    guard count > 0, let boot else { return "unknown\(getpid())" }
    let namespace = String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return (try? IncrementalSHA256.digest(of: boot + namespace)).map { String($0.prefix(16)) } ?? "unknown\(getpid())"
  }()

  /// When a process started, in ticks since the machine did; nil if there is none, or only what is left of one.
  static func startTime(of pid: Int) -> String? {
    guard let text = FileSystem.note(at: "/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
    // Fields after the name: the state first, the start as the twentieth (proc(5)).
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return String(fields[19])
  }
}
