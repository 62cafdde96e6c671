import LucidTensor
import Testing

@testable import LucidNN
