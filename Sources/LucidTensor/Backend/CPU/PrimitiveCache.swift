import Synchronization

/// Compiled primitives by what they compute, so that the second call with the same shapes compiles nothing.
///
/// Holds the last ``capacity`` primitives used. Looking one up costs O(1); making room, which is rare, O(capacity).
final class PrimitiveCache: Sendable {
  static let shared = PrimitiveCache(capacity: 2048)

  fileprivate struct State {
    var entries: [AnyKey: (primitive: Primitive, lastUse: UInt64)] = [:]
    var clock: UInt64 = 0
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) { self.capacity = capacity }

  /// The primitive for a key, made by `compile` when it is not there.
  func primitive(for key: some Hashable & Sendable, compile: () -> Primitive) -> Primitive {
    let key = AnyKey(key)
    if let found = state.withLock({ $0.use(key) }) { return found }
    let primitive = compile()
    state.withLock { state in
      if state.entries.count >= capacity { state.makeRoom(keeping: capacity / 2) }
      state.clock += 1
      state.entries[key] = (primitive, state.clock)
    }
    return primitive
  }
}

extension PrimitiveCache.State {
  fileprivate mutating func use(_ key: AnyKey) -> Primitive? {
    guard let index = entries.index(forKey: key) else { return nil }
    clock += 1
    entries.values[index].lastUse = clock
    return entries.values[index].primitive
  }

  fileprivate mutating func makeRoom(keeping count: Int) {
    let uses = entries.values.map(\.lastUse).sorted(by: >)
    let oldest = uses[min(count, uses.count - 1)]
    entries = entries.filter { $0.value.lastUse > oldest }
  }
}

/// `AnyHashable` that is `Sendable` because its content is.
private struct AnyKey: Hashable, @unchecked Sendable {
  // Proof: `base` is only ever made from a Sendable value, and is never changed.
  private let base: AnyHashable
  init(_ base: some Hashable & Sendable) { self.base = AnyHashable(base) }
}
