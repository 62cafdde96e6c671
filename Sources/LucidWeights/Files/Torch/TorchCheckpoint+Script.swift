import LucidTensor

/// The tensors of a TorchScript program: the attributes of its modules, by their places in the tree of modules.
extension TorchCheckpoint {
  /// How deep modules are followed; those of real networks are in each other about ten deep.
  private static let maximumModuleDepth = 64
  /// How many attributes all modules may have, and how many bytes all names. Modules that are shared count for every place.
  private static let maximumAttributes = 1 << 18
  private static let maximumNameBytes = 64 << 20

  /// The tensors, each module's own before those of the modules in it.
  func attributes() throws(LucidError) -> StateDict {
    guard case .object = document.root else {
      throw file.unsupported(
        "it is a TorchScript program that holds \(document.root.kind) instead of a module",
        "Save its parameters in Python: torch.save(torch.jit.load(path).state_dict(), other_path).")
    }
    var collection = TensorCollection()
    var (attributes, nameBytes) = (0, 0)
    func check() throws(LucidError) {
      guard attributes <= Self.maximumAttributes, nameBytes <= Self.maximumNameBytes else {
        throw file.corrupt("its modules refer to each other in more ways than a program's do")
      }
    }
    // Depth first without recursion: the modules still to be visited, the next one last.
    var pending: [(module: PickleValue, prefix: String, depth: Int)] = [(document.root, "", 0)]
    while let (module, prefix, depth) = pending.popLast() {
      guard depth <= Self.maximumModuleDepth else {
        throw file.corrupt("its modules are more than \(Self.maximumModuleDepth) deep in each other")
      }
      guard case .object(let index) = module, case .dictionary(let dictionary) = document.heap.objects[index] else {
        continue
      }
      var inner: [(PickleValue, String, Int)] = []
      attributes += document.heap.dictionaries[dictionary].count
      try check()
      for (key, value) in document.heap.dictionaries[dictionary] {
        switch value {
        case .tensor, .foreignTensor:
          nameBytes += try add(value, under: prefix, key, to: &collection).utf8.count
          try check()
        case .object:
          let name = try name(prefix, key) + "."
          nameBytes += name.utf8.count
          try check()
          inner.append((value, name, depth + 1))
        default: continue
        }
      }
      pending += inner.reversed()
    }
    return collection.result
  }
}
