import CUnrollKernels
import Foundation
import Testing

@Suite(.serialized) struct MemoryPoolTests {
    @Test(arguments: [0, 1, 64, 65, 256, 257, 320, 321, 511, 512, 513, 1000, 4096, 100_000, 1 << 20, (4 << 20) + 1, 20_000_001])
    func memoryIsAlignedWritableAndReused(_ bytes: Int) {
        let memory = unroll_allocate(bytes)!
        #expect(Int(bitPattern: memory) % 64 == 0)
        memset(memory, 0x5A, bytes)
        let other = unroll_allocate(bytes)!
        memset(other, 0xA5, bytes)
        let contents = UnsafeRawBufferPointer(start: memory, count: bytes)
        #expect(contents.allSatisfy { $0 == 0x5A })
        unroll_release(other, bytes)
        unroll_release(memory, bytes)
    }

    @Test func classesNeverOverlap() {
        // Blocks of neighbouring sizes, filled to their ends and checked after all were filled.
        let blocks = (1...3000).map { index -> (UnsafeMutableRawPointer, Int) in
            let memory = unroll_allocate(index * 7)!
            memset(memory, Int32(index % 251), index * 7)
            return (memory, index * 7)
        }
        for (position, (memory, bytes)) in blocks.enumerated() {
            let contents = UnsafeRawBufferPointer(start: memory, count: bytes)
            #expect(contents.first == UInt8((position + 1) % 251) && contents.last == UInt8((position + 1) % 251))
        }
        for (memory, bytes) in blocks { unroll_release(memory, bytes) }
    }

    @Test func whatIsInUseAndWhatIsPooled() {
        // Larger than anything that tests beside this one ask for, so that what they do at the same time stays below it.
        let bytes = 1 << 30
        let before = unroll_bytes_in_use()
        let memory = unroll_allocate(bytes)
        #expect(unroll_bytes_in_use() >= bytes && unroll_bytes_in_use() > before)
        unroll_release(memory, bytes)
        #expect(unroll_bytes_in_use() < bytes)
        #expect(unroll_bytes_pooled() >= bytes)
        unroll_trim()
        #expect(unroll_bytes_pooled() < bytes)
        unroll_release(nil, bytes)
        #expect(unroll_bytes_in_use() < bytes)
    }

    @Test func zerosAreNotPooledWhereTheyAreMany() {
        let bytes = 1 << 30
        let memory = unroll_allocate_zeros(bytes)!
        #expect(memory.load(fromByteOffset: bytes - 8, as: UInt64.self) == 0)
        unroll_release_zeros(memory, bytes)
        #expect(unroll_bytes_in_use() < bytes && unroll_bytes_pooled() < bytes)
        unroll_release_zeros(unroll_allocate_zeros(100), 100)
    }

    @Test func threadsShareThePool() async {
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var whole = true
                    for round in 0..<2000 {
                        let bytes = 64 + (round * 37 + task * 11) % 5000
                        let memory = unroll_allocate(bytes)!
                        memset(memory, Int32(task), bytes)
                        whole = whole && UnsafeRawBufferPointer(start: memory, count: bytes).allSatisfy { $0 == UInt8(task) }
                        unroll_release(memory, bytes)
                    }
                    return whole
                }
            }
            for await whole in group { #expect(whole) }
        }
    }
}

@Suite struct ThreadPoolTests {
    @Test func processorsAndThreads() {
        let threads = unroll_threads()
        defer { unroll_set_threads(threads) }
        #expect(unroll_available_processors() >= 1)
        #expect(unroll_available_processors() <= ProcessInfo.processInfo.processorCount)
        // Other tests may set a count meanwhile, but none below one.
        unroll_set_threads(0)
        #expect(unroll_threads() >= 1)
    }

