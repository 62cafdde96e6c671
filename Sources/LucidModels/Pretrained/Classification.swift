import LucidNN
import LucidTensor

/// What a classifier makes of one input: the best classes, best first, and how probable it holds them.
public struct Classification: Sendable, Hashable {
  /// The classes' places in the model's output, which are their places in `meta.categories`.
  public let classes: [Int]
  /// Their probabilities, by softmax over all classes.
  public let probabilities: [Float]

  /// The best class.
  public var top1: Int { classes[0] }
}

extension Module {
  /// The best classes of a classifier for one input `[C, H, W]`, or a batch of one `[1, C, H, W]`.
  ///
  /// The module should be in ``eval()`` mode, as a model with loaded weights is.
  ///
  /// - Parameter top: how many classes, at most as many as there are.
  public final func classify(_ x: Tensor, top: Int = 5) -> Classification {
    let batch = x.rank == 3 ? x.unsqueeze(0) : x
    precondition(batch.shape.rank == 4 && batch.shape[0] == 1, "classify: one input [C, H, W], not \(x.shape)")
    return classify(batch: batch, top: top)[0]
  }

  /// The best classes of a classifier for each input of a batch `[N, C, H, W]`.
  public final func classify(batch: Tensor, top: Int = 5) -> [Classification] {
    precondition(top > 0, "classify: at least one class must be asked for, not \(top)")
    let probabilities = self(batch).softmax(dim: -1)
    let count = min(top, probabilities.shape[1])
    let (values, indices) = probabilities.topk(count)
    let (best, places) = (values.scalars(as: Float.self), indices.scalars(as: Int.self))
    return (0..<batch.shape[0]).map { row in
      let range = (row * count)..<((row + 1) * count)
      return Classification(classes: Array(places[range]), probabilities: Array(best[range]))
    }
  }
}
