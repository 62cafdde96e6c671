import CFuzzer
import Foundation
import Lucid

/// What torch.save and torch.jit.save write, in every form: zip, pickles one after another, tar.
@main
enum FuzzTorch {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      LLVMFuzzerRunDriver(&count, &arguments) { start, count in test(UnsafeBufferPointer(start: start, count: count)) })
  }
}

/// One input: an error must be a ``LucidError``, and nothing else may happen.
private func test(_ bytes: UnsafeBufferPointer<UInt8>) -> CInt {
  do {
    let dict = try StateDict(checkpoint: bytes, named: "fuzz")
    var sum: UInt8 = 0
    for name in dict.keys {
      guard let tensor = try dict[name] else { fatalError("\(name) is among the keys") }
      precondition(tensor.type == dict.type(of: name), "a tensor of another type than was said")
      tensor.withUnsafeBytes { if let first = $0.first, let last = $0.last { sum &+= first ^ last } }
    }
    withExtendedLifetime(sum) {}
    return 0
  } catch is LucidError {
    return 0
  } catch {
    fatalError("an error that is no LucidError: \(error)")
  }
}
