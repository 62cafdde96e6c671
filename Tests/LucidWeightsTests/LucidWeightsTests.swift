import Testing

@testable import LucidWeights
