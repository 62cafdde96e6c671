/// Whether operations are recorded, so that gradients can be computed afterwards.
package enum GradientMode {
  /// On unless ``noGrad(_:)-(()->Result)`` switched it off for the task.
  @TaskLocal static var isRecording = true

  /// Whether a checkpoint's body runs for the second time, so that what counts runs must not count this one.
  @TaskLocal package static var isRecomputing = false
}

/// Runs `body` without recording gradients: nothing is kept for ``Tensor/backward(gradient:retainingGraph:)``, as for
/// inference, and what is computed counts as constant afterwards.
public func noGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
  try GradientMode.$isRecording.withValue(false) { try body() }
}

/// Runs `body` without recording gradients, as the synchronous ``noGrad(_:)-(()->Result)``.
public func noGrad<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async rethrows -> Result {
  try await GradientMode.$isRecording.withValue(false, operation: body, isolation: isolation)
}
