import LucidTensor
import LucidWeights
import Testing

/// Expects what every enum of weights promises: names that find each checkpoint again however they are typed, aliases and
/// a default among its cases, and an entry that can be fetched.
public func expectWeightsEnumLaws<Weights: WeightsEnum>(
  _ type: Weights.Type, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(!Weights.allCases.isEmpty, "\(type) has no case", sourceLocation: sourceLocation)
  #expect(!Weights.enumNames.isEmpty, "\(type) has no name", sourceLocation: sourceLocation)
  #expect(Weights.allCases.contains(Weights.default), sourceLocation: sourceLocation)
  #expect(Weights("default") == Weights.default, sourceLocation: sourceLocation)

  for weights in Weights.allCases {
    expectFound(weights, by: weights.rawValue, sourceLocation)
    expectFound(weights, by: weights.description, sourceLocation)
    for name in Weights.enumNames { expectFound(weights, by: "\(name).\(weights.name)", sourceLocation) }
    #expect(weights.entry == weights.entry, sourceLocation: sourceLocation)
    #expect(!weights.entry.sources.isEmpty, "\(weights)", sourceLocation: sourceLocation)
    for source in weights.entry.sources {
      #expect(Digest(hex: source.digest.hex) == source.digest, "\(weights)", sourceLocation: sourceLocation)
    }
    let categories = weights.meta.categories
    #expect(categories.isEmpty || weights.meta.numClasses == categories.count, sourceLocation: sourceLocation)
    for key in weights.meta.keys {
      #expect(weights.meta[key] != nil, "\(weights).meta[\"\(key)\"]", sourceLocation: sourceLocation)
    }
  }

  for (alias, weights) in Weights.aliases {
    expectFound(weights, by: alias, sourceLocation)
    #expect(Weights(rawValue: alias) == nil, "\(alias) is a tag too", sourceLocation: sourceLocation)
  }

  #expect(Weights("no such weights") == nil, sourceLocation: sourceLocation)
  #expect(throws: LucidError.self, sourceLocation: sourceLocation) { try Weights.named("no such weights") }
}

/// Expects a name to find a checkpoint, also in lower case and with other separators.
private func expectFound<Weights: WeightsEnum>(_ weights: Weights, by name: String, _ location: SourceLocation) {
  let dashed = String(name.map { $0 == "_" ? "-" : $0 })
  for spelling in [name, name.lowercased(), dashed, dashed.uppercased(), name.filter { $0 != "_" }] {
    #expect(Weights(spelling) == weights, "\"\(spelling)\" finds another", sourceLocation: location)
  }
}
