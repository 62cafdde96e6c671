import LucidTensor

/// Reads one pickle without running anything.
///
/// Python's pickle is a program for a small stack machine that may call any function by name. This machine knows the
/// instructions that `torch.save` writes (``PickleOpcode``) and the names in ``TorchGlobal``; it throws
/// ``LucidError/Code/unsafeFile`` with the name at any other.
///
/// Whatever a pickle says, reading it keeps to a budget:
///
/// - **Work**: at most 8 Mi instructions. Each does a bounded number of operations, but for the items that it copies from
///   what the pickle may name again; of those there are at most as many as bytes were read, and at most 8 Mi. An item that
///   an instruction takes from the stack was put there by another.
/// - **Memory**: at most 128 bytes for each byte that was read, and at most 1 GiB. A value takes 24 bytes; at most 1 Mi are
///   on the stack and 4 Mi remembered, in at most 2 Mi objects. Text stays in the file.
/// - No count in the file is believed before that many bytes are seen to be there, and nothing recurses.
struct PickleMachine {
  /// What no checkpoint comes near: a model of ten thousand tensors with its optimizer takes a tenth of each.
  enum Limits {
    static let instructions = 8 << 20
    static let stack = 1 << 20
    static let objects = 2 << 20
    static let memo = 4 << 20
    static let copies = 8 << 20
    static let nameLength = 256
    /// What is held, in bytes, for a byte that was read and at most; what the others come to.
    static let bytesHeldPerByte = 128
    static let bytesHeld = 1 << 30
  }

  let file: MappedFile
  var reader: ByteReader
  let dialect: PickleDialect
  var heap = PickleHeap()
  var stack: [PickleValue] = []
  var marks: [Int] = []
  var memo: [PickleValue?] = []
  var memoCount = 0
  /// The end of the frame the reader is in, if it is in one.
  private var frameEnd: Int?
  /// Where the instruction being carried out begins.
  var instruction = 0
  /// Where the pickle begins.
  let start: Int
  /// The instructions carried out so far.
  private(set) var instructions = 0
  /// The items copied so far from what can be named again.
  var copied = 0

  /// Reads the pickle that begins where `range` does. Throws ``LucidError`` with ``LucidError/Code/corruptFile``,
  /// ``LucidError/Code/unsafeFile`` or ``LucidError/Code/unsupportedFormat``.
  static func read(
    _ file: MappedFile, _ range: Range<Int>, _ dialect: PickleDialect = .checkpoint
  ) throws(LucidError) -> PickleDocument {
    var machine = PickleMachine(file, range, dialect)
    let root = try machine.run()
    return PickleDocument(root: root, heap: machine.heap, end: machine.reader.position)
  }

  init(_ file: MappedFile, _ range: Range<Int>, _ dialect: PickleDialect) {
    self.file = file
    self.dialect = dialect
    if case .tar(let objects) = dialect { (heap.storages, heap.tensors) = (objects.storages, objects.tensors) }
    reader = ByteReader(file, range, part: "the pickle")
    start = range.lowerBound
  }

  /// Carries out the pickle; returns the value that it ends with. Once only.
  mutating func run() throws(LucidError) -> PickleValue {
    while instructions < Limits.instructions {
      instructions += 1
      instruction = reader.position
      let code = try reader.byte("an instruction")
      guard let opcode = PickleOpcode(rawValue: code) else { throw refusal(of: code) }
      if opcode == .stop {
        guard frameEnd == nil || frameEnd == reader.position else { throw fault("the pickle stops inside a frame") }
        guard marks.isEmpty, stack.count == 1 else { throw fault("the pickle stops with \(stack.count) values left") }
        return stack[0]
      }
      try execute(opcode)
      if let end = frameEnd, opcode != .frame {
        guard reader.position <= end else { throw fault("an instruction crosses the end of its frame") }
        if reader.position == end { frameEnd = nil }
      }
    }
    throw fault("the pickle has more than \(Limits.instructions) instructions, which no checkpoint needs")
  }

