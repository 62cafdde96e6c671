import LucidNN
import LucidTensor

extension AdaptableModel {
  /// Takes the head away: the model then gives, in place of logits, the features `[N, C]` that the head was given.
  ///
  /// In its place stays a layer that multiplies with the identity matrix, which changes no bit of finite features: each sum is
  /// one of them and zeros. The model so keeps its shape for everything else, and ``replaceHead(classes:generator:)`` puts a
  /// new head there.
  public func removeHead() {
    let count = head.inFeatures
    let identity = Linear(count, count, bias: false, initializer: .zeros)
    identity.weight.value = .eye(count, dtype: head.weight.dtype)
    identity.weight.requiresGrad = false
    identity.train(isTraining)
    head = identity
  }
}
