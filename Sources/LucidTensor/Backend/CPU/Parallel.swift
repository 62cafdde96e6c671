import CLucidKernels

/// Calls `body` on ranges that together cover `0..<count`, on the threads that oneDNN computes with. A range shorter
/// than `grain` is not split; `body` must write disjoint memory for disjoint ranges.
package func parallelFor(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  ThreadCount.honorVariable()
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

/// Makes ``parallelFor(_:grain:_:)`` use the calling thread alone from now on, for threads that share the cores among
/// themselves.
package func useCallingThreadOnly() { lucid_set_serial(1) }
