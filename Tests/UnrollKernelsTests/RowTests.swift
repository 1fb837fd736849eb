import CUnrollKernels
import Foundation
import Testing

@Suite("Rows: softmax, normalisation, cross entropy")
struct RowTests {
    static let shapes = [(1, 1), (3, 5), (4, 16), (5, 19), (2, 33), (7, 100), (0, 4)]

    private static func softmax<S: KernelScalar>(_: S.Type, _ x: [Double], _ rows: Int, _ columns: Int, _ lengths: [Int32]? = nil)
        -> [Double]
    {
        let x = x.map { S($0) }
        var y = [S](repeating: .nan, count: x.count)
        unroll_softmax(S.tag, rows, columns, x, lengths, &y)
        return y.map { Double($0) }
    }

    private static func logSoftmax<S: KernelScalar>(_: S.Type, _ x: [Double], _ rows: Int, _ columns: Int) -> [Double] {
        let x = x.map { S($0) }
        var y = [S](repeating: .nan, count: x.count)
        unroll_log_softmax(S.tag, rows, columns, x, &y)
        return y.map { Double($0) }
    }

    private static func plainSoftmax(_ x: [Double]) -> [Double] {
        let largest = x.max() ?? 0
        let exponentials = x.map { exp($0 - largest) }
        let sum = exponentials.reduce(0, +)
        return exponentials.map { $0 / sum }
    }

    /// A gradient kernel that takes y and dy.
    private static func gradient<S: KernelScalar>(
        _: S.Type, _ kernel: (unroll_scalar, Int, Int, UnsafeRawPointer?, UnsafeRawPointer?, UnsafeMutableRawPointer?) -> Void, _ rows: Int,
        _ columns: Int, _ y: [Double], _ dy: [Double]
    ) -> [Double] {
        let y = y.map { S($0) }
        let dy = dy.map { S($0) }
        var dx = [S](repeating: .nan, count: y.count)
        kernel(S.tag, rows, columns, y, dy, &dx)
        return dx.map { Double($0) }
    }

    @Test("Softmax and its gradient", arguments: KernelSettings.instructionSets)
    func softmax(_ instructions: String) {
        KernelSettings.with(instructions) {
            var numbers = Numbers(1)
            for (rows, columns) in Self.shapes {
                let x: [Double] = numbers.array(rows * columns, scale: 8)
                let dy: [Double] = numbers.array(rows * columns)
                let lengths = (0..<rows).map { Int32(($0 * 3 + 1) % (columns + 1)) }
                for lengths in [nil, lengths] {
                    let expected = (0..<rows).flatMap { row in
                        let length = lengths.map { Int($0[row]) } ?? columns
                        let start = row * columns
                        return Self.plainSoftmax(Array(x[start..<start + length])) + Array(repeating: 0, count: columns - length)
                    }
                    let y = Self.softmax(Double.self, x, rows, columns, lengths)
                    #expect(relativeDifference(y, expected) < 1e-14)
                    #expect(relativeDifference(Self.softmax(Float.self, x, rows, columns, lengths), expected) < 2e-6)
                    let dx = Self.gradient(Double.self, unroll_softmax_gradient, rows, columns, y, dy)
                    let error = gradientError(dx, at: Array(dx.indices)) { position, shift in
                        Self.softmax(Double.self, x.shifted(position, by: shift), rows, columns, lengths).dot(dy)
                    }
                    #expect(error < 1e-6)
                    let single = Self.gradient(Float.self, unroll_softmax_gradient, rows, columns, y, dy)
                    #expect(relativeDifference(single, dx) < 1e-5)
                }
            }
        }
    }

