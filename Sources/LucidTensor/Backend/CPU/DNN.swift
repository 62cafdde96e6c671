import CLucidKernels
import COneDNN
import Synchronization

/// oneDNN's engine and stream for this process.
///
/// `@unchecked Sendable` holds because both handles are created once and only read: an engine is immutable, and a stream
/// of the CPU engine runs a primitive on the calling thread and keeps no state between calls.
final class DNN: @unchecked Sendable {
  static let shared = DNN()

  let engine: dnnl_engine_t
  let stream: dnnl_stream_t

  private init() {
    var engine: dnnl_engine_t?
    check(dnnl_engine_create(&engine, dnnl_cpu, 0), "creating the CPU engine")
    var stream: dnnl_stream_t?
    check(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags.rawValue), "creating a stream")
    self.engine = engine!
    self.stream = stream!
  }

  /// The version of the library that the program runs with, as "2.6.3".
  static var version: String {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    lucid_dnnl_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }
}

/// Stops the program when oneDNN refuses what the shape rules have let pass, which is a mistake in Lucid.
func check(_ status: dnnl_status_t, _ doing: @autoclosure () -> String) {
  precondition(status == dnnl_success, "oneDNN \(DNN.version) failed at \(doing()): status \(status.rawValue)")
}

/// The shape and element order of memory, for oneDNN. Immutable.
///
/// `@unchecked Sendable` holds because the handle is never changed between `init` and `deinit`.
final class MemoryDescriptor: OpaqueLayout, @unchecked Sendable {
  let handle: lucid_md
  /// The bytes that such memory takes, padding included.
  let byteCount: Int
  /// Whether elements follow each other in row-major order.
  let isRowMajor: Bool

  /// Takes over a handle.
  init(owning handle: lucid_md) {
    self.handle = handle
    byteCount = lucid_md_byte_count(handle)
    isRowMajor = lucid_md_is_row_major(handle)
  }

  /// Float32 memory with the given strides in elements; nil lets oneDNN choose the order.
  convenience init(_ shape: Shape, strides: [Int]?) {
    precondition(shape.rank <= 12, "oneDNN computes with at most 12 dimensions, not those of \(shape)")
    let sizes = shape.map(Int64.init)
    let steps = strides?.map(Int64.init)
    guard let handle = lucid_md_create(Int32(shape.rank), sizes, steps) else {
      preconditionFailure("oneDNN \(DNN.version) cannot describe memory of shape \(shape) and strides \(strides ?? [])")
    }
    self.init(owning: handle)
  }

  deinit { lucid_md_destroy(handle) }

  static func == (a: MemoryDescriptor, b: MemoryDescriptor) -> Bool {
    a === b || lucid_md_equal(a.handle, b.handle)
  }

  static func != (a: MemoryDescriptor, b: MemoryDescriptor) -> Bool { !(a == b) }
}

/// How a primitive is to run: with scratch memory that the caller brings, so that it can run on many threads at once,
/// and with what it does to its output before it writes it.
final class PrimitiveAttributes {
  let handle: dnnl_primitive_attr_t

  /// - Parameters:
  ///   - addsToTarget: whether the result is added to what the output's memory holds.
  ///   - activation: the function applied last; oneDNN must have it.
  init(addsToTarget: Bool = false, activation: UnaryFunction? = nil) {
    var handle: dnnl_primitive_attr_t?
    check(dnnl_primitive_attr_create(&handle), "creating attributes")
    self.handle = handle!
    check(dnnl_primitive_attr_set_scratchpad_mode(handle, dnnl_scratchpad_mode_user), "asking for own scratch memory")
    guard addsToTarget || activation != nil else { return }
    var steps: dnnl_post_ops_t?
    check(dnnl_post_ops_create(&steps), "creating post-ops")
    defer { dnnl_post_ops_destroy(steps) }
    if addsToTarget { check(lucid_post_ops_append_sum(steps), "appending a sum") }
    if let activation {
      guard let kind = activation.postOp else { preconditionFailure("oneDNN has no \(activation)") }
      check(lucid_post_ops_append_eltwise(steps, kind.algorithm, kind.alpha, kind.beta), "appending \(activation)")
    }
    check(dnnl_primitive_attr_set_post_ops(handle, steps), "setting post-ops")
  }

  deinit { dnnl_primitive_attr_destroy(handle) }
}

/// A computation of oneDNN's, compiled for its shapes and element orders. Immutable; may run on many threads at once.
///
/// `@unchecked Sendable` holds because executing a primitive does not change it when scratch memory is the caller's,
/// which ``PrimitiveAttributes`` asks for, and the calls that wait for their next use are behind a lock.
final class Primitive: @unchecked Sendable {
  private let handle: dnnl_primitive_t
  /// What a profile calls it.
  private let kernel: String
  private let arguments: [(argument: Int32, descriptor: MemoryDescriptor)]
  private let scratchpad: MemoryDescriptor?
  private let idleCalls = Mutex<[PrimitiveCall]>([])

