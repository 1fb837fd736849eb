import Testing

@testable import UnrollData

@Suite("A text as windows that overlap") struct TextWindowsTests {
    @Test func elevenTokensInWindowsOfFive() throws {
        let windows = try TextWindows(Array(10..<21), first: 3, length: 5, stride: 2)
        #expect(windows.count == 4)
        let piece = windows.piece(0..<2)
        #expect((piece.time, piece.tokenCount) == (5, 7))
        #expect(piece.inputs == [3, 11, 10, 12, 11, 13, 12, 14, 13, 15])
        #expect(piece.targets == [10, -1, 11, -1, 12, -1, 13, 15, 14, 16])
        let last = windows.piece(3..<4)
        #expect((last.inputs, last.targets) == ([15, 16, 17, 18, 19], [-1, -1, -1, 19, 20]))
    }

    @Test(arguments: [1, 2, 7, 20, 33], [1, 2, 5, 8, 64])
    func everyTokenIsSaidOnceAfterEnoughOfThoseBeforeIt(_ size: Int, _ length: Int) throws {
        let tokens = (0..<Int32(size)).map { $0 + 5 }
        for stride in Set([1, max(1, length / 2), length]) {
            let windows = try TextWindows(tokens, first: 4, length: length, stride: stride)
            for rows in [1, 3, 100] {
                var said: [Int32] = []
                for start in Swift.stride(from: 0, to: windows.count, by: rows) {
                    let range = start..<min(start + rows, windows.count)
                    let piece = windows.piece(range)
                    #expect(piece.inputs.count == piece.time * range.count && piece.time <= length)
                    for row in 0..<range.count {
                        for step in 0..<piece.time {
                            let target = piece.targets[step * range.count + row]
                            guard target >= 0 else { continue }
                            #expect(piece.inputs[step * range.count + row] == target - 1)
                            #expect(step >= min(Int(target) - 5, length - stride))
                            said.append(target)
                        }
                    }
                    #expect(piece.tokenCount == piece.targets.count { $0 >= 0 })
                }
                #expect(said == tokens)
            }
        }
    }

    @Test func whatCannotBe() {
        #expect(throws: CorpusError.self) { try TextWindows([], first: 3, length: 2, stride: 1) }
        #expect(throws: CorpusError.self) { try TextWindows([1], first: 3, length: 0, stride: 1) }
        #expect(throws: CorpusError.self) { try TextWindows([1], first: 3, length: 2, stride: 3) }
        #expect(throws: CorpusError.self) { try TextWindows([1], first: 3, length: 2, stride: 0) }
    }
}
