import CUnrollKernels
import Testing

/// Lists of tokens summed by tables, against plain Swift.
@Suite("Lists of tokens") struct ListTests {
    private struct Problem {
        let width: Int
        let rows = 9
        let tables = 7
        var ends: [Int32] = []
        var tokens: [Int32] = []
        let bases: [Float]
        let slopes: [Float]
        let ramp: [Float]
        let x: [[Float]]

        init(width: Int, lengths: [Int]) {
            var numbers = Numbers(UInt64(width) + 3)
            self.width = width
            for length in lengths {
                for _ in 0..<length { tokens.append(Int32((tokens.count * tokens.count + 2) % rows)) }
                ends.append(Int32(tokens.count))
            }
            bases = numbers.array(tokens.count)
            slopes = numbers.array(tokens.count)
            ramp = numbers.array(width)
            let size = rows * width
            x = (0..<tables).map { _ in numbers.array(size) }
        }

        func withLists(_ body: (UnsafePointer<unroll_token_lists>) -> Void) {
            ends.withUnsafeBufferPointer { ends in
                tokens.withUnsafeBufferPointer { tokens in
                    bases.withUnsafeBufferPointer { bases in
                        slopes.withUnsafeBufferPointer { slopes in
                            var lists = unroll_token_lists(
                                count: ends.count, ends: ends.baseAddress, tokens: tokens.baseAddress, bases: bases.baseAddress,
                                slopes: slopes.baseAddress)
                            body(&lists)
                        }
                    }
                }
            }
        }

        /// What the kernel makes of inputs [from, width] for each table in outputs [to, width] for each.
        func run(
            _ inputs: [[Float]], start: Float, outputs count: Int,
            _ kernel: (UnsafePointer<unroll_token_lists>, [UnsafeRawPointer?], [UnsafeMutableRawPointer?]) -> Void
        ) -> [[Float]] {
            let given = inputs.map { input in
                let buffer = UnsafeMutablePointer<Float>.allocate(capacity: max(1, input.count))
                for (place, value) in input.enumerated() { buffer[place] = value }
                return buffer
            }
            let made = inputs.map { _ in
                let buffer = UnsafeMutablePointer<Float>.allocate(capacity: max(1, count * width))
                for place in 0..<count * width { buffer[place] = start }
                return buffer
            }
            defer { for buffer in given + made { buffer.deallocate() } }
            withLists { kernel($0, given.map { UnsafeRawPointer($0) }, made.map { UnsafeMutableRawPointer($0) }) }
            return made.map { Array(UnsafeBufferPointer(start: $0, count: count * width)) }
        }

        func weight(_ token: Int, _ column: Int, fused: Bool) -> Float {
            fused ? bases[token].addingProduct(slopes[token], ramp[column]) : bases[token] + slopes[token] * ramp[column]
        }

        func forward() -> [[Float]] {
            run(x, start: .nan, outputs: ends.count) { unroll_encode_lists(UNROLL_FLOAT32, $0, tables, width, ramp, $1, $2) }
        }

        func backward(_ dy: [[Float]]) -> [[Float]] {
            run(dy, start: 0.5, outputs: rows) { unroll_encode_lists_gradient(UNROLL_FLOAT32, $0, tables, width, ramp, $1, $2) }
        }
    }

    private static let problems: [(width: Int, lengths: [Int])] = [
        (1, [2, 0, 3]), (7, [0, 0]), (16, [5]), (20, [7, 1, 0, 12]), (33, []), (50, Array(repeating: 6, count: 200)),
    ]

    @Test("Sums and their gradients, element by element", arguments: problems)
    func values(_ width: Int, _ lengths: [Int]) {
        onEveryInstructionSet { set in
            let problem = Problem(width: width, lengths: lengths)
            let fused = hasFusedProducts(set)
            func step(_ sum: Float, _ token: Int, _ column: Int, _ value: Float) -> Float {
                let weight = problem.weight(token, column, fused: fused)
                return fused ? sum.addingProduct(weight, value) : sum + weight * value
            }
            var numbers = Numbers(5)
            let dy: [[Float]] = (0..<problem.tables).map { _ in numbers.array(lengths.count * width) }
            var sums: [[Float]] = []
            var gradients = (0..<problem.tables).map { _ in [Float](repeating: 0.5, count: problem.rows * width) }
            for table in 0..<problem.tables {
                var sum = [Float](repeating: 0, count: lengths.count * width)
                var token = 0
                for (list, length) in lengths.enumerated() {
                    for _ in 0..<length {
                        let row = Int(problem.tokens[token]) * width
                        for column in 0..<width {
                            sum[list * width + column] = step(sum[list * width + column], token, column, problem.x[table][row + column])
                            gradients[table][row + column] = step(
                                gradients[table][row + column], token, column, dy[table][list * width + column])
                        }
                        token += 1
                    }
                }
                sums.append(sum)
            }
            #expect(problem.forward() == sums, "\(set)")
            #expect(problem.backward(dy) == gradients, "\(set)")
        }
    }

    @Test("The number of threads changes no bit")
    func threads() {
        let problem = Problem(width: 50, lengths: (0..<400).map { $0 % 9 })
        var numbers = Numbers(6)
        let dy: [[Float]] = (0..<problem.tables).map { _ in numbers.array(400 * 50) }
        let results = [1, 2, 3].map { threads in
            KernelSettings.with(threads: threads) { [problem.forward(), problem.backward(dy)] }
        }
        #expect(results[1] == results[0] && results[2] == results[0])
    }
}
