import Testing

@testable import UnrollData

@Suite("Programs of brackets") struct BracketGeneratorTests {
    private static let settings = [(8...8, 3, 2), (9...31, 3, 4), (40...40, 6, 3), (30...120, 200, 2)]

    /// Whether a text is well nested, found by taking away pairs of neighbours for as long as there are any.
    private func reduces(_ text: String) -> Bool {
        var text = text
        while true {
            let shorter = ["()", "[]", "{}", "<>"].reduce(text) { $0.replacing($1, with: "") }
            if shorter == text { return text.isEmpty }
            text = shorter
        }
    }

    @Test(arguments: settings)
    func whatIsCalledCorrectIsWellNestedAndNothingElse(_ lengths: ClosedRange<Int>, _ depth: Int, _ kinds: Int) throws {
        let generator = try BracketGenerator(seed: 3, lengths: lengths, depth: depth, kinds: kinds)
        for place in 0..<30 {
            let example = generator.example(place, stream: 1)
            #expect(example.label == (place % 2 == 0 ? "correct" : "wrong"))
            #expect(reduces(example.text) == (place % 2 == 0), "\(example.text)")
            #expect(lengths.contains(example.text.count) && example.text.count % 2 == 0)
            #expect(example.text.allSatisfy("()[]{}<>".prefix(2 * kinds).contains))
        }
    }

    @Test(arguments: settings)
    func whatIsWrongShowsInNothingThatIsCounted(_ lengths: ClosedRange<Int>, _ depth: Int, _ kinds: Int) throws {
        let generator = try BracketGenerator(seed: 3, lengths: lengths, depth: depth, kinds: kinds)
        for place in 0..<30 {
            let (correct, wrong) = generator.programs(place, stream: 1)
            #expect(correct.isWellNested && !wrong.isWellNested)
            #expect(correct.map(\.byte).sorted() == wrong.map(\.byte).sorted())
            #expect(correct.first == wrong.first && correct.last == wrong.last)
            #expect(zip(correct, wrong).count { $0 != $1 } == 2)
            let outlines = [correct, wrong].map { program in
                var open = [Int](repeating: 0, count: kinds)
                var depths: [Int] = []
                for (place, bracket) in program.enumerated() {
                    open[bracket.kind] += bracket.opens ? 1 : -1
                    depths.append(open.reduce(0, +))
                    #expect(open[bracket.kind] >= 0 && depths[place] <= depth)
                    if place > 0, program[place - 1].opens, !bracket.opens { #expect(program[place - 1].kind == bracket.kind) }
                }
                #expect(open.allSatisfy { $0 == 0 })
                return [depths.max()!, depths.count { $0 == 0 }]
            }
            #expect(outlines[0] == outlines[1])
        }
    }

    /// Features of a program that need no memory of what is open, each as one word.
    private static let features: [(name: String, of: @Sendable (String) -> String)] = [
        ("the number of each bracket", { text in "()[]{}<>".map { bracket in "\(text.count { $0 == bracket })" }.joined(separator: " ") }),
        ("the length", { "\($0.count)" }),
        ("first and last", { "\($0.first!)\($0.last!)" }),
        (
            "how often nothing is open",
            { text in
                var (open, closings) = (0, 0)
                for bracket in text {
                    open += "([{<".contains(bracket) ? 1 : -1
                    closings += open == 0 ? 1 : 0
                }
                return "\(closings)"
            }
        ),
        (
            "the greatest depth",
            { text in
                var (open, greatest) = (0, 0)
                for bracket in text {
                    open += "([{<".contains(bracket) ? 1 : -1
                    greatest = max(greatest, open)
                }
                return "\(greatest)"
            }
        ),
        (
            "whether each kind is opened before it is closed",
            { text in
                let isSound = ["()", "[]", "{}", "<>"].allSatisfy { kind in
                    var open = 0
                    return text.allSatisfy { bracket in
                        open += bracket == kind.first ? 1 : bracket == kind.last ? -1 : 0
                        return open >= 0
                    }
                }
                return "\(isSound)"
            }
        ),
    ]

    /// The share of new programs that is right by saying of each what most of those with the same feature were, and by the coin without any.
    private func accuracy(_ feature: (String) -> String, learning: [LabelledText], measuring: [LabelledText]) -> Double {
        var votes: [String: Int] = [:]
        for example in learning { votes[feature(example.text), default: 0] += example.label == "correct" ? 1 : -1 }
        let scores = measuring.map { example -> Double in
            let vote = votes[feature(example.text), default: 0]
            return vote == 0 ? 0.5 : (vote > 0) == (example.label == "correct") ? 1 : 0
        }
        return scores.reduce(0, +) / Double(measuring.count)
    }

    /// Short programs repeat their counts often enough for them to be learnt by heart; long ones are those that recipes measure on.
    @Test(arguments: [12, 40])
    func countingScoresAtMost55Percent(_ length: Int) throws {
        let generator = try BracketGenerator(seed: 1, lengths: length...length, depth: 4, kinds: 2)
        let learning = (0..<2_000).map { generator.example($0, stream: 1) }
        let measuring = (0..<1_000).map { generator.example($0, stream: 2) }
        for feature in Self.features {
            let accuracy = accuracy(feature.of, learning: learning, measuring: measuring)
            #expect(accuracy <= 0.55, "\(feature.name): \(accuracy)")
        }
        // The same vote on what is asked for is always right.
        #expect(accuracy({ "\(reduces($0))" }, learning: learning, measuring: measuring) == 1)
    }

    @Test func eachDoublingOfTheLengthIsHalfAsLikely() throws {
        let generator = try BracketGenerator(seed: 1, lengths: 8...50, depth: 4, kinds: 3)
        let lengths = (0..<750).map { generator.example($0, stream: 1).text.count }
        #expect(Set(lengths) == Set(stride(from: 8, through: 50, by: 2)))
        for (range, expected) in [(8..<16, 429), (16..<32, 214), (32..<51, 107)] {
            #expect(abs(lengths.count { range.contains($0) } - expected) < expected / 5 + 20)
        }
    }

    @Test func aProgramIsAFunctionOfSeedStreamAndPlace() throws {
        let generator = try BracketGenerator(seed: 3, lengths: 20...30, depth: 4, kinds: 3)
        #expect(generator.example(7, stream: 1) == generator.example(7, stream: 1))
        #expect(generator.example(7, stream: 1).text != generator.example(9, stream: 1).text)
        #expect(generator.example(7, stream: 1).text != generator.example(7, stream: 2).text)
        let other = try BracketGenerator(seed: 4, lengths: 20...30, depth: 4, kinds: 3)
        #expect(other.example(7, stream: 1).text != generator.example(7, stream: 1).text)
    }

    @Test func whatCannotBeMadeWrongIsRefused() {
        for (lengths, depth, kinds) in [(7...8, 3, 2), (9...9, 3, 2), (8...9, 2, 2), (8...9, 3, 1), (8...9, 3, 5)] {
            let error = #expect(throws: CorpusError.self) {
                try BracketGenerator(seed: 1, lengths: lengths, depth: depth, kinds: kinds)
            }
            #expect(error?.kind == .invalidOption)
        }
    }
}
