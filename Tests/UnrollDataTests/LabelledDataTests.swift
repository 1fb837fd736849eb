import Testing

@testable import UnrollData

@Suite("Labelled data") struct LabelledDataTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func failure(_ text: String, _ read: (String) throws -> Void) throws -> String {
        let path = try folder.write(text, to: "file")
        let error = #expect(throws: CorpusError.self) { try read(path) }
        return (error?.description ?? "").replacing(path, with: "file")
    }

    @Test func textsAndLabels() throws {
        let path = try folder.write("play\tPlay some jazz\t1\n\nask\tWhat is new?\t2\n", to: "texts.tsv")
        #expect(
            try LabelledText.read(path, textColumn: 2, labelColumn: 1) == [
                LabelledText(text: "Play some jazz", label: "play", lineNumber: 1),
                LabelledText(text: "What is new?", label: "ask", lineNumber: 3),
            ])
        let read = { (path: String) in _ = try LabelledText.read(path, textColumn: 2, labelColumn: 1) }
        #expect(try failure("a\tb\nc\n", read).hasPrefix("file:2: the line has 1 tab-separated columns where 2 were expected"))
        #expect(try failure("a\tb\nc\td\te\n", read).hasPrefix("file:2: the line has 3 tab-separated columns where 2"))
        #expect(try failure("a\n", read).hasPrefix("file:1: the line has 1 tab-separated columns where 2"))
        #expect(try failure("a\tb\nc\t \n", read).hasPrefix("file:2: the text in column 2 is empty"))
        #expect(try failure("\tb\n", read).hasPrefix("file:1: the label in column 1 is empty"))
        #expect(try failure("\n\n", read).hasPrefix("file: the file has no lines with text"))
    }

    @Test func sentencesOfATable() throws {
        let path = try folder.write("x\ta bc d\tO B-n I-n\ny\te\tO\n", to: "sentences.tsv")
        #expect(
            try TaggedSentence.readTable(path, wordColumn: 2, tagColumn: 3) == [
                TaggedSentence(words: ["a", "bc", "d"], tags: ["O", "B-n", "I-n"], lineNumber: 1),
                TaggedSentence(words: ["e"], tags: ["O"], lineNumber: 2),
            ])
        let read = { (path: String) in _ = try TaggedSentence.readTable(path, wordColumn: 1, tagColumn: 2) }
        #expect(try failure("a b\tO O\nc d\tO\n", read).hasPrefix("file:2: there are 2 words and 1 tags; each word needs one."))
        #expect(try failure("a\t\n", read).hasPrefix("file:1: the list of tags in column 2 is empty"))
    }

    private static let conllu = """
        # sent_id = 1
        1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
        1\tdo\tdo\tAUX\tVBP\t_\t0\troot\t_\t_
        2\tn't\tnot\tPART\tRB\t_\t1\tadvmod\t_\t_
        2.1\tgo\tgo\tVERB\tVB\t_\t_\t_\t_\t_

        # sent_id = 2

        1\tYes\tyes\tINTJ\tUH\t_\t0\troot\t_\t_
        """

    @Test func sentencesOfCoNLLU() throws {
        let path = try folder.write(Self.conllu, to: "file.conllu")
        #expect(
            try TaggedSentence.readCoNLLU(path) == [
                TaggedSentence(words: ["do", "n't"], tags: ["AUX", "PART"], lineNumber: 3),
                TaggedSentence(words: ["Yes"], tags: ["INTJ"], lineNumber: 9),
            ])
        #expect(try TaggedSentence.readCoNLLU(path, wordColumn: 3, tagColumn: 5).map(\.tags) == [["VBP", "RB"], ["UH"]])
        let read = { (path: String) in _ = try TaggedSentence.readCoNLLU(path) }
        #expect(
            try failure(Self.conllu + "\n2\ttoo\tfew\n", read).hasPrefix(
                "file:10: a CoNLL-U line has 10 tab-separated columns, this one has 3"))
        #expect(
            try failure(Self.conllu.replacing("UH", with: "").replacing("INTJ", with: ""), read).hasPrefix("file:9: the word in column 2"))
        #expect(try failure("# nothing\n", read) == "file: the file has no sentence.")
    }

    @Test func someAreHeldOutFromAllOver() throws {
        let all = Array(0..<100)
        let (training, heldOut) = try HeldOutPart.parted(all, count: 30, seed: 1)
        #expect((training + heldOut).sorted() == all && heldOut.count == 30)
        #expect(training == training.sorted() && heldOut == heldOut.sorted())
        #expect(heldOut.contains { $0 < 20 } && heldOut.contains { $0 > 80 })
        #expect(try HeldOutPart.parted(all, count: 30, seed: 1).heldOut == heldOut)
        #expect(try HeldOutPart.parted(all, count: 30, seed: 2).heldOut != heldOut)
        #expect(throws: CorpusError.self) { try HeldOutPart.parted(all, count: 100, seed: 1) }
    }

    @Test(.enabled(if: RealData.has("snips-nlu"), "set UNROLL_DATA to the folder that holds snips-nlu"))
    func readsSnips() throws {
        let sentences = try TaggedSentence.readTable(RealData.path("snips-nlu/train.tsv.gz"), wordColumn: 3, tagColumn: 4)
        #expect(sentences.count == 13_784)
        #expect(Set(sentences.flatMap(\.tags)).count == 72)
        let texts = try LabelledText.read(RealData.path("snips-nlu/valid.tsv.gz"), textColumn: 2, labelColumn: 1)
        #expect(texts.count == 700 && Set(texts.map(\.label)).count == 7)
    }

    @Test(.enabled(if: RealData.has("ud-english-ewt"), "set UNROLL_DATA to the folder that holds ud-english-ewt"))
    func readsTheEnglishWebTreebank() throws {
        let sentences = try TaggedSentence.readCoNLLU(RealData.path("ud-english-ewt/en_ewt-ud-dev.conllu.gz"))
        #expect(sentences.count == 2_001)
        #expect(sentences.reduce(0) { $0 + $1.words.count } == 25_147)
        #expect(Set(sentences.flatMap(\.tags)).count <= 17)
    }
}

