import CLucidKernels

/// Calls `body` on ranges that together cover `0..<count`, on the threads that oneDNN computes with. A range shorter
/// than `grain` is not split; `body` must write disjoint memory for disjoint ranges.
package func parallelFor(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  withoutActuallyEscaping(body) { body in
    var body = body
    withUnsafeMutablePointer(to: &body) { pointer in
      lucid_parallel_for(
        count, grain,
        { context, first, last in
          context!.assumingMemoryBound(to: ((Range<Int>) -> Void).self).pointee(first..<last)
        }, pointer)
    }
  }
}
