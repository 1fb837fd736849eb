import Testing
import UnrollKernels
import UnrollTensors

/// The tape: long chains, shared uses, and what it refuses.
@Suite struct TapeTests {
    @Test func aChainOfAHundredThousandStepsDifferentiates() throws {
        let steps = 100_000
        let tape = Tape()
        let weight = tape.watch(Tensor([1.0], shape: [1]))
        let start = tape.watch(Tensor([0.5], shape: [1]))
        var x = start
        for _ in 0..<steps { x = x * weight }
        #expect(tape.stepCount == steps)
        let gradients = tape.gradients(of: x)
        #expect(gradients[weight]?.doubles == [0.5 * Double(steps)])
        #expect(gradients[start]?.doubles == [1])
    }

    @Test func aLongChainIsReleasedWithoutBeingDifferentiated() {
        weak var released: Tape?
        do {
            let tape = Tape()
            released = tape
            var x = tape.watch(Tensor([0.5], shape: [1]))
            for _ in 0..<100_000 { x = x + 1 }
            #expect(x.doubles == [100_000.5])
            tape.clear()
        }
        #expect(released == nil)
    }

    @Test func aTapeIsReleasedOnceItHasDifferentiated() {
        weak var released: Tape?
        do {
            let tape = Tape()
            released = tape
            let x = tape.watch(Tensor([0.5, 2], shape: [2]))
            #expect(tape.gradients(of: sum(tanh(x) * x))[x] != nil)
        }
        #expect(released == nil)
    }

    @Test func aSpentTapeRecordsNothing() {
        let tape = Tape()
        let x = tape.watch(Tensor([2.0], shape: []))
        _ = tape.gradients(of: x * x)
        let steps = tape.stepCount
        #expect((x * x).doubles == [4])
        #expect(tape.stepCount == steps && !tape.isRecording)
    }

    @Test func theSameOwnerIsOneLeaf() throws {
        final class Owner {}
        let owner = Owner()
        let tape = Tape()
        let value = Tensor([3.0], shape: [])
        let first = tape.leaf(value, of: owner)
        let second = tape.leaf(value, of: owner)
        let gradients = tape.gradients(of: first * second)
        #expect(gradients[owner]?.dense.doubles == [6])
        #expect(tape.owners.count == 1 && tape.owners[0] === owner)
    }

    @Test func aGradientSharedByTwoNodesIsNotChangedInPlace() throws {
        // Addition passes one dy to both sides; a is then added to once more, b must not notice.
        let tape = Tape()
        let a = tape.watch(Tensor([1.0, 2], shape: [2]))
        let b = tape.watch(Tensor([3.0, 4], shape: [2]))
        let product = a * Tensor([10.0, 20], shape: [2])
        let gradients = tape.gradients(of: sum(product + (a + b)))
        #expect(gradients[a]?.doubles == [11, 21])
        #expect(gradients[b]?.doubles == [1, 1])
    }

    @Test func aSeedIsNotChanged() throws {
        let tape = Tape()
        let x = tape.watch(Tensor([1.0, 2], shape: [2]))
        let seed = Tensor([5.0, 7], shape: [2])
        let gradients = tape.gradients(of: [(x, seed), (x * 2, seed), (x, seed)])
        #expect(gradients[x]?.doubles == [20, 28])
        #expect(seed.doubles == [5, 7])
    }

    @Test func whatTheLossDoesNotDependOnHasNoGradient() {
        let tape = Tape()
        let x = tape.watch(Tensor([1.0], shape: []))
        let y = tape.watch(Tensor([1.0], shape: []))
        let gradients = tape.gradients(of: x * y.detached())
        #expect(gradients[x] != nil)
        #expect(gradients[y] == nil)
        #expect(gradients[Tensor([1.0], shape: [])] == nil)
    }

    @Test func rowsOfATableMergeByToken() throws {
        final class Table {}
        let owner = Table()
        let tape = Tape()
        let table = tape.leaf(Tensor([Double](repeating: 1, count: 8), shape: [4, 2]), of: owner)
        let first = gathered(table, Tensor([3, 1, 3] as [Int32], shape: [3]))
        let second = gathered(table, Tensor([1] as [Int32], shape: [1]))
        let gradient = try #require(tape.gradients(of: sum(first) + sum(second) * 10)[owner])
        #expect(gradient.dense.doubles == [0, 0, 11, 11, 0, 0, 2, 2])
        guard case .rows(let rows) = gradient else {
            Issue.record("a table's gradient is not kept as rows")
            return
        }
        #expect(rows.merged.indices == [1, 3])
        #expect(rows.merged.values.doubles == [11, 11, 2, 2])
    }

    @Test func aShapeMistakeNamesBothShapes() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([1.0, 2], shape: [2]) + Tensor([1.0, 2, 3], shape: [3])
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("[2]") && message.contains("[3]"), "\(message)")
    }

    @Test func anOperationOnTwoTapesTraps() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let (one, other) = (Tape(), Tape())
            let x = one.watch(Tensor([1.0, 2], shape: [2]))
            // The place of y on its own tape is that of x on the other.
            let y = other.watch(Tensor([3.0, 4], shape: [2]))
            _ = one.gradients(of: sum(x * y))
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("an operation on two tapes at once"), "\(message)")
    }

    @Test func aSecondWalkTraps() async {
        await #expect(processExitsWith: .failure) {
            let tape = Tape()
            let x = tape.watch(Tensor([1.0], shape: []))
            _ = tape.gradients(of: x)
            _ = tape.gradients(of: x)
        }
    }
}