@Suite("Sequences of numbers") struct NumberSequenceTests {
    @Test func theSumOfTheTwoThatAreMarked() throws {
        for length in [2, 3, 40] {
            let generator = try AddingGenerator(seed: 3, length: length)
            for place in 0..<50 {
                let sequence = generator.sequence(place, stream: 1)
                #expect((sequence.time, sequence.features) == (length, 2))
                let numbers = (0..<length).map { sequence.values[2 * $0] }
                let marks = (0..<length).map { sequence.values[2 * $0 + 1] }
                #expect(numbers.allSatisfy { (0..<1).contains($0) })
                #expect(marks.allSatisfy { $0 == 0 || $0 == 1 })
                #expect(marks[..<(length / 2)].reduce(0, +) == 1 && marks[(length / 2)...].reduce(0, +) == 1)
                #expect(sequence.targets == [zip(numbers, marks).reduce(0) { $0 + $1.0 * $1.1 }])
            }
        }
        #expect(throws: CorpusError.self) { try AddingGenerator(seed: 1, length: 1) }
    }

    @Test func aSequenceIsAFunctionOfSeedStreamAndPlace() throws {
        let generator = try AddingGenerator(seed: 3, length: 10)
        let first = generator.sequence(7, stream: 1)
        #expect(generator.sequence(7, stream: 1) == first)
        #expect(generator.sequence(8, stream: 1) != first)
        #expect(generator.sequence(7, stream: 2) != first)
        #expect(try AddingGenerator(seed: 4, length: 10).sequence(7, stream: 1) != first)
        // Guessing 1 has the variance of the sum of two uniform numbers.
        var squares: Float = 0
        for place in 0..<4_000 {
            let error = generator.sequence(place, stream: 5).targets[0] - 1
            squares += error * error
        }
        #expect((0.157...0.177).contains(squares / 4_000))
    }

    @Test func linesComeBack() throws {
        let folder = try TemporaryFolder()
        let generator = try AddingGenerator(seed: 3, length: 9)
        let sequences =
            (0..<5).map { generator.sequence($0, stream: 1) } + [NumberSequence(values: [0.5, 1], features: 2, targets: [-3e-7])]
        let path = try folder.write(sequences.map(\.line).joined(separator: "\n\n"), to: "numbers")
        #expect(try NumberSequence.read(path) == sequences)
        #expect(sequences[5].line == "-3e-07\t0.5,1.0")
        func failure(_ text: String) throws -> String {
            let path = try folder.write(text, to: "wrong")
            let error = #expect(throws: CorpusError.self) { try NumberSequence.read(path) }
            return (error?.description ?? "").replacing(path, with: "wrong")
        }
        #expect(try failure("1\t0.5,1 x,0").hasPrefix("wrong:1: 'x' is not a number"))
        #expect(try failure("nan\t0.5").hasPrefix("wrong:1: 'nan' is not a number"))
        #expect(try failure("1\t0.5,1\n1\t0.5,1 3").hasPrefix("wrong:2: step 2 has 1 numbers where 2 were expected"))
        #expect(try failure("1\t0.5\n1 2\t0.5").hasPrefix("wrong:2: there are 2 targets where 1 were expected"))
        #expect(try failure("1").hasPrefix("wrong:1: the line has 1 tab-separated columns where 2"))
        #expect(try failure("1\t0.5,,1").hasPrefix("wrong:1: '' is not a number"))
    }

    @Test func batchesArePaddedAndInAnOrderOfTheSeed() throws {
        let sequences = (1...7).map { length in
            NumberSequence(values: (0..<2 * length).map { Float(100 * length + $0) }, features: 2, targets: [Float(length), 0])
        }
        let batch = NumberBatch([sequences[0], sequences[2]])
        #expect(batch.values == [100, 101, 300, 301, 0, 0, 302, 303, 0, 0, 304, 305])
        #expect(batch.targets == [1, 0, 3, 0] && batch.lengths == [1, 3] && batch.time == 3 && batch.count == 2)

        let corpus = try NumberCorpus(sequences)
        #expect((corpus.count, corpus.features, corpus.outputs) == (7, 2, 2))
        func lengths(_ batches: NumberBatches, _ position: BatchPosition) -> [[Int32]] {
            let next = batches.reader(at: position)
            var found: [[Int32]] = []
            while let batch = next() { found.append(batch.lengths) }
            return found
        }
        #expect(lengths(NumberBatches(corpus, size: 3, seed: nil), .init()) == [[1, 2, 3], [4, 5, 6], [7]])
        let shuffled = NumberBatches(corpus, size: 3, seed: 5)
        let epoch = lengths(shuffled, .init(epoch: 2))
        #expect(epoch.joined().sorted() == [1, 2, 3, 4, 5, 6, 7] && epoch.map(\.count) == [3, 3, 1])
        #expect(lengths(shuffled, .init(epoch: 2, batch: 1)) == Array(epoch[1...]))
        #expect(lengths(shuffled, .init(epoch: 3)) != epoch)
        #expect(lengths(shuffled, .init(epoch: 2, batch: 9)) == [])
        #expect(throws: CorpusError.self) { try NumberCorpus([]) }
    }
}
