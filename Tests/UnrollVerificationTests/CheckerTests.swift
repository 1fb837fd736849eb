import Testing
import UnrollTensors

@testable import UnrollVerification

/// The checks themselves find each kind of mistake.
@Suite struct CheckerTests {
    private func result(
        _ check: CheckResult.Check, inputs: [CheckedInput] = [CheckedInput("x", [3, 5])], untrained: Range<Int>? = nil,
        reference: (@Sendable ([Tensor]) -> [Tensor])? = nil, _ body: @escaping @Sendable ([Tensor]) -> [Tensor]
    ) throws -> CheckResult {
        let entry = CatalogueEntry.function("f", equation: "y = f(x)", inputs: inputs, untrained: untrained, reference: reference, body)
        return try #require(entry.check().first { $0.check == check })
    }

    @Test func aRightGradientPasses() throws {
        let found = try result(.gradient) { [$0[0] * $0[0]] }
        #expect(found.passed && found.comparisons == 15)
    }

    @Test func aWrongGradientFails() throws {
        let found = try result(.gradient) { [$0[0] * $0[0].detached()] }
        #expect(!found.passed && abs(found.error - 0.5) < 1e-6)
        #expect(found.worst.hasPrefix("gradient of x["))
    }

    @Test func aGradientWrongAtOneElementFails() throws {
        let found = try result(.gradient) { x in
            let one = x[0].sliced(2..<3, axis: 0).sliced(4..<5, axis: 1)
            return [x[0], one * 1e-3 - one.detached() * 1e-3, one.detached() * 1e-3]
        }
        #expect(!found.passed && found.worst.contains("[2, 4]"))
    }

    @Test func anUntrainedElementMustHaveNoGradient() throws {
        let found = try result(.gradient, untrained: 0..<5) { [$0[0] * 2] }
        #expect(!found.passed)
        let other = try result(.gradient, untrained: 0..<10) { [$0[0].sliced(2..<3, axis: 0), $0[0].detached().sliced(0..<2, axis: 0)] }
        #expect(other.passed)
    }

    @Test func notANumberFailsEveryCheck() throws {
        for check in [CheckResult.Check.gradient, .reference, .precision, .composition] {
            let found = try result(check, reference: { [sqrt($0[0] - 2)] }, { [sqrt($0[0] - 2)] })
            #expect(!found.passed && found.error == .infinity)
        }
    }

    @Test func aReferenceWithOtherValuesFails() throws {
        let found = try result(.reference, reference: { [$0[0] + 1e-9] }, { [$0[0] + 0] })
        #expect(!found.passed)
        let other = try result(.reference, reference: { [$0[0] + 1e-13] }, { [$0[0] + 0] })
        #expect(other.passed)
    }

    @Test func aReferenceWithAnotherGradientFails() throws {
        let found = try result(.reference, reference: { [$0[0].detached() + $0[0] * 0] }, { [$0[0] + 0] })
        #expect(!found.passed)
    }

    @Test func aReferenceOfAnotherShapeFails() throws {
        let found = try result(.reference, reference: { [$0[0].reshaped(to: [5, 3])] }, { [$0[0] + 0] })
        #expect(!found.passed)
    }

    @Test func otherNumbersInSinglePrecisionFail() throws {
        let found = try result(.precision) { [$0[0] * ($0[0].scalarType == .float32 ? 1.0001 : 1)] }
        #expect(!found.passed)
    }

    @Test func aGradientThatForgetsAnOperandFails() throws {
        let found = try result(.composition, inputs: [CheckedInput("a", [3]), CheckedInput("b", [3])]) { x in
            let y = x[0] * x[1]
            return [x[0].recordingTape == nil ? y.detached() : y]
        }
        #expect(!found.passed && found.worst.hasPrefix("differentiated alone, gradient of b"))
    }

    @Test func nothingComparedIsNoSuccess() throws {
        let found = try result(.gradient, inputs: []) { _ in [Tensor([1.0], shape: [])] }
        #expect(!found.passed)
    }
}
