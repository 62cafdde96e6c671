import LucidTensor
import Testing

/// Expects a function's vjp to be its derivative: the gradients of `Σ r · f(x)`, with random numbers r, against central
/// differences in float64.
///
/// A difference over `2h` is off by a multiple of h² and by the rounding of the sum over h: with `h = 1e-5` and numbers
/// near 1, both are below 1e-9, and the tolerance is a thousand times that, relative to the largest gradient.
///
/// - Parameters:
///   - shapes: of the inputs, which are float64 numbers from the normal distribution.
///   - prepare: makes the inputs fit the function's domain, such as positive ones for a logarithm.
public func expectGradient(
  _ shapes: [Shape], _ what: String = "gradient", seed: UInt64 = 1, prepare: (Tensor) -> Tensor = { $0 },
  sourceLocation: SourceLocation = #_sourceLocation, of function: ([Tensor]) -> Tensor
) {
  let generator = Generator(seed: seed)
  let inputs = shapes.map { prepare(Tensor.randn($0, generator: generator).to(.float64)) }
  let leaves = inputs.map { $0.requiringGrad() }
  let output = function(leaves)
  #expect(output.dtype == .float64, "\(what): a check needs float64 throughout", sourceLocation: sourceLocation)
  let weights = Tensor.randn(output.shape, generator: generator).to(.float64)
  let gradients = (output * weights).sum().gradients(withRespectTo: leaves)
  func loss(_ inputs: [Tensor]) -> Double { noGrad { (function(inputs) * weights).sum().item(as: Double.self) } }
  let h = 1e-5
  for (number, input) in inputs.enumerated() {
    guard let gradient = gradients[number] else {
      Issue.record("\(what): input \(number) has no gradient", sourceLocation: sourceLocation)
      continue
    }
    #expect(gradient.shape == input.shape && gradient.dtype == .float64, sourceLocation: sourceLocation)
    let found = gradient.scalars(as: Double.self)
    let values = input.scalars(as: Double.self)
    let largest = found.reduce(1) { max($0, abs($1)) }
    // Every element of small inputs, a spread of those of large ones.
    for index in stride(from: 0, to: values.count, by: max(1, values.count / 60)) {
      func moved(_ distance: Double) -> Double {
        var changed = values
        changed[index] += distance
        var all = inputs
        all[number] = Tensor(changed, input.shape)
        return loss(all)
      }
      let expected = (moved(h) - moved(-h)) / (2 * h)
      if !(abs(found[index] - expected) <= 1e-6 * largest) {
        Issue.record(
          "\(what): input \(number) of \(input.shape)[\(index)] has the gradient \(found[index]), expected \(expected)",
          sourceLocation: sourceLocation)
        break
      }
    }
  }
}
