/// What people import: the tensor, the layers, the weights, the pictures and the models.
@_exported import LucidModels
@_exported import LucidNN
@_exported import LucidTensor
@_exported import LucidVision
@_exported import LucidWeights
