import LucidTensor

/// The stack, the memo and the containers.
extension PickleMachine {
  /// A fault of the bytes at the instruction being carried out.
  func fault(_ problem: String) -> LucidError { file.corrupt("at byte \(instruction): \(problem)") }

  /// Adds a list's, tuple's or set's items to the heap.
  mutating func sequence(_ items: [PickleValue]) throws(LucidError) -> Int {
    try checkObjects()
    heap.sequences.append(items)
    return heap.sequences.count - 1
  }

  /// Adds a dictionary to the heap.
  mutating func dictionary(_ pairs: [(key: PickleValue, value: PickleValue)]) throws(LucidError) -> Int {
    try checkObjects()
    heap.dictionaries.append(pairs)
    return heap.dictionaries.count - 1
  }

  /// Counts items that are copied from what the pickle may name again and again: a container, a tuple of sizes, a name.
  /// Throws when there are more than bytes were read, or than ``Limits/copies``.
  mutating func charge(_ count: Int) throws(LucidError) {
    guard count <= min(reader.position - start, Limits.copies) - copied else {
      throw fault("containers are copied more often than a checkpoint needs")
    }
    copied += count
  }

  func checkObjects() throws(LucidError) {
    guard heap.count < Limits.objects else {
      throw fault("the pickle has more than \(Limits.objects) objects, which no checkpoint needs")
    }
  }

  mutating func push(_ value: PickleValue) throws(LucidError) {
    guard stack.count < Limits.stack else {
      throw fault("the pickle puts more than \(Limits.stack) values on its stack, which no checkpoint needs")
    }
    stack.append(value)
  }

  mutating func pop() throws(LucidError) -> PickleValue {
    guard stack.count > (marks.last ?? 0) else { throw fault("a value is taken from an empty stack") }
    return stack.removeLast()
  }

  mutating func pop(_ count: Int) throws(LucidError) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw fault("\(count) values are taken from too small a stack")
    }
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    return values
  }

  mutating func popToMark() throws(LucidError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw fault("values are taken up to a mark that is not there") }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  mutating func extend(with items: [PickleValue]) throws(LucidError) {
    switch stack.last {
    case .list(let index), .set(let index): heap.sequences[index].append(contentsOf: items)
    default: throw fault("items are added to \(stack.last?.kind ?? "nothing")")
    }
  }

  mutating func assign(_ items: [PickleValue]) throws(LucidError) {
    guard case .dictionary(let index) = stack.last else {
      throw fault("keys are set on \(stack.last?.kind ?? "nothing")")
    }
    guard items.count.isMultiple(of: 2) else { throw fault("a key has no value") }
    for place in stride(from: 0, to: items.count, by: 2) {
      heap.dictionaries[index].append((items[place], items[place + 1]))
    }
  }

  /// Puts the last value under a memo index. Every pickler counts up, so an index far ahead is a bomb.
  mutating func remember(_ index: Int) throws(LucidError) {
    guard stack.count > (marks.last ?? 0) else { throw fault("nothing is there to be remembered") }
    guard index <= memoCount + 1, index < Limits.memo else {
      throw fault("memo index \(index) is used when \(memoCount) values are remembered")
    }
    while memo.count <= index { memo.append(nil) }
    if memo[index] == nil { memoCount += 1 }
    memo[index] = stack.last
  }

  mutating func recall(_ index: Int) throws(LucidError) {
    guard index < memo.count, let value = memo[index] else { throw fault("memo index \(index) holds nothing") }
    try push(value)
  }

  func integer(_ range: Range<Int>) throws(LucidError) -> PickleValue {
    guard range.count <= 8 else { return .bigInt(range) }
    var value: UInt64 = 0
    let bytes = try file.bytes(range)
    for (place, byte) in bytes.enumerated() { value |= UInt64(byte) << (8 * place) }
    guard let last = bytes.last else { return .int(0) }
    if last >= 0x80, range.count < 8 { value |= ~0 << (8 * range.count) }
    return .int(Int(truncatingIfNeeded: value))
  }

  /// The text of a name, which is short.
  func functionName(_ range: Range<Int>) throws(LucidError) -> String {
    guard range.count <= Limits.nameLength, let text = try file.text(range) else {
      throw fault("the name of a function is not UTF-8 or is longer than \(Limits.nameLength) bytes")
    }
    return text
  }

  /// The text up to the next line feed.
  mutating func line() throws(LucidError) -> String {
    let start = reader.position
    while try reader.byte("the name of a function") != 0x0a {
      guard reader.position - start <= Limits.nameLength + 1 else {
        throw fault("the name of a function is longer than \(Limits.nameLength) bytes")
      }
    }
    return try functionName(start..<reader.position - 1)
  }

  func refusal(of code: UInt8) -> LucidError {
    switch code {
    case UInt8(ascii: "i"), UInt8(ascii: "o"), 0x82, 0x83, 0x84, 0x92:
      file.unsafe(
        "at byte \(instruction): instruction 0x\(String(code, radix: 16)) makes an object of any class, which a data file "
          + "has no business with")
    case UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "F"), UInt8(ascii: "S"), UInt8(ascii: "V"),
      UInt8(ascii: "g"), UInt8(ascii: "p"), UInt8(ascii: "d"), UInt8(ascii: "l"), UInt8(ascii: "P"), UInt8(ascii: "2"),
      0x97, 0x98:
      file.unsupported(
        "at byte \(instruction): instruction 0x\(String(code, radix: 16)) of the pickle is one that torch.save does not "
          + "write with its protocols 2 to 5", "Save the checkpoint again without the pickle_protocol option.")
    default: fault("0x\(String(code, radix: 16)) is no instruction of a pickle")
    }
  }
}
