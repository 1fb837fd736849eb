import Testing

@testable import UnrollData

@Suite("Padding and masks")
struct PaddedSequencesTests {
    @Test func laysSequencesSideBySide() {
        let padded = PaddedSequences([[1, 2, 3], [4], [], [5, 6]], padding: 9)
        #expect(padded.time == 3)
        #expect(padded.count == 4)
        #expect(padded.lengths == [3, 1, 0, 2])
        #expect(
            padded.tokens == [
                1, 4, 9, 5,
                2, 9, 9, 6,
                3, 9, 9, 9,
            ])
        #expect(
            padded.mask() == [
                1, 1, 0, 1,
                1, 0, 0, 1,
                1, 0, 0, 0,
            ])
        #expect(padded.tokenCount == 6)
        #expect((0..<4).map { padded[$0] } == [[1, 2, 3], [4], [], [5, 6]])
    }

    @Test func padsWithZeroUnlessTold() {
        #expect(PaddedSequences([[7, 8], [9]]).tokens == [7, 9, 8, 0])
    }

    @Test func holdsNothing() {
        let none = PaddedSequences([])
        #expect(none.tokens.isEmpty && none.mask().isEmpty && none.lengths.isEmpty)
        #expect(none.time == 0 && none.count == 0)
        let empty = PaddedSequences([[], []])
        #expect(empty.tokens.isEmpty && empty.time == 0 && empty.count == 2 && empty.lengths == [0, 0])
    }

    @Test func putsStartAndEndAroundTheTarget() {
        let examples = [Example(source: [5, 6, 7], target: [8], index: 4), Example(source: [9], target: [10, 11], index: 2)]
        let batch = Batch(examples, tokens: SpecialTokens(start: 2, end: 3), position: BatchPosition(epoch: 1, batch: 6))
        #expect(batch.source == PaddedSequences([[5, 6, 7], [9]]))
        #expect(batch.targetInput == PaddedSequences([[2, 8], [2, 10, 11]]))
        #expect(batch.targetOutput == PaddedSequences([[8, 3], [10, 11, 3]]))
        #expect(batch.indices == [4, 2])
        #expect(batch.count == 2)
    }
}