    @Test("Log softmax and its gradient", arguments: KernelSettings.instructionSets)
    func logSoftmax(_ instructions: String) {
        KernelSettings.with(instructions) {
            var numbers = Numbers(2)
            for (rows, columns) in Self.shapes {
                let x: [Double] = numbers.array(rows * columns, scale: 8)
                let dy: [Double] = numbers.array(rows * columns)
                let expected = (0..<rows).flatMap { Self.plainSoftmax(Array(x[$0 * columns..<($0 + 1) * columns])).map { log($0) } }
                let y = Self.logSoftmax(Double.self, x, rows, columns)
                #expect(relativeDifference(y, expected) < 1e-14)
                #expect(relativeDifference(Self.logSoftmax(Float.self, x, rows, columns), expected) < 1e-6)
                let dx = Self.gradient(Double.self, unroll_log_softmax_gradient, rows, columns, y, dy)
                let error = gradientError(dx, at: Array(dx.indices)) { position, shift in
                    Self.logSoftmax(Double.self, x.shifted(position, by: shift), rows, columns).dot(dy)
                }
                #expect(error < 1e-6)
                #expect(relativeDifference(Self.gradient(Float.self, unroll_log_softmax_gradient, rows, columns, y, dy), dx) < 1e-5)
            }
        }
    }

    @Test("Softmax of very large, very small and masked values")
    func extremes() {
        let x: [Double] = [1e30, -1e30, 0, -.infinity, 1e30]
        #expect(Self.softmax(Float.self, x, 1, 5) == [0.5, 0, 0, 0, 0.5])
        #expect(Self.softmax(Double.self, [-1000, -1001], 1, 2)[0] == Self.softmax(Double.self, [0, -1], 1, 2)[0])
        #expect(Self.softmax(Float.self, [0, .nan, 1], 1, 3).allSatisfy { $0.isNaN })
        let huge = Double(Float(1e30))
        let single = Self.logSoftmax(Float.self, [1e30, -1e30, 0, -.infinity], 1, 4)
        let expectedSingle: [Double] = [0, -2 * huge, -huge, -.infinity]
        #expect(single == expectedSingle)
        let y = Self.logSoftmax(Double.self, x, 1, 5)
        let half = log(0.5)
        let expected: [Double] = [half, -2e30, -1e30, -.infinity, half]
        #expect(y == expected)
        let dx = Self.gradient(Double.self, unroll_log_softmax_gradient, 1, 5, y, [1, 1, 1, 1, 0])
        #expect(relativeDifference(dx, [-1, 1, 1, 1, -2]) < 1e-15)
        #expect(Self.logSoftmax(Float.self, [0, .nan, 1], 1, 3).allSatisfy { $0.isNaN })
    }

    @Test("Cross entropy of very large logits", arguments: KernelSettings.instructionSets)
    func crossEntropyExtremes(_ instructions: String) {
        KernelSettings.with(instructions) {
            let huge = Double(Float(1e30))
            let logits: [Double] = [1e30, -1e30, 0, 1e30, -1e30, 0]
            let (losses, gradient) = Self.crossEntropy(Float.self, 2, 3, [0, 1], 0, logits)
            #expect(losses == [0, 2 * huge])
            #expect(gradient == [0, 0, 0, 1, -1, 0])
            let smoothed = Self.crossEntropy(Double.self, 1, 3, [0], 0.3, [1e30, -1e30, 0])
            #expect(abs(smoothed.losses[0] / 3e29 - 1) < 1e-15)
            #expect(relativeDifference(smoothed.gradient, [0.2, -0.1, -0.1]) < 1e-15)
            #expect(Self.crossEntropy(Float.self, 1, 2, [0], 0, [.nan, 0]).losses[0].isNaN)
        }
    }

    @Test("Layer norm of rows without any variance, of very large ones, and of what is not a number")
    func layerNormExtremes() {
        let ones = [1.0, 1, 1]
        let flat = Self.layerNorm(Float.self, 1, 3, [7, 7, 7], ones, [0.5, 1, 2], dy: [1, 2, 3])
        #expect(flat.y == [0.5, 1, 2])
        #expect(flat.dx.allSatisfy { $0.isFinite })
        let large = Self.layerNorm(Double.self, 1, 3, [1e30, -1e30, 0], ones, [0, 0, 0], dy: ones)
        let root = 1.5.squareRoot()
        #expect(relativeDifference(large.y, [root, -root, 0]) < 1e-15)
        #expect(Self.layerNorm(Float.self, 1, 3, [0, .nan, 1], ones, ones, dy: ones).y.allSatisfy { $0.isNaN })
    }

