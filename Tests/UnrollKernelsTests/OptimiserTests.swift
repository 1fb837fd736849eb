import CUnrollKernels
import Foundation
import Testing

@Suite struct OptimiserTests {
    /// One step in place: count, gradient (NULL for zeros), two slots (NULL where unused), weights, the step's number.
    typealias Step<Scalar> = (
        Int, UnsafePointer<Scalar>?, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>, Int
    ) -> Void

    static let names = [
        "SGD", "SGD decay", "momentum", "Nesterov", "Adam", "Adam decay", "AdamW", "Adadelta", "RMSprop", "RMSprop momentum",
    ]

    static func step<Scalar: KernelScalar>(_ name: String, _ type: Scalar.Type, scale: Double = 1) -> Step<Scalar> {
        { count, g, first, second, w, t in
            let correction1 = 1 - pow(0.8, Double(t)), correction2 = 1 - pow(0.95, Double(t))
            switch name {
            case "SGD": unroll_sgd(Scalar.tag, count, 0.1, 0, false, 0, scale, g, nil, w)
            case "SGD decay": unroll_sgd(Scalar.tag, count, 0.1, 0, false, 0.05, scale, g, nil, w)
            case "momentum": unroll_sgd(Scalar.tag, count, 0.1, 0.9, false, 0.05, scale, g, first, w)
            case "Nesterov": unroll_sgd(Scalar.tag, count, 0.1, 0.9, true, 0.05, scale, g, first, w)
            case "Adam":
                unroll_adam(
                    Scalar.tag, count, 0.01, 0.9, 0.999, 1e-8, 1 - pow(0.9, Double(t)), 1 - pow(0.999, Double(t)), 0, false, scale,
                    g, first, second, w)
            case "Adam decay":
                unroll_adam(Scalar.tag, count, 0.01, 0.8, 0.95, 1e-6, correction1, correction2, 0.1, false, scale, g, first, second, w)
            case "AdamW":
                unroll_adam(Scalar.tag, count, 0.01, 0.8, 0.95, 1e-6, correction1, correction2, 0.1, true, scale, g, first, second, w)
            case "Adadelta": unroll_adadelta(Scalar.tag, count, 0.5, 0.9, 1e-6, 0.1, scale, g, first, second, w)
            case "RMSprop": unroll_rmsprop(Scalar.tag, count, 0.01, 0.9, 1e-6, 0, 0.1, scale, g, first, nil, w)
            default: unroll_rmsprop(Scalar.tag, count, 0.01, 0.9, 1e-6, 0.8, 0.1, scale, g, first, second, w)
            }
        }
    }

    /// PyTorch 2.13, torch.optim, float64: weights [0.5, −1, 2, 0.25] after five steps with the gradient sin(3i + t) in step t.
    static let golden: [String: [Double]] = [
        "SGD": [0.4823838350277621, -0.9651202577172179, 1.9485547986856144, 0.3169809842918997],
        "SGD decay": [0.4727980772506415, -0.9432527317116859, 1.901972163319737, 0.30789561764975215],
        "momentum": [0.022837587960145067, -0.4543820856332516, 1.3630729077956247, 0.7570052669694616],
        "Nesterov": [0.05368370951017748, -0.4629423859623364, 1.340075149630492, 0.7549223568205068],
        "Adam": [0.4696740823746508, -0.9677609168895159, 1.9660754607662145, 0.2853368729039824],
        "Adam decay": [0.47126662767013167, -0.9679012906172153, 1.9638514430774556, 0.2823967383460183],
        "AdamW": [0.47026257145967243, -0.9656390158798058, 1.9587058613426787, 0.2817844923082199],
        "Adadelta": [0.4994085540789879, -0.9986600496972117, 1.99759463123974, 0.2515317742313359],
        "RMSprop": [0.4746727270565301, -0.9652624952922635, 1.9529738338642624, 0.2903136447538627],
        "RMSprop momentum": [0.36054636634181897, -0.8396496004775449, 1.815486578263201, 0.42983223349422095],
    ]

    @Test(arguments: names)
    func fiveStepsAsPyTorchTakesThem(_ name: String) throws {
        let expected = try #require(Self.golden[name])
        func check<Scalar: KernelScalar>(_ type: Scalar.Type, _ tolerance: Double, _ set: String) {
            var weights: [Scalar] = [0.5, -1, 2, 0.25], first = [Scalar](repeating: 0, count: 4), second = first
            let step = Self.step(name, type)
            for t in 1...5 {
                let gradient = (0..<4).map { Scalar(sin(Double(3 * $0 + t))) }
                step(4, gradient, &first, &second, &weights, t)
            }
            for i in 0..<4 {
                #expect(abs(Double(weights[i]) - expected[i]) < tolerance, "\(set) \(name) \(type): \(weights[i]), expected \(expected[i])")
            }
        }
        onEveryInstructionSet { set in
            check(Double.self, 1e-14, set)
            check(Float.self, 1e-6, set)
        }
    }

    @Test(arguments: names)
    func theScaleMultipliesTheGradient(_ name: String) {
        let count = 50_001
        onEveryInstructionSet { set in
            var numbers = Numbers(62)
            let start: [Float] = numbers.array(count), slots: [Float] = numbers.array(count).map { abs($0) },
                gradient: [Float] = numbers.array(count)
            var (w, a, b) = (start, slots, slots)
            Self.step(name, Float.self, scale: 0.3)(count, gradient, &a, &b, &w, 3)
            var (scaledW, scaledA, scaledB) = (start, slots, slots)
            Self.step(name, Float.self)(count, gradient.map { 0.3 * $0 }, &scaledA, &scaledB, &scaledW, 3)
            #expect(w == scaledW && a == scaledA && b == scaledB, "\(set) \(name)")
        }
    }

    @Test(arguments: names, [0, 1, 17, 1000, 50_001])
    func aMissingGradientIsZeroAndPositionDoesNotMatter(_ name: String, _ count: Int) {
        onEveryInstructionSet { set in
            var numbers = Numbers(61)
            let start: [Float] = numbers.array(count), slots: [Float] = numbers.array(count).map { abs($0) },
                gradient: [Float] = numbers.array(count)
            let step = Self.step(name, Float.self)
            var (w, a, b) = (start, slots, slots)
            step(count, nil, &a, &b, &w, 3)
            var (zeroW, zeroA, zeroB) = (start, slots, slots)
            step(count, [Float](repeating: 0, count: count), &zeroA, &zeroB, &zeroW, 3)
            #expect(w == zeroW && a == zeroA && b == zeroB, "\(set) \(name)")

            (w, a, b) = (start, slots, slots)
            step(count, gradient, &a, &b, &w, 3)
            for i in [0, count / 2, count - 1] where i >= 0 && i < count {
                var (oneW, oneA, oneB) = ([start[i]], [slots[i]], [slots[i]])
                step(1, [gradient[i]], &oneA, &oneB, &oneW, 3)
                #expect(oneW[0] == w[i] && oneA[0] == a[i] && oneB[0] == b[i], "\(set) \(name) at \(i) of \(count)")
            }
        }
    }
}
