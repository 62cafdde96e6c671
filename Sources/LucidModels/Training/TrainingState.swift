import Foundation
import LucidNN
import LucidTensor

/// How far a training is: with the parameters, the optimizer's state and the average of the weights all that it takes to
/// go on to the same bits. Most random numbers need no place of their own: each is drawn from the seed, the epoch and the
/// batch.
struct TrainingProgress: Sendable, Hashable, Codable {
  /// The settings that the training was begun with.
  var settings: TrainingSettings
  /// What else must be the same, such as the number of pictures, by name.
  var facts: [String: String]
  /// The present epoch, from 0.
  var epoch = 0
  /// The batches of the epoch that are done.
  var batch = 0
  /// The steps of the optimizer that are done.
  var step = 0
  /// Sums over the batches of the epoch that are done.
  var loss = RunningMean()
  var accuracy = Accuracy(topK: [1])
  var history = TrainingHistory()
  /// The states of the generators that modules have of their own, by the modules' names.
  var generators: [String: [UInt64]] = [:]
  /// Whether nothing is left to do.
  var isFinished = false
}

/// A checkpoint of a training, as one file, so that it is there whole or not at all: the parameters under `model.`, those
/// of the best epoch under `best.`, the optimizer's state under `optimizer.`, the average of the weights under `average.`,
/// and the progress as JSON in the metadata.
struct TrainingState {
  var progress: TrainingProgress
  var model: StateDict
  var best: StateDict?
  var optimizer: StateDict
  var average: StateDict?

  private static let metadataKey = "lucid.training"

  /// Writes the checkpoint; what had the path before is there until the new one is whole and on disk.
  func write(to path: String) throws {
    var dict = StateDict()
    for (prefix, part) in parts {
      for key in part.keys { dict.set("\(prefix).\(key)", try part[key]!) }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    dict.metadata[Self.metadataKey] = String(decoding: try encoder.encode(progress), as: UTF8.self)
    try dict.write(to: path, format: .safetensors)
  }

  /// The checkpoint in a file. Throws ``LucidError`` where it is none or damaged.
  init(contentsOf path: String) throws {
    let dict = try StateDict(contentsOf: path)
    func damaged(_ problem: String) -> LucidError {
      LucidError(
        .corruptFile, doing: "resuming the training in \(path)", problem: problem,
        advice: "Choose the folder that a training has written, or begin anew without resuming.")
    }
    guard let text = dict.metadata[Self.metadataKey] else { throw damaged("it is no checkpoint of a training") }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      progress = try decoder.decode(TrainingProgress.self, from: Data(text.utf8))
    } catch {
      throw damaged("what it says of the training cannot be read")
    }
    func part(_ name: String) throws -> StateDict? {
      let found = try dict.renamed { $0.hasPrefix("\(name).") ? String($0.dropFirst(name.count + 1)) : nil }
      return found.count == 0 ? nil : found
    }
    guard let model = try part("model"), let optimizer = try part("optimizer") else {
      throw damaged("it has no parameters")
    }
    (self.model, self.optimizer) = (model, optimizer)
    (best, average) = (try part("best"), try part("average"))
  }

  init(
    progress: TrainingProgress, model: StateDict, best: StateDict?, optimizer: StateDict, average: StateDict?
  ) {
    (self.progress, self.model, self.best) = (progress, model, best)
    (self.optimizer, self.average) = (optimizer, average)
  }

  private var parts: [(String, StateDict)] {
    [("model", model), ("optimizer", optimizer)] + (best.map { [("best", $0)] } ?? [])
      + (average.map { [("average", $0)] } ?? [])
  }
}

extension TrainingProgress {
  /// Throws ``LucidError`` where a training that is to be resumed was begun with other settings.
  func requireSame(_ settings: TrainingSettings, _ facts: [String: String], path: String) throws {
    let differences =
      try Self.differences(Self.fields(self.settings), Self.fields(settings)) + Self.differences(self.facts, facts)
    guard differences.isEmpty else {
      throw LucidError(
        .invalidInput, doing: "resuming the training in \(path)",
        problem: differences.sorted().joined(separator: "; "),
        advice: "Resume with the settings that it was begun with, or begin anew in another folder.")
    }
  }

  private static func differences(_ before: [String: String], _ now: [String: String]) -> [String] {
    Set(before.keys).union(now.keys).filter { before[$0] != now[$0] }.map { name in
      "\(name) was \(before[name] ?? "not set") and is \(now[name] ?? "not set") now"
    }
  }

  /// The settings by name, as JSON spells them.
  private static func fields(_ settings: TrainingSettings) throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let object = try JSONSerialization.jsonObject(with: encoder.encode(settings)) as? [String: Any] ?? [:]
    return object.mapValues { "\($0)" }
  }
}