    struct Normalised {
        var y: [Double]
        var dx: [Double] = []
        var dscale: [Double] = []
        var dshift: [Double] = []
    }

    private static func layerNorm<S: KernelScalar>(
        _: S.Type, _ rows: Int, _ columns: Int, _ x: [Double], _ scale: [Double], _ shift: [Double], dy: [Double]
    ) -> Normalised {
        let x = x.map { S($0) }
        let scale = scale.map { S($0) }
        let shift = shift.map { S($0) }
        let dy = dy.map { S($0) }
        var normalised = [S](repeating: .nan, count: x.count)
        var inverse = [S](repeating: .nan, count: rows)
        var y = normalised
        var dx = normalised
        var dscale = [S](repeating: .nan, count: columns)
        var dshift = dscale
        unroll_layer_norm(S.tag, rows, columns, x, scale, shift, 1e-5, &normalised, &inverse, &y)
        unroll_layer_norm_gradient(S.tag, rows, columns, normalised, inverse, scale, dy, &dx, &dscale, &dshift)
        return Normalised(
            y: y.map { Double($0) }, dx: dx.map { Double($0) }, dscale: dscale.map { Double($0) }, dshift: dshift.map { Double($0) })
    }

    @Test("Layer norm and its gradients", arguments: KernelSettings.instructionSets)
    func layerNorm(_ instructions: String) {
        KernelSettings.with(instructions) {
            var numbers = Numbers(3)
            for (rows, columns) in Self.shapes where columns > 1 {
                let x: [Double] = numbers.array(rows * columns, scale: 2)
                let scale: [Double] = numbers.array(columns)
                let shift: [Double] = numbers.array(columns)
                let dy: [Double] = numbers.array(rows * columns)
                let expected = (0..<rows).flatMap { row in
                    let values = Array(x[row * columns..<(row + 1) * columns])
                    let mean = values.reduce(0, +) / Double(columns)
                    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
                    return values.indices.map { scale[$0] * (values[$0] - mean) / (variance + 1e-5).squareRoot() + shift[$0] }
                }
                let double = Self.layerNorm(Double.self, rows, columns, x, scale, shift, dy: dy)
                let single = Self.layerNorm(Float.self, rows, columns, x, scale, shift, dy: dy)
                #expect(relativeDifference(double.y, expected) < 1e-13)
                #expect(relativeDifference(single.y, expected) < 1e-5)
                func loss(_ x: [Double], _ scale: [Double], _ shift: [Double]) -> Double {
                    Self.layerNorm(Double.self, rows, columns, x, scale, shift, dy: dy).y.dot(dy)
                }
                let positions = Array(scale.indices)
                #expect(gradientError(double.dx, at: Array(x.indices)) { loss(x.shifted($0, by: $1), scale, shift) } < 1e-6)
                #expect(gradientError(double.dscale, at: positions) { loss(x, scale.shifted($0, by: $1), shift) } < 1e-6)
                #expect(gradientError(double.dshift, at: positions) { loss(x, scale, shift.shifted($0, by: $1)) } < 1e-6)
                #expect(relativeDifference(single.dx, double.dx) < 1e-5)
                #expect(relativeDifference(single.dscale, double.dscale) < 1e-5)
                #expect(relativeDifference(single.dshift, double.dshift) < 1e-5)
            }
        }
    }

    /// What the kernel multiplies its gradient by: a power of two, which rounds nothing.
    private static let gradientScale = 0.25

