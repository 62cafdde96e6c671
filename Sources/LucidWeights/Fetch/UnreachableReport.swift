import LucidTensor

/// Collects what was tried for a file, for the error that says so when nothing helped.
struct UnreachableReport {
  let name: String
  let sources: [WeightSource]
  let layout: CacheLayout
  let environment: FetchEnvironment
  private var tried: [(place: String, failure: SourceFailure)] = []

  init(name: String, sources: [WeightSource], layout: CacheLayout, environment: FetchEnvironment) {
    (self.name, self.sources, self.layout, self.environment) = (name, sources, layout, environment)
  }

  mutating func add(_ place: String, _ failure: SourceFailure) {
    tried.append((place, failure))
  }

  /// The failure of them all.
  var error: LucidError {
    let isMismatch = !tried.isEmpty && tried.allSatisfy { $0.failure.code == .digestMismatch }
    let list = tried.map { "\n  - \($0.place): \($0.failure.problem)" }.joined()
    let problem =
      sources.isEmpty
      ? "no source of it is known" : "it is not in the cache, \(layout.root), and no source gave it:\(list)"
    return LucidError(
      isMismatch ? .digestMismatch : .unreachable, doing: "fetching \(name)", problem: problem, advice: advice)
  }

  private var advice: String? {
    var lines: [String] = []
    if let reason = environment.offlineReason {
      lines.append("To fetch it, run again without \(reason).")
    }
    let remedies = Set(tried.map(\.failure.remedy))
    lines += [SourceFailure.Remedy.network, .address, .digest].filter(remedies.contains).compactMap(\.advice)
    let byHand = sources.filter { $0.location.needsNetwork }.map {
      "\n    \(layout.placedByHand($0.location.fileName))  (\($0.digest))"
    }
    if !byHand.isEmpty {
      lines.append(
        "To place the file by hand, copy it to\(byHand.count > 1 ? " one of" : ""):\(byHand.joined())\n"
          + "It is used once its SHA-256 is right. LUCID_HOME chooses another folder than \(layout.root).")
    }
    return lines.isEmpty ? nil : "\n" + lines.joined(separator: "\n")
  }
}

extension WeightSource.Location {
  /// Whether the file comes from another machine, as far as can be told.
  var needsNetwork: Bool {
    switch self {
    case .url(let address): !address.lowercased().hasPrefix("file://")
    case .file, .embedded: false
    case .wheel: true
    }
  }
}
