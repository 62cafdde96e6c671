import LucidTensor
import Testing

@testable import LucidWeights

extension FilesBombTests {
  /// Small pickles that ask for much: what reading them does and holds is counted, and kept to the budget that
  /// ``PickleMachine`` states. Not beside the other bombs, which look at the memory of the whole process.
  @Suite struct PickleBudgetTests {
    struct Bomb: Sendable, CustomTestStringConvertible {
      let name: String
      /// What it is refused with; nil where the machine comes to its end.
      let refusal: String?
      let pickle: @Sendable () -> [UInt8]

      init(_ name: String, _ refusal: String?, _ build: @escaping @Sendable (inout PickleWriter) -> Void) {
        (self.name, self.refusal) = (name, refusal)
        pickle = { PickleWriter.build(protocol: 4, build) }
      }

      var testDescription: String { name }
    }

    private static func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count * count)
      for _ in 0..<count { result += bytes }
      return result
    }

    static let bombs: [Bomb] = [
      Bomb("recursion: a million lists, each in the next", nil) {
        $0.raw(repeated([0x5d], 1_000_000))
        $0.raw(repeated([0x61], 999_999))
      },
      Bomb("recursion: a million tuples, each in the next", nil) {
        $0.op(")")
        $0.raw(repeated([0x85], 1_000_000))
      },
      Bomb("recursion: a list in itself", nil) { $0.raw(0x5d, 0x94, 0x68, 0, 0x61) },
      Bomb("recursion: a hundred thousand dictionaries, each in the next", nil) {
        $0.op("}")
        for _ in 0..<100_000 {
          $0.text("model")
          $0.op("}")
        }
        $0.raw(repeated([0x73], 100_000))
      },
      Bomb("memo: an index far ahead", "memo index 4294967295") {
        $0.op("}")
        $0.raw(0x72, 0xff, 0xff, 0xff, 0xff)
      },
      Bomb("memo: a value remembered more often than there are places", "memo index 4194304") {
        $0.op("N")
        $0.raw(repeated([0x94], 4_200_000))
      },
      Bomb("billion laughs: sixty tuples, each of the one before it twice", nil) {
        $0.op("N")
        for index in 0..<60 as Range<UInt8> { $0.raw(0x94, 0x68, index, 0x86) }
      },
      Bomb("billion laughs: lists of ten of the list before", nil) {
        $0.op("]")
        for index in 0..<60 as Range<UInt8> {
          $0.raw([0x94, 0x30, 0x5d, 0x28] + repeated([0x68, index], 10) + [0x65])
        }
      },
      Bomb("quadratic: ten thousand dictionaries made of one list of ten thousand pairs", "copied") {
        $0.global("collections", "OrderedDict")
        $0.raw([0x94, 0x5d, 0x28] + repeated([0x4b, 1, 0x4b, 2, 0x86], 10_000) + [0x65, 0x85, 0x94])
        $0.raw(repeated([0x68, 0, 0x68, 1, 0x52, 0x30], 10_000))
      },
      Bomb("quadratic: the same before a megabyte that is not the pickle's", "copied") {
        $0.global("collections", "OrderedDict")
        $0.raw([0x94, 0x5d, 0x28] + repeated([0x4b, 1, 0x4b, 2, 0x86], 1000) + [0x65, 0x85, 0x94])
        $0.raw(repeated([0x68, 0, 0x68, 1, 0x52, 0x30], 1000))
        $0.raw([0x2e] + repeated([0], 1 << 20))
      },
      Bomb("quadratic strings: a long name put together again and again", "longer than 256") {
        $0.text(String(repeating: "x", count: 100_000))
        $0.raw(0x94)
        $0.raw(repeated([0x68, 0, 0x68, 0, 0x93], 100_000))
      },
      Bomb("quadratic strings: a name of 256 bytes looked for again and again", "copied") {
        $0.text("collections")
        $0.raw(0x94)
        $0.text("OrderedDict")
        $0.raw(0x94)
        $0.raw(repeated([0x68, 0, 0x68, 1, 0x93, 0x30], 100_000))
      },
      Bomb("quadratic strings: a storage's key of 256 bytes named again and again", "copied") {
        $0.op("(")
        $0.text("storage")
        $0.global("torch", "FloatStorage")
        $0.text(String(repeating: "k", count: 256))
        $0.text("cpu")
        $0.int(4)
        $0.op("t")
        $0.raw(0x94)
        $0.raw(repeated([0x68, 0, 0x51, 0x30], 1_000_000))
      },
      Bomb("shapes: a million tensors of one shape of 64 sizes", "copied") {
        $0.global("torch._utils", "_rebuild_tensor_v2")
        $0.raw(0x94)
        $0.op("(")
        $0.storage(count: 1)
        $0.int(0)
        for _ in 0..<2 { $0.tuple([Int](repeating: 1, count: 64)) }
        $0.raw(0x89, 0x4e, 0x74, 0x94)
        $0.raw(repeated([0x68, 0, 0x68, 1, 0x52, 0x30], 1_000_000))
      },
      Bomb("declared counts: bytes", "left") { $0.raw([0x8e] + repeated([0xff], 8)) },
      Bomb("declared counts: text", "left") { $0.raw(0x8d, 0, 0, 0, 0, 0, 1, 0, 0) },
      Bomb("declared counts: a negative one", "left") { $0.raw(0x8b, 0xff, 0xff, 0xff, 0xff) },
      Bomb("declared counts: a frame", "left") { $0.raw([0x95] + repeated([0x7f], 8)) },
      Bomb("declared counts: a storage", "elements") { $0.storage(count: .max) },
      Bomb("two million marks", "marks") { $0.raw(repeated([0x28], 2_000_000)) },
      Bomb("two million values on the stack", "stack") { $0.raw(repeated([0x4e], 2_000_000)) },
      Bomb("more objects than there may be", "objects") { $0.raw(repeated([0x5d, 0x30], 2_100_000)) },
      Bomb("more dictionaries than there may be, each with a pair", "objects") {
        $0.raw(repeated([0x7d, 0x4e, 0x4e, 0x73, 0x30], 1_300_000) + repeated([0x7d, 0x30], 900_000))
      },
      Bomb("more instructions than there may be", "instructions") { $0.raw(repeated([0x4e, 0x30], 4_200_000)) },
    ]

    @Test(arguments: bombs) func isReadWithinTheBudget(_ bomb: Bomb) {
      let pickle = bomb.pickle()
      var machine = PickleMachine(MappedFile(bytes: pickle, named: "bomb"), 0..<pickle.count, .checkpoint)
      do {
        _ = try machine.run()
        #expect(bomb.refusal == nil)
      } catch {
        #expect(bomb.refusal.map { error.problem.contains($0) } == true, "\(error)")
      }
      let read = machine.reader.position
      #expect(machine.instructions <= min(read, PickleMachine.Limits.instructions))
      #expect(machine.copied <= min(read, PickleMachine.Limits.copies))
      #expect(
        machine.bytesHeld <= PickleMachine.Limits.bytesHeldPerByte * read + 4096, "\(machine.bytesHeld) for \(read)")
      #expect(machine.bytesHeld <= PickleMachine.Limits.bytesHeld)
    }

    @Test func aValueTakesWhatTheBudgetSays() { #expect(MemoryLayout<PickleValue>.stride == 24) }

    @Test("An honest checkpoint takes a hundredth of the budget of work") func anHonestOne() throws {
      let pickle = PickleWriter.build {
        $0.op("}")
        for index in 0..<1000 {
          $0.text("layers.\(index).weight")
          $0.tensor(count: 0, shape: [0, 3, 3, 3], strides: [27, 9, 3, 1], key: String(index))
          $0.op("s")
        }
      }
      var machine = PickleMachine(MappedFile(bytes: pickle, named: "honest"), 0..<pickle.count, .checkpoint)
      _ = try machine.run()
      #expect(machine.instructions < PickleMachine.Limits.instructions / 100)
      #expect(machine.copied < pickle.count / 10)
    }
  }
}

extension PickleMachine {
  /// The bytes of memory that the machine holds, counted by the room in every one of its arrays.
  fileprivate var bytesHeld: Int {
    let header = 32
    func room<Element>(_ array: [Element]) -> Int {
      array.capacity == 0 ? 0 : header + array.capacity * MemoryLayout<Element>.stride
    }
    var sum = room(stack) + room(marks) + room(memo) + room(heap.objects)
    sum += room(heap.sequences) + heap.sequences.reduce(0) { $0 + room($1) }
    sum += room(heap.dictionaries) + heap.dictionaries.reduce(0) { $0 + room($1) }
    sum += room(heap.storages)
    // Text of up to 15 bytes is in the string itself.
    sum += heap.storages.reduce(0) { $0 + ($1.key.utf8.count > 15 ? header + $1.key.utf8.count : 0) }
    sum += room(heap.tensors) + heap.tensors.reduce(0) { $0 + room($1.shape) + room($1.strides) }
    return sum
  }
}
