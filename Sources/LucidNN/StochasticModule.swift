import LucidTensor

/// A module that draws random numbers when it runs. Where they come from a generator of its own, and not from
/// ``LucidTensor/Generator/default``, a training keeps that generator's state in its checkpoints.
public protocol StochasticModule: Module {
  /// What the numbers are drawn from.
  var generator: Generator { get }
}

extension Module {
  /// The generators that modules in here have of their own, by the modules' names; one that several share has several.
  public final func namedGenerators() -> [(name: String, generator: Generator)] {
    namedModules().compactMap { name, module in
      guard let generator = (module as? any StochasticModule)?.generator, generator !== Generator.default else {
        return nil
      }
      return (name, generator)
    }
  }
}
