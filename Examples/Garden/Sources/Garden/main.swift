import Lucid

// `GardenWeights` is not written anywhere: the plugin makes it of Garden.weights.json when the package is built.
let weights = GardenWeights.default
print(weights.name, weights.meta["acc@1"]?.description ?? "without a metric")

// A name that a person types finds the same checkpoint.
precondition(GardenWeights("garden-v1") == weights, "the alias finds it")

// The factories accept it, and nothing but a model of its own type does.
let model = try await EfficientNetLite0(weights: weights)
let grey = Tensor.zeros([1, 3, 224, 224])
let found = model.classify(grey, top: 1)
print("a grey picture is", weights.meta.categories[found.top1])
