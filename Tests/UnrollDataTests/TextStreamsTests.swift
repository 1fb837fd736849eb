import Testing

@testable import UnrollData

@Suite("A text as streams") struct TextStreamsTests {
    @Test func elevenTokensInThreeStreams() throws {
        let streams = try TextStreams(Array(10..<21), first: 3, count: 3, pieceLength: 3)
        #expect(streams.pieceCount == 2)
        let first = streams.piece(0)
        #expect(first.time == 3)
        #expect(first.inputs == [3, 13, 17, 10, 14, 18, 11, 15, 19])
        #expect(first.targets == [10, 14, 18, 11, 15, 19, 12, 16, 20])
        #expect(first.tokenCount == 9)
        let second = streams.piece(1)
        #expect(second.time == 1)
        #expect(second.inputs == [12, 16, 0])
        #expect(second.targets == [13, 17, -1])
        #expect(second.tokenCount == 2)
    }

    @Test(arguments: [1, 2, 7, 20, 64, 65], [1, 2, 3, 20, 100])
    func everyTokenIsSaidOnceAfterTheOneBeforeIt(_ size: Int, _ count: Int) throws {
        let tokens = (0..<Int32(size)).map { $0 + 5 }
        for length in [1, 4, 100] {
            let streams = try TextStreams(tokens, first: 4, count: count, pieceLength: length)
            var said = [[Int32]](repeating: [], count: streams.count)
            var total = 0
            for index in 0..<streams.pieceCount {
                let piece = streams.piece(index)
                #expect(piece.inputs.count == piece.time * streams.count)
                total += piece.tokenCount
                for (place, target) in piece.targets.enumerated() where target >= 0 {
                    #expect(piece.inputs[place] == target - 1)
                    said[place % streams.count].append(target)
                }
            }
            #expect(total == size)
            #expect(Array(said.joined()) == tokens)
        }
    }

    @Test func whatCannotBe() {
        #expect(throws: CorpusError.self) { try TextStreams([], first: 3, count: 2, pieceLength: 3) }
        #expect(throws: CorpusError.self) { try TextStreams([1], first: 3, count: 0, pieceLength: 3) }
        #expect(throws: CorpusError.self) { try TextStreams([1], first: 3, count: 1, pieceLength: 0) }
    }
}
