import CUnrollKernels
import Foundation
import Testing

/// A step of a head over a memory, and a loss on where it attends: Σ weights ⊙ dweights.
private struct AddressingProblem {
    var batch: Int
    let slots: Int
    let width: Int
    let shifts: Int
    var memory: [Double]
    var said: [Double]
    var previous: [Double]
    var dweights: [Double]

    struct Gradients: Equatable {
        var memory: [Double]
        var said: [Double]
        var previous: [Double]
    }

    init(batch: Int, slots: Int, width: Int, shifts: Int) {
        var numbers = Numbers(UInt64(slots + width))
        (self.batch, self.slots, self.width, self.shifts) = (batch, slots, width, shifts)
        memory = numbers.array(batch * slots * width)
        said = numbers.array(batch * (width + 3 + shifts), scale: 2)
        previous = numbers.array(batch * slots).map { abs($0) + 0.1 }
        dweights = numbers.array(batch * slots)
    }

    func alone(_ row: Int) -> AddressingProblem {
        var problem = self
        problem.batch = 1
        func part(_ numbers: [Double]) -> [Double] {
            let size = numbers.count / batch
            return Array(numbers[row * size..<(row + 1) * size])
        }
        (problem.memory, problem.said, problem.previous, problem.dweights) = (part(memory), part(said), part(previous), part(dweights))
        return problem
    }

    /// The paper's equations, one after the other.
    func reference() -> [Double] {
        (0..<batch).flatMap { row -> [Double] in
            let problem = alone(row)
            let (key, rest) = (problem.said[..<width], Array(problem.said[width...]))
            let norm = { (x: ArraySlice<Double>) in (x.reduce(0) { $0 + $1 * $1 } + 1e-12).squareRoot() }
            let similarity = (0..<slots).map { slot in
                let stored = problem.memory[slot * width..<(slot + 1) * width]
                return zip(key, stored).reduce(0) { $0 + $1.0 * $1.1 } / (norm(key) * norm(stored))
            }
            let softplus = { (x: Double) in log(1 + exp(x)) }
            let softmax = { (x: [Double]) in x.map { exp($0) / x.reduce(0) { $0 + exp($1) } } }
            let content = softmax(similarity.map { softplus(rest[0]) * $0 })
            let gate = 1 / (1 + exp(-rest[1]))
            let between = (0..<slots).map { gate * content[$0] + (1 - gate) * problem.previous[$0] }
            let shift = softmax(Array(rest[3...]))
            let shifted = (0..<slots).map { slot in
                shift.indices.reduce(0) { sum, place in sum + shift[place] * between[(slot - (place - shifts / 2) + 2 * slots) % slots] }
            }
            let powers = shifted.map { pow($0, 1 + softplus(rest[2])) }
            return powers.map { $0 / powers.reduce(0, +) }
        }
    }

    private var shape: unroll_addressing { unroll_addressing(batch: batch, slots: slots, width: width, shifts: shifts) }

    func forward<S: KernelScalar>(_: S.Type) -> (weights: [S], kept: [S]) {
        var shape = shape
        var (weights, kept) = ([S](repeating: .nan, count: batch * slots), [S](repeating: .nan, count: 5 * batch * slots))
        unroll_addressing_forward(S.tag, &shape, memory.map { S($0) }, said.map { S($0) }, previous.map { S($0) }, &kept, &weights)
        return (weights, kept)
    }

    func backward<S: KernelScalar>(_: S.Type, start: Double? = nil) -> Gradients {
        var shape = shape
        let (weights, kept) = forward(S.self)
        var dmemory = [S](repeating: start.map { S($0) } ?? .nan, count: memory.count)
        var (dsaid, dprevious) = ([S](repeating: .nan, count: said.count), [S](repeating: .nan, count: previous.count))
        unroll_addressing_backward(
            S.tag, &shape, memory.map { S($0) }, said.map { S($0) }, previous.map { S($0) }, kept, weights, dweights.map { S($0) },
            &dmemory,
            start != nil, &dsaid, &dprevious)
        return Gradients(memory: dmemory.map { Double($0) }, said: dsaid.map { Double($0) }, previous: dprevious.map { Double($0) })
    }
}

@Suite("Addressing of a memory") struct AddressingTests {
    private static let problems = [
        AddressingProblem(batch: 2, slots: 5, width: 4, shifts: 3), AddressingProblem(batch: 1, slots: 1, width: 1, shifts: 1),
        AddressingProblem(batch: 3, slots: 17, width: 19, shifts: 5), AddressingProblem(batch: 1, slots: 3, width: 16, shifts: 3),
    ]

