import LucidTensor
import Testing

/// Expects two sequences of numbers to agree within `tolerance`, an absolute difference; says the worst place if not.
/// NaN agrees with NaN, an infinity with itself.
public func expectClose(
  _ actual: [Float], _ expected: [Double], tolerance: Double, _ what: String = "values",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record("\(what): \(actual.count) numbers, expected \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  var worst = (index: -1, difference: tolerance)
  for index in actual.indices {
    let (found, wanted) = (Double(actual[index]), expected[index])
    // NaN is to be NaN, and an infinity the same infinity: no distance says so.
    if found == wanted || (found.isNaN && wanted.isNaN) { continue }
    let difference = abs(found - wanted)
    if !(difference <= worst.difference) { worst = (index, difference.isNaN ? .infinity : difference) }
  }
  if worst.index >= 0 {
    Issue.record(
      """
      \(what): [\(worst.index)] is \(actual[worst.index]), expected \(expected[worst.index]); \
      off by \(worst.difference), allowed \(tolerance)
      """, sourceLocation: sourceLocation)
  }
}

/// Expects a tensor to have a shape and numbers, each within `tolerance`, an absolute difference.
public func expectClose(
  _ actual: Tensor, _ expected: [Double], _ shape: Shape? = nil, tolerance: Double = 1e-6,
  _ what: String = "tensor", sourceLocation: SourceLocation = #_sourceLocation
) {
  if let shape { #expect(actual.shape == shape, sourceLocation: sourceLocation) }
  expectClose(actual.scalars(as: Float.self), expected, tolerance: tolerance, what, sourceLocation: sourceLocation)
}
