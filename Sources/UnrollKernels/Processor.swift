import CUnrollKernels

/// What the kernels use of the machine. Neither choice changes a result's bits but for the portable instruction set, which has no fused multiply-add.
public enum Processor {
    /// The number of threads that kernels use; starts as the environment's `UNROLL_THREADS`, else as `available`.
    public static var threads: Int {
        get { unroll_threads() }
        set { unroll_set_threads(max(1, newValue)) }
    }

    /// The processors this process may use: its affinity and its cgroup quota.
    public static var available: Int { unroll_available_processors() }

    /// The instruction set in use: `portable`, `avx2`, `avx512` or `neon`.
    public static var instructionSet: String { String(cString: unroll_instruction_set()) }

    /// Bytes of tensors alive now.
    public static var bytesInUse: Int { unroll_bytes_in_use() }
}