    @Test("Forward and backward", arguments: KernelSettings.instructionSets)
    func values(_ instructions: String) {
        KernelSettings.with(instructions) {
            for problem in Self.problems {
                let double = problem.forward(Double.self).weights
                #expect(relativeDifference(double, problem.reference()) < 1e-12)
                #expect(relativeDifference(problem.forward(Float.self).weights.map { Double($0) }, double) < 1e-5)
                let gradients = problem.backward(Double.self)
                func error(_ gradient: [Double], _ path: WritableKeyPath<AddressingProblem, [Double]>) -> Double {
                    gradientError(gradient, at: Array(stride(from: 0, to: gradient.count, by: gradient.count / 40 | 1))) {
                        position, shift in
                        var shifted = problem
                        shifted[keyPath: path][position] += shift
                        return shifted.forward(Double.self).weights.dot(problem.dweights)
                    }
                }
                #expect(error(gradients.memory, \.memory) < 1e-6)
                #expect(error(gradients.said, \.said) < 1e-6)
                #expect(error(gradients.previous, \.previous) < 1e-6)
                let added = problem.backward(Double.self, start: 0.5)
                #expect(relativeDifference(added.memory, gradients.memory.map { $0 + 0.5 }) < 1e-14)
                #expect(added.said == gradients.said && added.previous == gradients.previous)
            }
        }
    }

    @Test("A row's bits depend neither on its neighbours nor on the threads")
    func independence() {
        let problem = AddressingProblem(batch: 7, slots: 130, width: 40, shifts: 3)
        let results = [1, 2, 3].map { threads in
            KernelSettings.with(threads: threads) { (problem.forward(Float.self).weights, problem.backward(Float.self)) }
        }
        #expect(results[1] == results[0] && results[2] == results[0])
        for row in 0..<7 {
            let alone = problem.alone(row)
            #expect(alone.forward(Float.self).weights == Array(results[0].0[row * 130..<(row + 1) * 130]))
            #expect(alone.backward(Float.self).memory == Array(results[0].1.memory[row * 5200..<(row + 1) * 5200]))
        }
    }

    @Test("A sharpness that leaves nothing of any power is still a choice of the largest", arguments: KernelSettings.instructionSets)
    func sharpest(_ instructions: String) {
        KernelSettings.with(instructions) {
            var problem = AddressingProblem(batch: 1, slots: 5, width: 2, shifts: 1)
            // Where the head was is kept, and sharpened with γ near 400: 0.3 to that power is no number of single precision.
            (problem.said[3], problem.said[4]) = (-40, 400)
            problem.previous = [0.2, 0.1, 0.3, 0.2, 0.2]
            let weights = problem.forward(Float.self).weights
            #expect(weights[2] == 1)
            let others = weights.filter { $0 < 1e-30 }
            #expect(others.count == 4)
            let gradients = problem.backward(Float.self)
            let isFinite = (gradients.memory + gradients.said + gradients.previous).allSatisfy(\.isFinite)
            #expect(isFinite)
        }
    }

    @Test("Writing into a memory and its gradients", arguments: KernelSettings.instructionSets)
    func writing(_ instructions: String) {
        KernelSettings.with(instructions) {
            for (batch, slots, width) in [(2, 3, 5), (1, 1, 1), (3, 4, 33), (2, 19, 20)] {
                var numbers = Numbers(UInt64(width))
                let count = batch * slots * width
                let (memory, dy): ([Double], [Double]) = (numbers.array(count), numbers.array(count))
                let (weights, erase, add): ([Double], [Double], [Double]) = (
                    numbers.array(batch * slots), numbers.array(batch * width), numbers.array(batch * width)
                )
                func written(_ parts: [[Double]]) -> [Double] {
                    var shape = unroll_addressing(batch: batch, slots: slots, width: width, shifts: 1)
                    var y = [Double](repeating: .nan, count: count)
                    unroll_memory_write(UNROLL_FLOAT64, &shape, parts[0], parts[1], parts[2], parts[3], &y)
                    return y
                }
                let parts = [memory, weights, erase, add]
                let expected = (0..<count).map { place in
                    let (slot, column) = (place / width, place % width)
                    let row = slot / slots * width + column
                    return memory[place] * (1 - weights[slot] * erase[row]) + weights[slot] * add[row]
                }
                #expect(relativeDifference(written(parts), expected) < 1e-14)
                var shape = unroll_addressing(batch: batch, slots: slots, width: width, shifts: 1)
                var gradients = parts.map { [Double](repeating: .nan, count: $0.count) }
                var (dmemory, dweights, derase, dadd) = (gradients[0], gradients[1], gradients[2], gradients[3])
                unroll_memory_write_gradient(
                    UNROLL_FLOAT64, &shape, memory, weights, erase, add, dy, &dmemory, false, &dweights, &derase, &dadd)
                gradients = [dmemory, dweights, derase, dadd]
                for (part, gradient) in gradients.enumerated() {
                    let error = gradientError(gradient, at: Array(gradient.indices)) { position, shift in
                        var moved = parts
                        moved[part][position] += shift
                        return written(moved).dot(dy)
                    }
                    #expect(error < 1e-6, "\(part)")
                }
            }
        }
    }
}
