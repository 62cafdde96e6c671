import Testing

@testable import LucidTensor
