import Testing

@testable import LucidNN