    private static func crossEntropy<S: KernelScalar>(
        _: S.Type, _ rows: Int, _ columns: Int, _ targets: [Int32], _ smoothing: Double, _ logits: [Double]
    ) -> (losses: [Double], gradient: [Double]) {
        var logits = logits.map { S($0) }
        var losses = [S](repeating: .nan, count: rows)
        unroll_cross_entropy(S.tag, rows, columns, targets, smoothing, gradientScale, &logits, &losses)
        return (losses.map { Double($0) }, logits.map { Double($0) / gradientScale })
    }

    @Test("Cross entropy with and without smoothing", arguments: KernelSettings.instructionSets)
    func crossEntropy(_ instructions: String) {
        KernelSettings.with(instructions) {
            var numbers = Numbers(4)
            for (rows, columns) in Self.shapes {
                for smoothing in [0, 0.1] {
                    let logits: [Double] = numbers.array(rows * columns, scale: 5)
                    let targets = (0..<rows).map { $0 % 3 == 1 ? -1 : Int32(($0 * 7 + 2) % columns) }
                    let expected = (0..<rows).map { row in
                        guard targets[row] >= 0 else { return 0.0 }
                        let logarithms = Self.plainSoftmax(Array(logits[row * columns..<(row + 1) * columns])).map { log($0) }
                        let mean = logarithms.reduce(0, +) / Double(columns)
                        return -(1 - smoothing) * logarithms[Int(targets[row])] - smoothing * mean
                    }
                    let double = Self.crossEntropy(Double.self, rows, columns, targets, smoothing, logits)
                    let single = Self.crossEntropy(Float.self, rows, columns, targets, smoothing, logits)
                    #expect(relativeDifference(double.losses, expected) < 1e-13)
                    #expect(relativeDifference(single.losses, expected) < 1e-5)
                    #expect(relativeDifference(single.gradient, double.gradient) < 1e-5)
                    let error = gradientError(double.gradient, at: Array(logits.indices)) { position, shift in
                        Self.crossEntropy(Double.self, rows, columns, targets, smoothing, logits.shifted(position, by: shift)).losses
                            .reduce(0, +)
                    }
                    #expect(error < 1e-6)
                    for row in 0..<rows where targets[row] < 0 {
                        #expect(double.gradient[row * columns..<(row + 1) * columns].allSatisfy { $0 == 0 })
                    }
                }
            }
        }
    }

    @Test("A masked logit has no gradient and does no harm")
    func maskedLogit() {
        let (losses, gradient) = Self.crossEntropy(Double.self, 1, 3, [0], 0, [1, -.infinity, 1])
        #expect(abs(losses[0] - log(2)) < 1e-15)
        #expect(gradient == [-0.5, 0, 0.5])
    }

    @Test("A row's bits depend neither on its neighbours nor on the threads")
    func independence() {
        var numbers = Numbers(5)
        let (rows, columns) = (7, 9001)
        let x: [Double] = numbers.array(rows * columns, scale: 5)
        let targets = (0..<rows).map { Int32($0 * 11) }
        let scale: [Double] = numbers.array(columns)
        func both(_ threads: Int) -> [[Double]] {
            KernelSettings.with(threads: threads) {
                let entropy = Self.crossEntropy(Float.self, rows, columns, targets, 0.1, x)
                let norm = Self.layerNorm(Float.self, rows, columns, x, scale, scale, dy: x)
                return [
                    Self.softmax(Float.self, x, rows, columns), Self.logSoftmax(Float.self, x, rows, columns), entropy.losses,
                    entropy.gradient,
                    norm.y, norm.dx, norm.dscale, norm.dshift,
                ]
            }
        }
        let one = both(1)
        #expect(one == both(2))
        for row in [0, 6] {
            let range = row * columns..<(row + 1) * columns
            let values = Array(x[range])
            KernelSettings.with {
                #expect(Self.softmax(Float.self, values, 1, columns) == Array(one[0][range]))
                #expect(Self.crossEntropy(Float.self, 1, columns, [targets[row]], 0.1, values).gradient == Array(one[3][range]))
                #expect(Self.layerNorm(Float.self, 1, columns, values, scale, scale, dy: values).dx == Array(one[5][range]))
            }
        }
    }
}
