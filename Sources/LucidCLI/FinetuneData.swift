import ArgumentParser
import Foundation
import Lucid

/// The pictures of a fine-tuning: a folder for each class, in two parts or in two folders.
struct FinetuneData {
  let training: any ImageDataset
  let validation: any ImageDataset

  var classes: [String] { training.classes }

  /// Reads the names in the folders.
  ///
  /// - Parameter validation: another folder with the same classes, or the share of the pictures that is held back.
  /// - Throws: ``LucidError`` where a folder cannot be read, or has one class only or a class without pictures.
  init(_ folder: String, validation: String, seed: UInt64) throws {
    let whole = try ImageFolder(folder)
    guard whole.classes.count > 1 else {
      throw LucidError(
        .invalidInput, doing: "reading the classes in \(folder)",
        problem: "there is one class only, \(whole.classes[0]); a classifier tells at least two apart",
        advice: "Put the pictures of each class into a folder of its own, as in \(folder)/robin/1.jpg.")
    }
    if let share = Double(validation) {
      guard share > 0, share < 1 else {
        throw ValidationError("--validation is a folder, or a share between 0 and 1, not \(validation).")
      }
      let counts = whole.classCounts
      if let index = counts.firstIndex(where: { $0 < 2 }) {
        throw LucidError(
          .invalidInput, doing: "holding back \(validation) of the pictures in \(folder)",
          problem: "the class \(whole.classes[index]) has one picture only, and so none for both parts",
          advice: "Add pictures, or give --validation a folder of others.")
      }
      let parts = whole.split(validation: share, seed: seed)
      (training, self.validation) = (parts.training, parts.validation)
    } else {
      guard FileManager.default.fileExists(atPath: validation) else {
        throw LucidError(
          .fileUnreadable, doing: "reading the validation pictures", problem: "there is no folder \(validation)",
          advice: "Give --validation a folder with the same classes, or the share that is held back, such as 0.2.")
      }
      (training, self.validation) = (whole, try ImageFolder(validation, classes: whole.classes))
    }
  }
}
