/// A computation as data: operations in an order in which they can be run.
package struct Graph: Sendable {
  /// A value that is computed while the graph runs, by its number.
  package typealias Value = Int

  /// What an operation works on.
  package enum Operand: Sendable {
    /// A value that changes with the graph's inputs.
    case value(Value)
    /// A tensor that is the same in every run, such as a parameter.
    case constant(Tensor)

    /// The number of the value, nil for a constant.
    package var value: Value? { if case .value(let value) = self { value } else { nil } }

    /// The tensor, nil for a value.
    package var constant: Tensor? { if case .constant(let tensor) = self { tensor } else { nil } }
  }

  /// One operation and the values it makes.
  package struct Node: Sendable {
    package var operation: any Operation
    package var inputs: [Operand]
    package var outputs: [Value]

    package init(_ operation: any Operation, _ inputs: [Operand], _ outputs: [Value]) {
      self.operation = operation
      self.inputs = inputs
      self.outputs = outputs
    }
  }

  /// The values that a run is given, numbered from 0.
  package let inputs: [TensorType]
  /// The operations, each after those whose values it needs.
  package var nodes: [Node]
  /// The values that a run gives back.
  package var outputs: [Operand]
  /// The type of every value.
  package let types: [TensorType]

  /// The number of the node that makes each value, nil for the inputs.
  package func makers() -> [Int?] {
    var result = [Int?](repeating: nil, count: types.count)
    for (index, node) in nodes.enumerated() { for value in node.outputs { result[value] = index } }
    return result
  }

  /// How often each value is used, by operations and as an output.
  package func useCounts() -> [Int] {
    var result = [Int](repeating: 0, count: types.count)
    for operand in nodes.flatMap(\.inputs) + outputs { if let value = operand.value { result[value] += 1 } }
    return result
  }
}
