/// Parameters that an optimizer treats alike.
public struct ParameterGroup {
  /// What the group is called, as in a progress line; `Module.parameterGroups` gives `layer3.0.decay` and the like.
  public var name: String
  /// The parameters by their names in the module's state dict.
  public let parameters: [(name: String, parameter: Parameter)]
  /// The rate that schedules multiply: the group's own, at the height of training.
  public var baseLearningRate: Double
  /// The rate of the next step.
  public var learningRate: Double
  /// How strongly the parameters are drawn to 0.
  public var weightDecay: Double

  /// A group. Traps where a rate is negative or not a number.
  public init(
    _ parameters: [(name: String, parameter: Parameter)], learningRate: Double, weightDecay: Double = 0,
    name: String = "parameters"
  ) {
    precondition(
      learningRate >= 0 && weightDecay >= 0,
      "a group's learning rate (\(learningRate)) and weight decay (\(weightDecay)) must not be negative")
    self.name = name
    self.parameters = parameters
    baseLearningRate = learningRate
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }
}
