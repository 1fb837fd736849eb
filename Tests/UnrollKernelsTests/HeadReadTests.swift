import CUnrollKernels
import Testing

/// Single queries of several heads against the kernel over whole sequences.
@Suite("Attention of several heads, one query at a time") struct HeadReadTests {
    private static let problems = HeadTests.problems.filter { !$0.isCausal }

    /// What `unroll_heads_read` gives for all queries of a problem, one row each, in the layout of the whole sequence.
    private func read<S: KernelScalar>(_: S.Type, _ problem: HeadProblem, wantsWeights: Bool = true) -> HeadProblem.Result {
        let (target, source, batch, heads) = (problem.target, problem.source, problem.batch, problem.heads)
        let lengths = (0..<batch).map { problem.lengths?[$0] ?? Int32(source) }
        // The lists of the batch's rows lie in another order than the rows.
        let order = (0..<batch).reversed()
        var places: [Int32] = []
        var begins = [Int32](repeating: 0, count: batch)
        for row in order {
            begins[row] = Int32(places.count)
            places += (0..<lengths[row]).map { $0 * Int32(batch) + Int32(row) }
        }
        let starts = (0..<target).flatMap { _ in begins }
        let counts = (0..<target).flatMap { _ in lengths }
        let longest = Int(lengths.max() ?? 0)
        let (queries, keys, values) = (problem.queries.map { S($0) }, problem.keys.map { S($0) }, problem.values.map { S($0) })
        var weights = [S](repeating: .nan, count: target * batch * heads * longest)
        var contexts = [S](repeating: .nan, count: problem.dcontexts.count)
        var lists = unroll_heads_lists(
            scale: problem.scale, rows: target * batch, heads: heads, width: problem.width, value_width: problem.valueWidth,
            longest: longest, places: nil, starts: nil, counts: nil)
        places.withUnsafeBufferPointer { places in
            starts.withUnsafeBufferPointer { starts in
                counts.withUnsafeBufferPointer { counts in
                    (lists.places, lists.starts, lists.counts) = (places.baseAddress, starts.baseAddress, counts.baseAddress)
                    if wantsWeights {
                        unroll_heads_read(S.tag, &lists, queries, keys, values, &weights, &contexts)
                    } else {
                        unroll_heads_read(S.tag, &lists, queries, keys, values, nil, &contexts)
                    }
                }
            }
        }
        var turned = [Double](repeating: 0, count: problem.dweights.count)
        for query in 0..<target {
            for row in 0..<batch {
                for head in 0..<heads {
                    for t in 0..<longest {
                        turned[((row * heads + head) * target + query) * source + t] =
                            Double(weights[((query * batch + row) * heads + head) * longest + t])
                    }
                }
            }
        }
        return HeadProblem.Result(weights: turned, contexts: contexts.map { Double($0) })
    }

    @Test("The bits of the whole sequence", arguments: KernelSettings.instructionSets)
    func bits(_ instructions: String) {
        let wide = [(40, 35), (64, 64), (128, 80), (16, 32), (33, 150)].enumerated().map { place, widths in
            HeadProblem(
                target: 3, source: 29, batch: 2, heads: 2, width: widths.0, valueWidth: widths.1, lengths: [29, 11],
                seed: UInt64(20 + place))
        }
        for threads in [1, 2] {
            KernelSettings.with(instructions, threads: threads) {
                for problem in Self.problems + wide {
                    #expect(read(Float.self, problem) == problem.forward(Float.self))
                    #expect(read(Double.self, problem) == problem.forward(Double.self))
                    #expect(read(Float.self, problem, wantsWeights: false).contexts == problem.forward(Float.self).contexts)
                }
            }
        }
    }
}
