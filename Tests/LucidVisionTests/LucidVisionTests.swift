import Testing

@testable import LucidVision
