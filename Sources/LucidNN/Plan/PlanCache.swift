import LucidTensor
import Synchronization

/// Counts every change to any module, parameter or buffer of the program, so that "nothing has changed" is known from
/// one comparison.
enum Changes {
  private static let counter = Atomic<Int>(0)

  /// How many there were.
  static var count: Int { counter.load(ordering: .relaxed) }

  /// Counts one more.
  static func note() { counter.add(1, ordering: .relaxed) }
}

/// The plans of one module for the shapes of input it was last called with.
///
/// Finding a plan costs O(1) while nothing in the program has changed, else a walk over the module.
struct PlanCache {
  /// How many shapes are remembered.
  private static let capacity = 8

  private var plans: [(shape: Shape, plan: Plan)] = []
  /// Shapes that came without getting a plan, the last one first.
  private var passing: [Shape] = []
  private var missesInARow = 0
  private var fingerprint: [ModuleState] = []
  private var changes = -1

  /// The plan for a module and a shape, made when it is not there or the module is not what it was; nil where making one
  /// does not pay, because every input of late had a new shape and this one has, too.
  mutating func plan(for module: Module, inputShape: Shape) -> Plan? {
    forgetIfChanged(module)
    if let index = plans.firstIndex(where: { $0.shape == inputShape }) {
      missesInARow = 0
      if index != 0 { plans.insert(plans.remove(at: index), at: 0) }
      return plans[0].plan
    }
    missesInARow += 1
    if missesInARow > Self.capacity, !passing.contains(inputShape) {
      passing = [inputShape] + passing.prefix(4 * Self.capacity)
      return nil
    }
    let plan = Plan(module, inputShape: inputShape, sharing: plans.first?.plan)
    plans = [(inputShape, plan)] + plans.prefix(Self.capacity - 1)
    return plan
  }

  private mutating func forgetIfChanged(_ module: Module) {
    let changesNow = Changes.count
    guard changes != changesNow || fingerprint.first != ModuleState(module) else { return }
    let now = module.namedModules().map { ModuleState($0.module) }
    if now != fingerprint { plans = [] }
    fingerprint = now
    changes = changesNow
  }
}

/// What a plan depends on in one module: its own mode, its parts and the versions of its own values.
private struct ModuleState: Equatable {
  private let isTraining: Bool
  private let parts: [ObjectIdentifier]
  private let versions: [Int]

  init(_ module: Module) {
    isTraining = module.isTraining
    let (parameters, buffers) = module.ownState()
    parts =
      parameters.map(ObjectIdentifier.init) + buffers.map(ObjectIdentifier.init)
      + module.children().map { ObjectIdentifier($0.module) }
    versions = parameters.map(\.version) + buffers.map(\.version)
  }
}
