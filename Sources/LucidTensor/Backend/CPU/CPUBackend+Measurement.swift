import CLucidKernels
import Foundation

extension CPUBackend {
  var fingerprint: String {
    "\(Processor.description), oneDNN \(DNN.version), kernel \(lucid_winograd_best().rawValue), "
      + "\(lucid_thread_count()) threads"
  }

  func fastestAlgorithms(for problems: [ConvolutionProblem]) -> [ConvolutionAlgorithm] {
    let cache = CacheFiller()
    return problems.map { problem in
      guard algorithms(for: problem).contains(.winograd) else { return .direct }
      return isWinogradFaster(problem, cache) ? .winograd : .direct
    }
  }

  /// Races the two, each with nothing of its in the processor's caches, as in a network whose weights do not fit them.
  private func isWinogradFaster(_ problem: ConvolutionProblem, _ cache: CacheFiller) -> Bool {
    let block = lucid_winograd_block(lucid_winograd_best())
    let x = Tensor(zeros: problem.input, MemoryDescriptor(problem.input, block: block))
    let residual =
      problem.hasResidual ? Tensor(zeros: problem.output, MemoryDescriptor(problem.output, block: block)) : nil
    let (weight, bias) = (Tensor.zeros(problem.weight), Tensor.zeros([problem.weight[0]]))
    let kernels = [ConvolutionAlgorithm.direct, .winograd].map { convolutionKernel(for: problem, $0) }
    let weights = kernels.map { $0.packed(weight) }
    var times: [[Duration]] = [[], []]
    func run(_ number: Int) {
      cache.fill()
      let time = ContinuousClock().measure {
        _ = kernels[number](x, weights[number], bias: bias, residual: residual, mayOverwriteResidual: true)
      }
      times[number].append(time)
    }
    for number in 0..<2 { run(number) }
    times = [[], []]
    // Until one is clearly ahead, or enough time is spent on it.
    for round in 1...9 {
      for number in 0..<2 { run(number) }
      let (direct, winograd) = (times[0].median, times[1].median)
      let spent = times.joined().reduce(.zero, +)
      if round % 2 == 1, spent > .milliseconds(20) || (round >= 3 && abs(direct / winograd - 1) > 0.15) { break }
    }
    // Rather direct convolution, where that costs next to nothing: it is the more accurate.
    return times[1].median / times[0].median < 0.97
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
