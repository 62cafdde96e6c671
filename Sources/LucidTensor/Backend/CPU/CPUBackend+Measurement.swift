import CLucidKernels
import Foundation

extension CPUBackend {
  var fingerprint: String {
    "\(Processor.description), oneDNN \(DNN.version), kernel 2.\(lucid_winograd_best(false).rawValue), "
      + "\(lucid_thread_count()) threads"
  }

  func fastestAlgorithms(for problems: [ConvolutionProblem]) -> [ConvolutionAlgorithm] {
    let cache = CacheFiller()
    return problems.map { problem in
      let candidates = algorithms(for: problem)
      return candidates.count == 1 ? candidates[0] : fastest(of: candidates, for: problem, cache)
    }
  }

  /// Races algorithms, each with nothing of its in the processor's caches, as in a network whose weights do not fit them.
  private func fastest(
    of candidates: [ConvolutionAlgorithm], for problem: ConvolutionProblem, _ cache: CacheFiller
  ) -> ConvolutionAlgorithm {
    let block = lucid_winograd_block(lucid_winograd_best(false))
    let x = Tensor(zeros: problem.input, MemoryDescriptor(problem.input, block: block))
    let residual =
      problem.hasResidual ? Tensor(zeros: problem.output, MemoryDescriptor(problem.output, block: block)) : nil
    let (weight, bias) = (Tensor.zeros(problem.weight), Tensor.zeros([problem.weight[0]]))
    let racers = candidates.map { algorithm in
      let kernel = convolutionKernel(for: problem, algorithm)
      return (kernel: kernel, weight: kernel.packed(weight))
    }
    func race() -> [Duration] {
      racers.map { kernel, weight in
        cache.fill()
        return ContinuousClock().measure {
          _ = kernel(x, weight, bias: bias, residual: residual, mayOverwriteResidual: true)
        }
      }
    }
    _ = race()
    var rounds: [[Duration]] = []
    var medians: [Duration] { candidates.indices.map { index in rounds.map { $0[index] }.median } }
    // Until one is clearly ahead of all others, or enough time is spent on it.
    while rounds.count < 9 {
      rounds.append(race())
      guard rounds.count % 2 == 1 else { continue }
      let ranked = medians.sorted()
      let spent = rounds.joined().reduce(.zero, +)
      if spent > .milliseconds(30) || (rounds.count >= 3 && ranked[1] / ranked[0] > 1.15) { break }
    }
    // Rather the algorithm that comes first, where that costs next to nothing: it is the more accurate.
    let times = medians
    let best = candidates.indices.reduce(0) { best, next in times[next] / times[best] < 0.97 ? next : best }
    return candidates[best]
  }
}

extension [Duration] {
  fileprivate var median: Duration { sorted()[count / 2] }
}

/// Memory that is read to drive everything else out of the caches.
private struct CacheFiller {
  private let memory = Storage(byteCount: 32 << 20)

  init() { memset(memory.base, 1, memory.byteCount) }

  func fill() {
    let words = memory.base.assumingMemoryBound(to: UInt64.self)
    let sink = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    defer { sink.deallocate() }
    sink.pointee = 0
    parallelFor(memory.byteCount / 64, grain: 1 << 12) { range in
      var sum: UInt64 = 0
      for line in range { sum &+= words[line * 8] }
      // Never true of memory filled with ones, but the compiler does not know.
      if sum == 0 { sink.pointee = 1 }
    }
  }
}

extension Tensor {
  fileprivate init(zeros shape: Shape, _ descriptor: MemoryDescriptor) {
    self.init(uninitialized: shape, descriptor)
    memset(storage.base, 0, storage.byteCount)
  }
}

/// The processor that the program runs on.
private enum Processor {
  /// Its maker, model and stepping, as the kernel names them.
  static let description: String = {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let wanted =
      ["vendor_id", "cpu family", "model", "model name", "stepping", "cache size"]
      + ["CPU implementer", "CPU architecture", "CPU variant", "CPU part", "CPU revision"]
    let first = text.split(separator: "\n\n", maxSplits: 1).first ?? ""
    let fields = first.split(separator: "\n").compactMap { line -> String? in
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      return parts.count == 2 && wanted.contains(parts[0]) ? parts[1] : nil
    }
    return fields.isEmpty ? "unknown processor" : fields.joined(separator: " ")
  }()
}
