import CUnrollKernels
import Foundation
import Testing

@Suite struct ElementwiseTests {
    static let unary: [(unroll_unary, @Sendable (Double) -> Double, @Sendable (Double) -> Double)] = [
        (UNROLL_NEGATE, { -$0 }, { _ in -1 }),
        (UNROLL_EXP, { exp($0) }, { exp($0) }),
        (UNROLL_LOG, { log($0) }, { 1 / $0 }),
        (UNROLL_SQRT, { $0.squareRoot() }, { 0.5 / $0.squareRoot() }),
        (UNROLL_SQUARE, { $0 * $0 }, { 2 * $0 }),
        (UNROLL_RECIPROCAL, { 1 / $0 }, { -1 / ($0 * $0) }),
        (UNROLL_ABS, { abs($0) }, { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
        (UNROLL_SIGMOID, { 1 / (1 + exp(-$0)) }, { 1 / (2 + exp(-$0) + exp($0)) }),
        (UNROLL_TANH, { tanh($0) }, { 1 / (cosh($0) * cosh($0)) }),
        (UNROLL_RELU, { max($0, 0) }, { $0 > 0 ? 1 : 0 }),
        (UNROLL_SOFTPLUS, { max($0, 0) + log1p(exp(-abs($0))) }, { 1 / (1 + exp(-$0)) }),
        (
            UNROLL_GELU, { 0.5 * $0 * erfc(-$0 / 2.0.squareRoot()) },
            { 0.5 * erfc(-$0 / 2.0.squareRoot()) + $0 * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() }
        ),
        (UNROLL_SILU, { $0 / (1 + exp(-$0)) }, { (1 + $0 / (1 + exp($0))) / (1 + exp(-$0)) }),
    ]

    /// Positive arguments only, where a function needs them.
    static func arguments<Scalar: KernelScalar>(_ function: unroll_unary, _ count: Int) -> [Scalar] {
        var numbers = Numbers(UInt64(function.rawValue) + 17)
        let x: [Scalar] = (0..<count).map { Scalar(numbers.next() * ($0 % 3 == 0 ? 0.5 : $0 % 3 == 1 ? 5 : 60)) }
        return function == UNROLL_LOG || function == UNROLL_SQRT ? x.map { abs($0) } : x
    }

    static func close(_ value: Double, _ expected: Double, _ tolerance: Double, smallest: Double) -> Bool {
        value == expected || abs(value - expected) <= tolerance * abs(expected) + smallest
    }

    func checkUnary<Scalar: KernelScalar>(_ type: Scalar.Type, _ count: Int, _ set: String) {
        let smallest = Scalar.tag == UNROLL_FLOAT32 ? 2e-38 : 0
        for (function, value, derivative) in Self.unary {
            let x: [Scalar] = Self.arguments(function, count)
            var y = [Scalar](repeating: .nan, count: count + 1)
            unroll_apply(Scalar.tag, function, count, x, &y)
            #expect(y[count].isNaN, "\(function) wrote beyond its end")
            // Far below zero, what is left of x (1 + erf x) is as exact as 1 + erf x can be.
            let left = function == UNROLL_GELU ? 64 * Double(Scalar.ulpOfOne) : smallest
            for i in 0..<count where !Self.close(Double(y[i]), value(Double(x[i])), Scalar.tolerance, smallest: left) {
                Issue.record("\(set) \(function) of \(x[i]) is \(y[i]), expected \(value(Double(x[i])))")
            }
            var inPlace = x + [0]
            unroll_apply(Scalar.tag, function, count, inPlace, &inPlace)
            #expect(Array(inPlace[..<count]) == Array(y[..<count]))

            var numbers = Numbers(3)
            let dy: [Scalar] = numbers.array(count)
            var dx = [Scalar](repeating: .nan, count: count)
            unroll_apply_gradient(Scalar.tag, function, count, x, y, dy, &dx)
            for i in 0..<count {
                // A derivative made from σ(x), tanh(x) or Φ(x) is as exact as 1 less it can be.
                let isMade = [UNROLL_SIGMOID, UNROLL_TANH, UNROLL_GELU, UNROLL_SILU].contains(function)
                let absolute = isMade ? 8 * Double(Scalar.ulpOfOne) : smallest
                if !Self.close(Double(dx[i]), Double(dy[i]) * derivative(Double(x[i])), 4 * Scalar.tolerance, smallest: absolute) {
                    Issue.record(
                        "\(set) gradient of \(function) at \(x[i]) is \(dx[i]), expected \(Double(dy[i]) * derivative(Double(x[i])))")
                }
            }
        }
    }

    @Test(arguments: [0, 1, 7, 16, 17, 63, 1000, 40_003])
    func functionsAndTheirGradients(_ count: Int) {
        onEveryInstructionSet { set in
            checkUnary(Float.self, count, set)
            checkUnary(Double.self, count, set)
        }
    }

    func checkLimits<Scalar: KernelScalar>(_ type: Scalar.Type, _ set: String) {
        let x: [Scalar] = [.infinity, -.infinity, .nan, 0, -0.0, 1e4, -1e4]
        func apply(_ function: unroll_unary) -> [Scalar] {
            var y = [Scalar](repeating: -7, count: x.count)
            unroll_apply(Scalar.tag, function, x.count, x, &y)
            return y
        }
        func expect(_ function: unroll_unary, _ expected: [Scalar]) {
            let y = apply(function)
            for i in 0..<x.count { #expect(y[i] == expected[i] || (y[i].isNaN && expected[i].isNaN), "\(set) \(function) of \(x[i])") }
        }
        expect(UNROLL_EXP, [.infinity, 0, .nan, 1, 1, .infinity, 0])
        expect(UNROLL_LOG, [.infinity, .nan, .nan, -.infinity, -.infinity, apply(UNROLL_LOG)[5], .nan])
        expect(UNROLL_TANH, [1, -1, .nan, 0, 0, 1, -1])
        expect(UNROLL_SIGMOID, [1, 0, .nan, 0.5, 0.5, 1, 0])
        expect(UNROLL_RELU, [.infinity, 0, .nan, 0, 0, 1e4, 0])
        expect(UNROLL_SOFTPLUS, [.infinity, 0, .nan, apply(UNROLL_SOFTPLUS)[3], apply(UNROLL_SOFTPLUS)[3], 1e4, 0])
        #expect(apply(UNROLL_TANH)[4].sign == .minus)
    }

    @Test func limitsAndNaN() {
        onEveryInstructionSet { set in
            checkLimits(Float.self, set)
            checkLimits(Double.self, set)
        }
    }

    @Test func anElementsBitsDoNotDependOnItsPosition() {
        onEveryInstructionSet { set in
            for (function, _, _) in Self.unary {
                let x: [Float] = Self.arguments(function, 40)
                var whole = [Float](repeating: 0, count: 40)
                unroll_apply(UNROLL_FLOAT32, function, 40, x, &whole)
                for i in 0..<40 {
                    var alone: [Float] = [0]
                    unroll_apply(UNROLL_FLOAT32, function, 1, [x[i]], &alone)
                    #expect(alone[0].bitPattern == whole[i].bitPattern, "\(set) \(function)")
                }
            }
        }
    }

    static let binary: [(unroll_binary, @Sendable (Float, Float) -> Float)] = [
        (UNROLL_ADD, { $0 + $1 }), (UNROLL_SUBTRACT, { $0 - $1 }), (UNROLL_MULTIPLY, { $0 * $1 }), (UNROLL_DIVIDE, { $0 / $1 }),
        (UNROLL_MAXIMUM, { max($0, $1) }), (UNROLL_MINIMUM, { min($0, $1) }),
    ]

    @Test(arguments: [(1, 1), (1, 37), (37, 1), (5, 16), (3, 17), (300, 130), (2, 30_001), (0, 5), (5, 0)])
    func combinations(_ rows: Int, _ columns: Int) {
        onEveryInstructionSet { set in
            var numbers = Numbers(9)
            // Row strides: dense, one row for all, padded; column strides: one value a row, or each its own.
            let strides = [(columns, 1), (0, 1), (1, 0), (0, 0), (columns + 3, 1)]
            for (aRow, aColumn) in strides {
                for (bRow, bColumn) in strides {
                    let a: [Float] = numbers.array(rows * max(aRow, 1) + columns + 1),
                        b: [Float] = numbers.array(rows * max(bRow, 1) + columns + 1)
                    for (function, value) in Self.binary {
                        var y = [Float](repeating: 0, count: rows * columns)
                        unroll_combine(UNROLL_FLOAT32, function, rows, columns, a, aRow, aColumn, b, bRow, bColumn, &y)
                        var wrong = 0
                        for r in 0..<rows {
                            for c in 0..<columns where y[r * columns + c] != value(a[r * aRow + c * aColumn], b[r * bRow + c * bColumn]) {
                                wrong += 1
                            }
                        }
                        #expect(wrong == 0, "\(set) \(function) \(rows)×\(columns), strides \(aRow) \(aColumn) and \(bRow) \(bColumn)")
                    }
                }
            }
        }
    }

    @Test func maximumAndMinimumPassNaNOn() {
        onEveryInstructionSet { set in
            for function in [UNROLL_MAXIMUM, UNROLL_MINIMUM] {
                var y: [Double] = [0, 0]
                unroll_combine(UNROLL_FLOAT64, function, 1, 2, [.nan, 1], 2, 1, [1, .nan], 2, 1, &y)
                #expect(y[0].isNaN && y[1].isNaN, "\(set)")
            }
        }
    }

    @Test(arguments: awkwardCounts)
    func affineAccumulateFillSelectConvert(_ count: Int) {
        onEveryInstructionSet { set in
            var numbers = Numbers(4)
            let fused = hasFusedProducts(set)
            let x: [Float] = numbers.array(count), before: [Float] = numbers.array(count)
            var y = [Float](repeating: 0, count: count)
            unroll_affine(UNROLL_FLOAT32, count, 1.5, -0.3, x, &y)
            let affine: [Float] = x.map { fused ? Float(-0.3).addingProduct(1.5, $0) : 1.5 * $0 + Float(-0.3) }
            #expect(y == affine, "\(set)")
            unroll_affine(UNROLL_FLOAT32, count, 0.7, 0, x, &y)
            #expect(y == x.map { Float(0.7) * $0 }, "\(set)")
            y = before
            unroll_accumulate(UNROLL_FLOAT32, count, -0.9, x, &y)
            let accumulated: [Float] = zip(x, before).map { fused ? $1.addingProduct(-0.9, $0) : $1 + Float(-0.9) * $0 }
            #expect(y == accumulated, "\(set)")
            unroll_fill(UNROLL_FLOAT32, count, 2.5, &y)
            #expect(y == [Float](repeating: 2.5, count: count), "\(set)")
            let condition = (0..<count).map { UInt8($0 % 3) }
            unroll_select(UNROLL_FLOAT32, count, condition, x, before, &y)
            let selected: [Float] = (0..<count).map { condition[$0] != 0 ? x[$0] : before[$0] }
            #expect(y == selected, "\(set)")
        }
        var numbers = Numbers(5)
        let x: [Double] = numbers.array(count)
        var narrow = [Float](repeating: 0, count: count), wide = x, same = x
        unroll_convert(UNROLL_FLOAT64, UNROLL_FLOAT32, count, x, &narrow)
        #expect(narrow == x.map { Float($0) })
        unroll_convert(UNROLL_FLOAT32, UNROLL_FLOAT64, count, narrow, &wide)
        #expect(wide == narrow.map { Double($0) })
        unroll_convert(UNROLL_FLOAT64, UNROLL_FLOAT64, count, wide, &same)
        #expect(same == wide)
    }
}
