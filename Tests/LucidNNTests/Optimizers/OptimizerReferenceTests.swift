import LucidNN
import LucidTensor
import LucidTesting
import Testing

/// 100 steps of every optimizer against PyTorch's and timm's; see scripts/fixtures/optimizers.py.
@Suite struct OptimizerReferenceTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    struct Check: Decodable {
      let step: Int
      let values: [Double]
      let tolerance: Double
    }
    let name: String
    let rate: Double
    let checks: [Check]

    var testDescription: String { name }
  }

  private struct File: Decodable { let cases: [Case] }

  static let cases: [Case] = Fixture.read("optimizers", as: File.self).cases

  private func optimizer(_ name: String, _ groups: [ParameterGroup]) throws -> Optimizer {
    switch name {
    case "sgd": SGD(groups)
    case "sgd.momentum": SGD(groups, momentum: 0.9)
    case "sgd.dampening": SGD(groups, momentum: 0.9, dampening: 0.3)
    case "sgd.nesterov": SGD(groups, momentum: 0.9, nesterov: true)
    case "adam": Adam(groups)
    case "adam.betas": Adam(groups, betas: (0.8, 0.95), eps: 1e-3)
    case "adamw": AdamW(groups)
    case "rmsprop": RMSprop(groups)
    case "rmsprop.momentum": RMSprop(groups, alpha: 0.9, eps: 1e-3, momentum: 0.9)
    case "rmsprop.centered": RMSprop(groups, eps: 1e-2, momentum: 0.5, centered: true)
    case "lamb": LAMB(groups)
    case "lamb.always": LAMB(groups, eps: 1e-4, maxGradNorm: nil, alwaysAdapt: true)
    case "lars": LARS(groups, momentum: 0.9)
    case "lars.always": LARS(groups, momentum: 0.9, nesterov: true, trustCoefficient: 0.01, alwaysAdapt: true)
    default: throw UnknownCase(name: name)
    }
  }

  private struct UnknownCase: Error { let name: String }

  @Test(arguments: cases) func stepsAreTheReferences(_ test: Case) throws {
    let problem = Problem()
    let groups = [
      ParameterGroup([("a", problem.parameters[0])], learningRate: test.rate, weightDecay: 0.05),
      ParameterGroup([("b", problem.parameters[1])], learningRate: test.rate * 0.5),
    ]
    let optimizer = try optimizer(test.name, groups)
    var checks = test.checks[...]
    for step in 1...100 {
      problem.setGradients(step)
      optimizer.step()
      guard let check = checks.first, check.step == step else { continue }
      expectClose(problem.numbers, check.values, tolerance: check.tolerance, "\(test.name) after step \(step)")
      checks = checks.dropFirst()
    }
    #expect(checks.isEmpty && test.checks.count == 3)
  }
}

/// The two parameters and their gradients of scripts/fixtures/optimizers.py.
struct Problem {
  let parameters: [Parameter]

  init() {
    parameters = [Shape([4, 5]), Shape([7])].enumerated().map { index, shape in
      Parameter(Tensor((0..<shape.elementCount).map { Float(($0 * 29 + index * 5) % 97 - 48) / 32 }, shape))
    }
  }

  /// Gives the parameters the gradients of a step, counted from 1.
  func setGradients(_ step: Int) {
    for (index, parameter) in parameters.enumerated() {
      let gradient = (0..<parameter.shape.elementCount).map { i in
        Float((i * 37 + step * 23 + index * 11 + (i * step) % 7 * 13) % 129 - 64) / 64
      }
      parameter.grad = Tensor(gradient, parameter.shape)
    }
  }

  /// All numbers of both.
  var numbers: [Float] { parameters.flatMap { $0.value.scalars(as: Float.self) } }
}