  private mutating func execute(_ opcode: PickleOpcode) throws(LucidError) {
    switch opcode {
    case .proto:
      let version = try reader.byte("the protocol")
      guard (2...5).contains(version) else {
        throw file.unsupported("the pickle is of protocol \(version); torch.save writes 2 to 5")
      }
    case .frame:
      let size = try reader.integer(UInt64.self, "a frame's size")
      guard frameEnd == nil else { throw fault("a frame begins inside another") }
      guard size <= reader.remaining else {
        throw fault("a frame claims \(size) bytes, but the pickle has \(reader.remaining) left")
      }
      frameEnd = size == 0 ? nil : reader.position + Int(size)
    case .stop: break

    case .none: try push(.none)
    case .newTrue: try push(.bool(true))
    case .newFalse: try push(.bool(false))
    case .binInt: try push(.int(Int(try reader.integer(Int32.self, "an integer"))))
    case .binInt1: try push(.int(Int(try reader.byte("an integer"))))
    case .binInt2: try push(.int(Int(try reader.integer(UInt16.self, "an integer"))))
    case .long1: try push(try integer(try reader.skip(try reader.byte("a length"), "an integer")))
    case .long4: try push(try integer(try reader.skip(try reader.integer(Int32.self, "a length"), "an integer")))
    case .binFloat:
      // The one number that pickles store most significant byte first.
      try push(.float(Double(bitPattern: try reader.integer(UInt64.self, "a float").byteSwapped)))

    case .shortBinString, .shortBinUnicode: try push(.text(try reader.skip(try reader.byte("a length"), "text")))
    case .binString: try push(.text(try reader.skip(try reader.integer(Int32.self, "a length"), "text")))
    case .binUnicode: try push(.text(try reader.skip(try reader.integer(UInt32.self, "a length"), "text")))
    case .binUnicode8: try push(.text(try reader.skip(try reader.integer(UInt64.self, "a length"), "text")))
    case .shortBinBytes: try push(.bytes(try reader.skip(try reader.byte("a length"), "bytes")))
    case .binBytes: try push(.bytes(try reader.skip(try reader.integer(UInt32.self, "a length"), "bytes")))
    case .binBytes8, .byteArray8:
      try push(.bytes(try reader.skip(try reader.integer(UInt64.self, "a length"), "bytes")))

    case .mark:
      guard marks.count < Limits.stack else { throw fault("more than \(Limits.stack) marks are open") }
      marks.append(stack.count)
    case .pop:
      if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
    case .popMark: _ = try popToMark()
    case .emptyTuple: try push(.tuple(0))
    case .tuple: try push(.tuple(try sequence(try popToMark())))
    case .tuple1: try push(.tuple(try sequence(try pop(1))))
    case .tuple2: try push(.tuple(try sequence(try pop(2))))
    case .tuple3: try push(.tuple(try sequence(try pop(3))))
    case .emptyList: try push(.list(try sequence([])))
    case .emptySet: try push(.set(try sequence([])))
    case .frozenSet: try push(.set(try sequence(try popToMark())))
    case .emptyDictionary: try push(.dictionary(try dictionary([])))
    case .append: try extend(with: try pop(1))
    case .appends, .addItems: try extend(with: try popToMark())
    case .setItem: try assign(try pop(2))
    case .setItems: try assign(try popToMark())

    case .binPut: try remember(Int(try reader.byte("a memo index")))
    case .longBinPut: try remember(Int(try reader.integer(UInt32.self, "a memo index")))
    case .memoize: try remember(memoCount)
    case .binGet: try recall(Int(try reader.byte("a memo index")))
    case .longBinGet: try recall(Int(try reader.integer(UInt32.self, "a memo index")))

    case .global:
      let module = try line()
      try push(.global(try resolve(module, try line())))
    case .stackGlobal:
      let names = try pop(2)
      guard case .text(let module) = names[0], case .text(let name) = names[1] else {
        throw fault("a function is named by \(names[0].kind) and \(names[1].kind) instead of text")
      }
      try charge(min(module.count, Limits.nameLength) + min(name.count, Limits.nameLength))
      try push(.global(try resolve(try functionName(module), try functionName(name))))
    case .binPersistentID: try push(try persistent(try pop()))
    case .reduce, .newObject:
      let parts = try pop(2)
      guard case .global(let function) = parts[0], case .tuple(let arguments) = parts[1] else {
        throw fault("\(parts[0].kind) is called with \(parts[1].kind)")
      }
      try push(try call(function, heap.sequences[arguments]))
    case .build:
      let state = try pop()
      // Attributes such as the _metadata of a state dict; no tensor depends on them.
      switch stack.last {
      case .dictionary, .tensor, .foreignTensor, .set, .opaque: break
      case .object(let index): heap.objects[index] = state
      default: throw fault("attributes are set on \(stack.last?.kind ?? "nothing")")
      }
    }
  }
}
