import LucidNN
import LucidTensor
import Testing

/// Expects what every module promises, whatever it computes: names that are unique, a state dict that carries all that its
/// outputs depend on, `train()` and `eval()` that reach every part, outputs in `eval()` that do not change, and a refusal to
/// move where there is no device that leaves it as it was.
///
/// - Parameters:
///   - make: makes the module; each time with parameters of its own.
///   - input: a tensor that it takes.
public func expectModuleLaws<M: Module>(
  _ make: () -> M, _ input: Tensor, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let module = make()
  let keys = module.stateDict().keys
  #expect(Set(keys).count == keys.count, "names are not unique: \(keys)", sourceLocation: sourceLocation)
  #expect(
    Set(module.namedParameters().map(\.name)).isSubset(of: keys), "a parameter has no name in the state dict",
    sourceLocation: sourceLocation)

  #expect(module.namedModules().allSatisfy { $0.module.isTraining }, sourceLocation: sourceLocation)
  _ = module(input)  // moves the statistics of what has some
  module.eval()
  #expect(module.namedModules().allSatisfy { !$0.module.isTraining }, sourceLocation: sourceLocation)
  let output = bits(module(input))
  #expect(bits(module(input)) == output, "eval() does not give the same twice", sourceLocation: sourceLocation)

  let other = make().eval()
  let report = try other.load(module.stateDict())
  #expect(report.isComplete && report.loaded == keys, "\(report)", sourceLocation: sourceLocation)
  #expect(bits(other(input)) == output, "the state dict does not carry all", sourceLocation: sourceLocation)
  #expect(throws: LucidError.self, sourceLocation: sourceLocation) { try other.to(.gpu) }
  try other.to(.cpu)
  #expect(bits(other(input)) == output, sourceLocation: sourceLocation)

  other.freeze()
  #expect(other.parameters().allSatisfy { !$0.requiresGrad }, sourceLocation: sourceLocation)
  other.unfreeze().train()
  #expect(other.parameters().allSatisfy { $0.requiresGrad }, sourceLocation: sourceLocation)
  #expect(other.namedModules().allSatisfy { $0.module.isTraining }, sourceLocation: sourceLocation)
  #expect(other.description.split(separator: "\n").count == module.namedModules().count, sourceLocation: sourceLocation)
}

private func bits(_ x: Tensor) -> [UInt8] { x.withUnsafeBytes(Array.init) }
