import Foundation
import Lucid

/// The folder that a training writes to, for one training at a time: it is locked until the program ends.
struct FinetuneFolder {
  let path: String

  /// Where the training is kept while it goes on.
  var checkpoint: String { "\(path)/checkpoint.safetensors" }

  /// Makes the folder, and finds out whether it is the right one for a new training or for one to be resumed.
  ///
  /// - Throws: ``LucidError`` where it is not, where it may not be written to, and where another training has it.
  init(_ path: String, resumes: Bool) throws {
    self.path = path
    let isThere = FileManager.default.fileExists(atPath: checkpoint)
    if resumes, !isThere {
      throw LucidError(
        .fileUnreadable, doing: "resuming the training in \(path)", problem: "there is no \(checkpoint)",
        advice: "Give --output the folder of a training that was begun, or leave out --resume.")
    }
    if isThere, !resumes {
      throw LucidError(
        .invalidInput, doing: "training into \(path)", problem: "it has a training already",
        advice: "Go on with it by --resume, or choose another folder with --output.")
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      let code = ((error as? CocoaError)?.underlying as? POSIXError)?.code.rawValue
      throw LucidError(
        .fileUnreadable, doing: "making the folder \(path)",
        problem: code.map(systemText) ?? error.localizedDescription,
        advice: "Choose a folder that you may write to.")
    }
    guard access(path, W_OK) == 0 else {
      throw LucidError(
        .fileUnreadable, doing: "training into \(path)", problem: systemText(errno),
        advice: "Choose a folder that you may write to.")
    }
    try lock()
    try removeTemporaries()
  }

  /// The descriptor stays open, and the lock with it, until the program ends, however that is.
  private func lock() throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw LucidError(.fileUnreadable, doing: "opening the folder \(path)", problem: systemText(errno))
    }
    // Some network file systems have no locks; that is no reason not to train.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      throw LucidError(
        .invalidInput, doing: "training into \(path)", problem: "another training is writing to it",
        advice: "Wait for its end, or choose another folder with --output.")
    }
  }

  /// What a training that was killed had half written.
  private func removeTemporaries() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: path)
    where name.hasSuffix(".tmp") && name.contains(".safetensors.") {
      try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
  }
}
