import Testing

@testable import LucidTensor

@Suite("The number of threads")
struct ThreadCountTests {
  static let texts: [(String?, Int?)] = [(nil, nil), ("", nil), ("3", 3), ("1024", 1024)]

  @Test("A missing or empty variable says nothing, a number is taken", arguments: texts)
  func reads(text: String?, count: Int?) throws {
    #expect(try ThreadCount.read(text) == count)
  }

  @Test("Anything else is refused by name", arguments: ["0", "-2", "1025", "two", "2.0", " 2", "99999999999999999999"])
  func refuses(text: String) {
    let error = #expect(throws: LucidError.self) { try ThreadCount.read(text) }
    #expect(
      error?.code == .invalidInput && "\(error!)".contains("LUCID_THREADS") && "\(error!)".contains("\"\(text)\""))
  }

  @Test("Computations use at least one thread, whose peak can be measured")
  func current() {
    #expect(ThreadCount.current >= 1)
    #expect(measuredPeakGigaflops() > 0)
  }
}
