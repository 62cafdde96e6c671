import CLucidKernels

/// The floating-point operations a second that this machine's cores can do, two for a multiplication with addition, in
/// 10⁹: measured by doing nothing else, on as many threads as computations use, for some 20 milliseconds.
package func measuredPeakGigaflops() -> Double {
  let threads = ThreadCount.current
  var sums = [Float](repeating: 0, count: threads)
  return lucid_peak_flops(threads, &sums) / 1e9
}
