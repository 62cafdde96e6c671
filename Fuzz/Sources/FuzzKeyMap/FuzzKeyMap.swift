import CFuzzer
import Foundation
import Lucid

/// The rules of key maps: the first line is the rules, the others are names.
@main
enum FuzzKeyMap {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      LLVMFuzzerRunDriver(&count, &arguments) { start, count in test(UnsafeBufferPointer(start: start, count: count)) })
  }
}

/// One input: an error must be a ``LucidError``, and nothing else may happen.
private func test(_ bytes: UnsafeBufferPointer<UInt8>) -> CInt {
  let text = String(decoding: bytes, as: UTF8.self)
  let halves = text.split(separator: "\n", maxSplits: 1)
  guard let rules = halves.first, let map = try? KeyMap(String(rules)) else { return 0 }
  let names = halves.dropFirst().first?.split(separator: "\n") ?? []
  for name in names { _ = map(String(name)) }
  do {
    let again = try KeyMap(map.description)
    precondition(again == map, "a map that reads its own text as another")
    _ = try map.inverted()
  } catch is LucidError {
    return 0
  } catch {
    fatalError("an error that is no LucidError: \(error)")
  }
  return 0
}
