import ArgumentParser
import Foundation
import Lucid

struct CheckpointCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Look into, compare and convert checkpoint files.",
    discussion: """
      Read are safetensors files, their indexes and folders, what torch.save wrote in any of its forms, TorchScript
      programs and NumPy archives. Nothing in a file is executed.
      """,
    subcommands: [
      CheckpointInspectCommand.self, CheckpointDiffCommand.self, CheckpointConvertCommand.self,
      CheckpointCheckCommand.self,
    ])
}

/// Bytes as a person reads them: 1536 as "1.5 kB".
func bytesText(_ count: Int) -> String {
  var value = Double(count)
  for unit in ["B", "kB", "MB", "GB"] {
    if value < 1000 { return unit == "B" ? "\(count) B" : String(format: "%.1f \(unit)", value) }
    value /= 1000
  }
  return String(format: "%.1f TB", value)
}

/// An element type as people write it. Throws where it is none.
func elementType(named name: String) throws -> DType {
  switch name.lowercased() {
  case "bf16", "bfloat16": return .bfloat16
  case "f16", "fp16", "half", "float16": return .float16
  case "f32", "fp32", "float", "float32": return .float32
  case "f64", "fp64", "double", "float64": return .float64
  default: throw ValidationError("--dtype must be bf16, f16, f32 or f64, not \(name).")
  }
}

/// A map from its rules, or from the file that holds them.
func keyMap(from text: String) throws -> KeyMap {
  guard FileManager.default.fileExists(atPath: text) else { return try KeyMap(text) }
  do {
    return try KeyMap(String(contentsOfFile: text, encoding: .utf8))
  } catch let error as LucidError {
    throw error
  } catch {
    throw LucidError(.fileUnreadable, doing: "reading the rules in \(text)", problem: error.localizedDescription)
  }
}