  /// Compiles what `describe` describes from the handles of `descriptors` (nil for one that is nil) and `attributes`;
  /// `arguments` are those whose memory orders will be asked for.
  init(
    _ name: String, arguments: [Int32], _ descriptors: [MemoryDescriptor?],
    attributes: PrimitiveAttributes = PrimitiveAttributes(),
    describe: (inout dnnl_primitive_desc_t?, DNN, [lucid_md?], dnnl_primitive_attr_t) -> dnnl_status_t
  ) {
    let dnn = DNN.shared
    lucid_adopt_thread_count()
    var description: dnnl_primitive_desc_t?
    let status = withExtendedLifetime((descriptors, attributes)) {
      describe(&description, dnn, descriptors.map { $0?.handle }, attributes.handle)
    }
    check(status, "describing \(name)")
    defer { dnnl_primitive_desc_destroy(description) }
    var primitive: dnnl_primitive_t?
    check(dnnl_primitive_create(&primitive, description), "compiling \(name)")
    handle = primitive!
    let implementation = lucid_pd_implementation(description).map { String(cString: $0) } ?? "unknown"
    kernel = name == "reorder" ? name : name == "convolution" ? "direct \(implementation)" : implementation
    func descriptor(_ argument: Int32) -> MemoryDescriptor? {
      lucid_pd_argument(description, argument).map(MemoryDescriptor.init(owning:))
    }
    scratchpad = descriptor(DNNL_ARG_SCRATCHPAD).flatMap { $0.byteCount > 0 ? $0 : nil }
    self.arguments = arguments.compactMap { argument in descriptor(argument).map { (argument, $0) } }
  }

  deinit { dnnl_primitive_destroy(handle) }

  private func known(_ argument: Int32) -> MemoryDescriptor? {
    for candidate in arguments where candidate.argument == argument { return candidate.descriptor }
    return nil
  }

  /// The memory order that the primitive wants for an argument.
  func descriptor(_ argument: Int32) -> MemoryDescriptor {
    guard let descriptor = known(argument) else { preconditionFailure("argument \(argument) was not asked for") }
    return descriptor
  }

  /// Whether the computation leaves something behind that its gradient needs.
  var hasWorkspace: Bool { (known(DNNL_ARG_WORKSPACE)?.byteCount ?? 0) > 0 }

  /// Runs the computation on tensors whose memory has the orders of ``descriptor(_:)``.
  func execute(_ tensors: [(argument: Int32, tensor: Tensor)]) {
    lucid_adopt_thread_count()
    KernelLog.note(kernel)
    let call = idleCalls.withLock { $0.popLast() } ?? PrimitiveCall()
    for (place, (argument, tensor)) in tensors.enumerated() {
      call.set(place, argument, tensor.bytes) { descriptor(argument) }
    }
    let scratch = scratchpad.map { Storage(byteCount: $0.byteCount) }
    if let scratchpad, let scratch {
      call.set(tensors.count, DNNL_ARG_SCRATCHPAD, scratch.base) { scratchpad }
    }
    call.run(handle, count: tensors.count + (scratch == nil ? 0 : 1))
    withExtendedLifetime((tensors, scratch)) {}
    idleCalls.withLock { $0.append(call) }
  }
}

/// The memory objects of one call of a primitive, kept for the next call: only the addresses change.
///
/// `@unchecked Sendable` holds because a call has one owner at a time: the primitive's list, under its lock, or who runs it.
private final class PrimitiveCall: @unchecked Sendable {
  private var handles: [dnnl_exec_arg_t] = []

  /// Puts memory at a place of the list of arguments; `descriptor` says its order where there is none for it yet.
  func set(_ place: Int, _ argument: Int32, _ bytes: UnsafeMutableRawPointer, _ descriptor: () -> MemoryDescriptor) {
    if place < handles.count, handles[place].arg == argument {
      check(dnnl_memory_set_data_handle(handles[place].memory, bytes), "pointing at memory")
      return
    }
    for handle in handles[min(place, handles.count)...] { dnnl_memory_destroy(handle.memory) }
    handles.removeSubrange(min(place, handles.count)...)
    var memory: dnnl_memory_t?
    check(lucid_memory_create(&memory, descriptor().handle, DNN.shared.engine, bytes), "wrapping memory")
    handles.append(dnnl_exec_arg_t(arg: argument, memory: memory))
  }

  /// Runs a primitive on the first `count` arguments.
  func run(_ primitive: dnnl_primitive_t, count: Int) {
    let stream = DNN.shared.stream
    check(dnnl_primitive_execute(primitive, stream, Int32(count), handles), "running a primitive")
    check(dnnl_stream_wait(stream), "waiting for a primitive")
  }

  deinit { for handle in handles { dnnl_memory_destroy(handle.memory) } }
}
