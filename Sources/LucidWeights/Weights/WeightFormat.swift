/// The file format of a checkpoint.
public enum WeightFormat: String, Sendable, Hashable, CaseIterable {
  /// What `torch.save` writes, a zip archive or the older stream of pickles; usually named `.pth`, `.pt` or `.bin`.
  case pytorch
  /// A JSON header followed by raw tensors; usually named `.safetensors`.
  case safetensors
}
