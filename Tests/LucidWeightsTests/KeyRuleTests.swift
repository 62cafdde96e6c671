import LucidTensor
import Testing

@testable import LucidWeights

@Suite struct KeyRuleTests {
  @Test(
    arguments: [
      ("a.", "b.", "a.x", "b.x"), ("a.", "b.", "ab.x", nil), ("a.", "", "a.x", "x"), ("", "b.", "x", "b.x"),
      ("f.{n}.c.", "g.{n}.", "f.12.c.w", "g.12.w"), ("f.{n}.", "g.{n-2}.", "f.17.w", "g.15.w"),
      ("f.{n}.", "g.{n+3}.", "f.7.w", "g.10.w"), ("f.{n}.", "g.{n-2}.", "f.1.w", nil),
      ("f.{n}.", "g.{n}.", "f.x.w", nil),
      ("{a}.{b}.", "{b}.{a}.", "1.2.w", "2.1.w"), ("f.{n}.{n}.", "g.{n}.", "f.1.2.w", nil),
      ("f.{n}", "g.{n}", "f.99999999999999999999", nil),
    ] as [(String, String, String, String?)])
  func rule(from: String, to: String, key: String, expected: String?) {
    #expect(KeyRule(from, to)(key) == expected)
  }

  @Test func firstThatFitsIsUsedOnce() {
    let rules = [KeyRule("a.b.", "c."), KeyRule("a.", "a.b."), KeyRule("c.", "d.")]
    #expect(rules("a.b.x") == "c.x" && rules("a.x") == "a.b.x" && rules("c.x") == "d.x" && rules("e.x") == "e.x")
  }

  @Test func collisionIsAnError() throws {
    var stateDict = StateDict()
    for key in ["a.w", "b.w"] { stateDict.set(key, Tensor.zeros([1])) }
    #expect(try stateDict.renamed([KeyRule("a.", "c.")]).keys == ["c.w", "b.w"])
    #expect(throws: LucidError.self) { try stateDict.renamed([KeyRule("a.", "b.")]) }
  }
}
