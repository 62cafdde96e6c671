import LucidTensor

/// Modules that are run one after the other; their names are their numbers.
public final class Sequential: Module {
  private var modules: [Module]

  /// The modules in the order in which they are run.
  public convenience init(_ modules: Module...) { self.init(modules) }

  /// The modules in the order in which they are run.
  public init(_ modules: [Module]) { self.modules = modules }

  /// The number of modules.
  public var count: Int { modules.count }

  /// The module at a place; fine-tuning puts a new head there.
  public subscript(index: Int) -> Module {
    get { modules[index] }
    set {
      modules[index] = newValue
      Changes.note()
    }
  }

  public override func key(for property: String) -> String { "" }

  public override func forward(_ x: Tensor) -> Tensor { modules.reduce(x) { $1($0) } }
}

/// Passes its input on.
public final class Identity: Module {
  public override func forward(_ x: Tensor) -> Tensor { x }
}

/// Dimensions from `startDim` to the last as one.
public final class Flatten: Module {
  private let startDim: Int

  /// A layer that keeps the dimensions before `startDim`.
  public init(startDim: Int = 1) { self.startDim = startDim }

  public override func forward(_ x: Tensor) -> Tensor { x.flatten(startDim: startDim) }
}
