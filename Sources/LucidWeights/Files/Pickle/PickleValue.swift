import LucidTensor

/// What a pickle can hold here: numbers, text, containers, and the parts of tensors.
///
/// Text and bytes are ranges of the file and containers are indices into a ``PickleHeap``. A value is therefore a few
/// plain words: nothing is copied from the file, a container that holds itself leaks nothing, and freeing a million
/// nested containers does not recurse.
enum PickleValue {
  case none
  case bool(Bool)
  case int(Int)
  /// An integer of more than 64 bits, little-endian.
  case bigInt(Range<Int>)
  case float(Double)
  /// Text, not yet known to be UTF-8.
  case text(Range<Int>)
  case bytes(Range<Int>)
  case list(Int)
  case tuple(Int)
  case set(Int)
  case dictionary(Int)
  case global(TorchGlobal)
  case storage(Int)
  case tensor(Int)
  /// A tensor of a kind that is not supported, by the name of the function that would make it.
  case foreignTensor(TorchGlobal)
  /// An object of a TorchScript program.
  case object(Int)
  /// Something that no tensor depends on, such as a device.
  case opaque

  /// What errors call the value.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a bool"
    case .int, .bigInt: "an integer"
    case .float: "a float"
    case .text: "text"
    case .bytes: "bytes"
    case .list: "a list"
    case .tuple: "a tuple"
    case .set: "a set"
    case .dictionary: "a dictionary"
    case .global(let global): global.name
    case .storage: "a storage"
    case .tensor: "a tensor"
    case .foreignTensor(let global): "what \(global.name) makes"
    case .object, .opaque: "an object"
    }
  }
}

/// The containers of a pickle, in the order of their making.
struct PickleHeap {
  /// The items of lists, tuples and sets. The first is the empty tuple.
  var sequences: [[PickleValue]] = [[]]
  /// The pairs of dictionaries, in order; a key may occur twice, and the last one counts.
  var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  var storages: [TorchStorage] = []
  var tensors: [TorchTensor] = []
  /// The state of each object of a TorchScript program: a dictionary of its attributes, or nothing yet.
  var objects: [PickleValue] = []

  /// The number of objects of all kinds.
  var count: Int { sequences.count + dictionaries.count + storages.count + tensors.count + objects.count }
}

/// What a pickle may refer to besides its own content.
enum PickleDialect {
  /// Storages by a tuple that describes them, as `torch.save` refers to them.
  case checkpoint
  /// The same, and objects of classes that the archive's program defines.
  case script
  /// Tensors and storages that were read before, by their numbers.
  case tar(TarObjects)

  /// What the tar form describes apart from its pickle.
  struct TarObjects {
    var storages: [TorchStorage] = []
    var tensors: [TorchTensor] = []
    /// The place in `storages` or `tensors` of a number.
    var values: [Int: PickleValue] = [:]
  }
}

/// What one pickle says.
struct PickleDocument {
  let root: PickleValue
  let heap: PickleHeap
  /// The offset, in the file, after the pickle.
  let end: Int
}
