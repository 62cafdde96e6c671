/// The names that a checkpoint may use: every one makes plain data. All other names are refused.
enum TorchGlobal {
  case orderedDictionary, counter, set, size
  /// Classes and functions whose results no tensor depends on.
  case inert(Inert)
  case storageClass(TorchElement)
  /// Bytes without a type of their own.
  case untypedStorage
  case elementType(TorchElement)
  /// `torch.Tensor` or `torch.nn.parameter.Parameter`, which appear as the type of a result only.
  case tensorClass
  case rebuildTensor, rebuildTensorV2, rebuildTensorV3
  case rebuildParameter, rebuildParameterWithState, rebuildFromType
  /// A function of PyTorch that makes a tensor of a kind that is not supported.
  case foreign(Foreign)
  /// A class of a TorchScript program: its objects have attributes and nothing else here.
  case scriptClass

  enum Inert: String {
    case device = "torch.device"
    case layout = "torch.serialization._get_layout"
    case encode = "_codecs.encode"
    case byteArray = "builtins.bytearray"
    case complex = "builtins.complex"
    // The lists of TorchScript programs, and the note of a container's type.
    case integerList = "torch.jit._pickle.build_intlist"
    case tensorList = "torch.jit._pickle.build_tensorlist"
    case floatList = "torch.jit._pickle.build_doublelist"
    case boolList = "torch.jit._pickle.build_boollist"
    case typeTag = "torch.jit._pickle.restore_type_tag"
  }

  enum Foreign: String {
    case sparse = "torch._utils._rebuild_sparse_tensor"
    case quantized = "torch._utils._rebuild_qtensor"
    case nested = "torch._utils._rebuild_nested_tensor"
    case meta = "torch._utils._rebuild_meta_tensor_no_storage"
    case fromNumPy = "torch._utils._rebuild_device_tensor_from_numpy"
    case fromCPU = "torch._utils._rebuild_device_tensor_from_cpu_tensor"
    case wrapper = "torch._utils._rebuild_wrapper_subclass"
    case typedStorage = "torch.storage.TypedStorage"
  }

  /// The meaning of a name, nil for the names that are refused. Python 2's module `__builtin__` is `builtins`.
  init?(module: String, name: String) {
    let full = (module == "__builtin__" ? "builtins" : module) + "." + name
    switch full {
    case "collections.OrderedDict": self = .orderedDictionary
    case "collections.Counter": self = .counter
    case "builtins.set", "builtins.frozenset": self = .set
    case "torch.Size": self = .size
    case "torch.storage.UntypedStorage", "torch.UntypedStorage": self = .untypedStorage
    case "torch.Tensor", "torch._tensor.Tensor", "torch.nn.parameter.Parameter": self = .tensorClass
    case "torch._utils._rebuild_tensor": self = .rebuildTensor
    case "torch._utils._rebuild_tensor_v2": self = .rebuildTensorV2
    case "torch._utils._rebuild_tensor_v3": self = .rebuildTensorV3
    case "torch._utils._rebuild_parameter": self = .rebuildParameter
    case "torch._utils._rebuild_parameter_with_state": self = .rebuildParameterWithState
    case "torch._tensor._rebuild_from_type_v2": self = .rebuildFromType
    default:
      if let inert = Inert(rawValue: full) {
        self = .inert(inert)
      } else if let foreign = Foreign(rawValue: full) {
        self = .foreign(foreign)
      } else if module == "torch" || module == "torch.cuda", let element = TorchElement(storageClass: name) {
        self = .storageClass(element)
      } else if module == "torch" || module == "torch.cuda", name.hasSuffix("Tensor"),
        TorchElement(storageClass: name.dropLast("Tensor".count) + "Storage") != nil
      {
        // The class of a tensor, in files of the tar form.
        self = .tensorClass
      } else if module == "torch", let element = TorchElement(rawValue: name) {
        self = .elementType(element)
      } else {
        return nil
      }
    }
  }

  /// What errors call it.
  var name: String {
    switch self {
    case .orderedDictionary: "collections.OrderedDict"
    case .counter: "collections.Counter"
    case .set: "set"
    case .size: "torch.Size"
    case .inert(let inert): inert.rawValue
    case .storageClass(let element): "a storage of \(element.rawValue)"
    case .untypedStorage: "torch.storage.UntypedStorage"
    case .elementType(let element): "torch.\(element.rawValue)"
    case .tensorClass: "torch.Tensor"
    case .rebuildTensor: "torch._utils._rebuild_tensor"
    case .rebuildTensorV2: "torch._utils._rebuild_tensor_v2"
    case .rebuildTensorV3: "torch._utils._rebuild_tensor_v3"
    case .rebuildParameter: "torch._utils._rebuild_parameter"
    case .rebuildParameterWithState: "torch._utils._rebuild_parameter_with_state"
    case .rebuildFromType: "torch._tensor._rebuild_from_type_v2"
    case .foreign(let foreign): foreign.rawValue
    case .scriptClass: "a class of the program"
    }
  }
}