    /// The kernels are called from many threads at once: one has the pool, the others work alone, and all get the same bits.
    @Test func concurrentCallersGetTheSameBits() async {
        var numbers = Numbers(51)
        let (m, n, k) = (40, 300, 200)
        let a: [Float] = numbers.array(m * k), b: [Float] = numbers.array(k * n)
        @Sendable func product() -> [Float] {
            var c = [Float](repeating: 0, count: m * n)
            unroll_product(UNROLL_FLOAT32, m, n, k, a, k, 1, b, n, 1, nil, false, &c, n)
            return c
        }
        let expected = product()
        await withTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var wrong = 0
                    for round in 0..<50 {
                        unroll_set_threads(1 + (task + round) % 4)
                        if product() != expected { wrong += 1 }
                    }
                    return wrong
                }
            }
            for await wrong in group { #expect(wrong == 0) }
        }
        unroll_set_threads(unroll_available_processors())
    }

    /// A child has none of its parent's threads: neither the workers that wait for it nor the one that was just taking memory.
    @Test func aForkedChildComputesWhileItsParentsThreadsGoOn() async {
        await #expect(processExitsWith: .success) {
            unroll_set_threads(2)
            for _ in 0..<2 {
                Thread.detachNewThread {
                    while true { unroll_release(unroll_allocate(64), 64) }
                }
            }
            let side = 128
            let matrix = [Float](repeating: 1, count: side * side)
            var product = [Float](repeating: 0, count: side * side)
            let multiply = { (c: inout [Float]) in
                unroll_product(UNROLL_FLOAT32, side, side, side, matrix, side, 1, matrix, side, 1, nil, false, &c, side)
            }
            multiply(&product)
            for _ in 0..<60 {
                let child = forkProcess()
                if child == 0 {
                    // A child that waits for ever is ended by the signal.
                    alarm(20)
                    for bytes in 1...64 { unroll_release(unroll_allocate(bytes), bytes) }
                    multiply(&product)
                    _exit(product.last == Float(side) ? 0 : 1)
                }
                var status: Int32 = -1
                precondition(waitpid(child, &status, 0) == child && status == 0, "a child ended with \(status)")
            }
        }
    }

    /// Where quotas are read from is a parameter, so that a tree of files can stand for the system's.
    @Test(arguments: [
        (membership: "0::/\n", files: ["cpu.max": "150000 100000\n"], processors: 2),
        (membership: "0::/\n", files: ["cpu.max": "max 100000\n"], processors: Int.max),
        (membership: "0::/a/b\n", files: ["a/b/cpu.max": "max 100000\n", "a/cpu.max": "300000 100000\n"], processors: 3),
        (membership: "0::/a/b\n", files: ["a/b/cpu.max": "50000 100000\n", "a/cpu.max": "300000 100000\n"], processors: 1),
        (membership: "0::/gone\n", files: ["cpu.max": "400000 100000\n"], processors: 4),
        (
            membership: "5:memory:/x\n4:cpu,cpuacct:/x\n",
            files: ["cpu,cpuacct/x/cpu.cfs_quota_us": "250000\n", "cpu,cpuacct/x/cpu.cfs_period_us": "100000\n"], processors: 3
        ),
        (
            membership: "4:cpu,cpuacct:/docker/1\n",
            files: ["cpu,cpuacct/cpu.cfs_quota_us": "200000\n", "cpu,cpuacct/cpu.cfs_period_us": "100000\n"], processors: 2
        ),
        (
            membership: "4:cpuset:/x\n", files: ["cpuset/x/cpu.cfs_quota_us": "1\n", "cpuset/x/cpu.cfs_period_us": "1\n"],
            processors: Int.max
        ),
        (membership: "2:cpu:/\n", files: ["cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"], processors: Int.max),
        (membership: "nonsense\n", files: ["cpu.max": "100000 100000\n"], processors: Int.max),
    ])
    func quotas(_ membership: String, _ files: [String: String], _ processors: Int) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "unroll-quota-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        let list = root.appending(path: "membership")
        try Data(membership.utf8).write(to: list)
        #expect(quotaProcessors(list.path, root.path) == processors)
        #expect(quotaProcessors(root.appending(path: "none").path, root.path) == Int.max)
    }
}

@_silgen_name("fork")
private func forkProcess() -> pid_t

@_silgen_name("unroll_quota_processors")
private func quotaProcessors(_ membership: UnsafePointer<CChar>, _ root: UnsafePointer<CChar>) -> Int
