import LucidTensor
import Testing

/// Rules that rename.
@Suite struct KeyMapTests {
  @Test(arguments: [
    ("-module.", "module.a.b", "a.b"), ("-module.", "a.module.b", "a.module.b"), ("+net.", "a", "net.a"),
    ("a => b", "a", "b"), ("a => b", "a.a", "a.a"), ("-x.; a => b; +y.", "x.a", "y.b"),
    ("layers.{i}.{x*} => blocks.{i}.{x*}", "layers.12.conv.weight", "blocks.12.conv.weight"),
    ("layers.{i+1}.{x} => blocks.{i}.{x}", "layers.3.w", "blocks.2.w"),
    ("layers.{i+1}.{x} => blocks.{i}.{x}", "layers.0.w", "layers.0.w"),
    ("layer{i+1}.{x*} => stages.{i}.{x*}", "layer1.0.w", "stages.0.0.w"),
    ("{a}.{b} => {b}.{a}", "x.y", "y.x"), ("{a}.{b} => {b}.{a}", "x.y.z", "x.y.z"),
    ("{a*}.weight => w.{a*}", "x.y.weight", "w.x.y"), ("a.{x} => b.{x}\nb.{x} => c.{x}", "a.w", "b.w"),
    ("# nothing\n", "a", "a"), ("a => b # as they say", "a", "b"), ("{i-2}.w => {i}.w", "3.w", "5.w"),
    ("{i+0}.w => n{i}.w", "007.w", "007.w"),
  ])
  func renames(_ rules: String, _ name: String, _ expected: String) throws {
    let map = try KeyMap(rules)
    #expect(map(name) == expected)
    #expect(try KeyMap(map.description) == map)
    // Every one of these rules is about the whole name, so its inverse leads back.
    if expected != name { #expect(try map.inverted()(expected) == name) }
  }

  @Test(arguments: [
    "module.", "a => ", "-", "+", "a.{x} => b", "a.{x} => b.{y}", "{x}{y} => {y}{x}", "{x => {x}", "x} => x}",
    "{} => {}", "{a b} => {a b}", "{x}.{x} => {x}", "{i+} => {i+}", "{i+a} => {i}", "{i+9223372036854775808} => {i}",
    "{i-9223372036854775809} => {i}",
  ])
  func malformedRulesAreRefused(_ rules: String) {
    let error = #expect(throws: LucidError.self) { try KeyMap(rules) }
    #expect(error?.code == .invalidInput)
  }

  @Test(arguments: [
    ("a.{i-9223372036854775808} => b.{i}", "a.0", "a.0"), ("a.{i} => b.{i-9223372036854775808}", "a.5", "a.5"),
    ("a.{i+9223372036854775807} => b.{i}", "a.9223372036854775807", "b.0"),
    ("a.{i+9223372036854775807} => b.{i}", "a.5", "a.5"),
    ("a.{i} => b.{i+9223372036854775807}", "a.0", "b.9223372036854775807"),
    ("a.{i} => b.{i+9223372036854775807}", "a.1", "a.1"),
    ("a.{i-1} => b.{i}", "a.9223372036854775807", "a.9223372036854775807"),
    ("a.{i-1} => b.{i}", "a.9223372036854775806", "b.9223372036854775807"),
    ("a.{i+1} => b.{i}", "a.9223372036854775808", "a.9223372036854775808"),
  ])
  func numbersBeyondInt64AreNoMatch(_ rules: String, _ name: String, _ expected: String) throws {
    let map = try KeyMap(rules)
    #expect(map(name) == expected)
    #expect(try map.inverted().inverted() == map)
    if expected != name { #expect(try map.inverted()(expected) == name) }
  }

  @Test func namesThatBeginWithACombiningMarkSurviveTheText() throws {
    let map = try KeyMap("-x.\u{c}\u{32d}mo => b")
    #expect(map.rules.count == 2)
    #expect(try KeyMap(map.description) == map)
  }

  @Test func mapsCompose() throws {
    let map = try KeyMap("-module.").then(KeyMap("a.{x} => b.{x}")).then(KeyMap([.table(["b.w": "c"])]))
    #expect(map("module.a.w") == "c")
    #expect(try map.inverted()("c") == "module.a.w")
    #expect(throws: LucidError.self) { try KeyMap([.table(["a": "c", "b": "c"])]).inverted() }
  }

  @Test func stateDictsAreRenamedWithoutBeingRead() throws {
    var dict = StateDict()
    dict.set("module.a", Tensor([1] as [Float]))
    dict.set("module.b", Tensor([2] as [Float]))
    #expect(try dict.renamed(KeyMap("-module.")).keys == ["a", "b"])
    #expect(throws: LucidError.self) {
      try dict.renamed(KeyMap("module.{x} => same{x}; module.b => samea")).renamed(KeyMap([.table(["sameb": "samea"])]))
    }
  }
}
