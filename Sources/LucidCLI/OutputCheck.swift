import Foundation
import Lucid

/// Finds out before the work is done whether its result has a place.
///
/// - Throws: ``LucidError`` where the path is a folder's, or its folder does not exist or may not be written to.
func checkOutput(_ output: String) throws(LucidError) {
  let url = URL(fileURLWithPath: output)
  let folder = url.deletingLastPathComponent().path
  var isFolder: ObjCBool = false
  func unwritable(_ problem: String) -> LucidError {
    LucidError(
      .fileUnreadable, doing: "writing \(output)", problem: problem,
      advice: "Give --output a path in a folder that exists and that you may write to.")
  }
  if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
    throw unwritable("it is a folder; the path of a file was expected")
  }
  guard FileManager.default.fileExists(atPath: folder) else { throw unwritable("there is no folder \(folder)") }
  guard access(folder, W_OK) == 0 else { throw unwritable("\(folder): \(systemText(errno))") }
}

/// What the system calls an error, such as "Permission denied".
func systemText(_ code: Int32) -> String { String(cString: strerror(code)) }
