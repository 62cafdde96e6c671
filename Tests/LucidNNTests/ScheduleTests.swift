import LucidNN
import LucidTensor
import Testing

/// Learning rates step by step against PyTorch's; see scripts/fixtures/schedules.py.
@Suite struct ScheduleTests {
  private struct File: Decodable { let cases: [String: [Double]] }

  static let references: [String: [Double]] = Fixture.read("schedules", as: File.self).cases

  static let schedules: [String: Schedule] = [
    "constant": .constant(0.5),
    "step": .step(every: 7, gamma: 0.3),
    "multiStep": .multiStep([3, 11, 12, 30], gamma: 0.2),
    "exponential": .exponential(gamma: 0.93),
    "linearWarmup": .linearWarmup(steps: 12, from: 0.01),
    "linear": .linear(steps: 9, from: 0.9, to: 0.2),
    "polynomial": .polynomial(steps: 25, power: 1.7),
    "cosine": .cosine(steps: 30, minimum: 0.05),
    "cosineWithRestarts": .cosineWithRestarts(firstSteps: 5, multiplier: 2, minimum: 0.01),
    "cosineWithRestarts.1": .cosineWithRestarts(firstSteps: 6),
    "oneCycle": .oneCycle(steps: 50),
    "oneCycle.momentum": .oneCycleMomentum(steps: 50),
    "oneCycle.linear": .oneCycle(steps: 37, warmup: 0.21, divFactor: 10, finalDivFactor: 100, isLinear: true),
    "sequence": .sequence(
      [.linearWarmup(steps: 8, from: 0.1), .cosine(steps: 20), .exponential(gamma: 0.5)], milestones: [8, 20]),
    "product": .step(every: 5, gamma: 0.5) * .exponential(gamma: 0.9),
  ]

  @Test(arguments: references.keys.sorted()) func ratesArePyTorchs(_ name: String) throws {
    let schedule = try #require(Self.schedules[name])
    let expected = try #require(Self.references[name])
    #expect(expected.count >= 20)
    for (step, rate) in expected.enumerated() {
      // PyTorch goes from each rate to the next: a rounding of 1 for each step.
      #expect(abs(schedule(step) - rate) <= 1e-14 * Double(step + 1), "\(name) at step \(step): \(schedule(step))")
    }
  }

  @Test func everyScheduleHasAReference() {
    #expect(Set(Self.schedules.keys) == Set(Self.references.keys))
  }

  @Test func afterTheEndTheyStay() {
    #expect(Schedule.cosine(steps: 10, minimum: 0.25)(1000) == 0.25)
    #expect(Schedule.polynomial(steps: 10)(11) == 0 && Schedule.linearWarmup(steps: 3)(3) == 1)
    let cycle = Schedule.oneCycle(steps: 10)
    #expect(cycle(9) == cycle(1000) && abs(cycle(9) - 1 / 25e4) < 1e-17)
    #expect(Schedule.linear(steps: 0, from: 0, to: 0.5)(0) == 0.5)
    #expect(Schedule.oneCycle(steps: 1)(0).isFinite && Schedule.oneCycle(steps: 10, warmup: 0)(0).isFinite)
  }

  @Test func applyingMultipliesTheBaseRates() {
    let optimizer = SGD(
      [
        ParameterGroup([("a", Parameter(.zeros([1])))], learningRate: 0.5),
        ParameterGroup([("b", Parameter(.zeros([1])))], learningRate: 0.125),
      ], momentum: 0.9)
    let schedule = Schedule.linearWarmup(steps: 4, from: 0).then(.step(every: 2, gamma: 0.5), at: 4)
    schedule.apply(to: optimizer, step: 2)
    #expect(optimizer.groups.map(\.learningRate) == [0.25, 0.0625])
    schedule.apply(to: optimizer, step: 4)
    #expect(optimizer.groups.map(\.learningRate) == [0.5, 0.125])
    schedule.apply(to: optimizer, step: 6)
    #expect(optimizer.groups.map(\.learningRate) == [0.25, 0.0625])
    #expect(optimizer.groups.map(\.baseLearningRate) == [0.5, 0.125])
  }

  @Test func oneOfItsOwn() {
    let schedule = Schedule("square") { Double($0 * $0) }
    #expect(schedule(3) == 9 && (schedule * .constant(2))(3) == 18)
    #expect(schedule.then(.constant(), at: 5).description == "square.then(constant(1.0), at: 5)")
  }
}
