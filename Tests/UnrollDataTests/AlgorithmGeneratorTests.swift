import Foundation
import Testing

@testable import UnrollData

/// What is to be said is found again from what was shown, by a plain reading of the paper.
@Suite("Examples of algorithms") struct AlgorithmGeneratorTests {
    private static func sequences(_ algorithm: Algorithm, count: Int = 60) throws -> [AlgorithmSequence] {
        let generator = try AlgorithmGenerator(seed: 3, algorithm)
        return (0..<count).map { generator.sequence($0, stream: 1) }
    }

    private static func rows(_ numbers: [Float], of sequence: AlgorithmSequence) -> [[Float]] {
        let width = numbers.count / sequence.time
        return (0..<sequence.time).map { Array(numbers[$0 * width..<($0 + 1) * width]) }
    }

    /// The vectors shown before the answer without their marks, the vectors said, and the whole of what was shown.
    private static func parts(_ sequence: AlgorithmSequence, bits: Int) -> (shown: [[Float]], said: [[Float]], inputs: [[Float]]) {
        let inputs = rows(sequence.inputs, of: sequence)
        return (
            inputs[..<sequence.answers.lowerBound].map { Array($0.prefix(bits)) },
            Array(rows(sequence.targets, of: sequence)[sequence.answers]), inputs
        )
    }

    private static let kinds: [Algorithm] = [
        .copy(bits: 3, lengths: 1...5), .repeatCopy(bits: 3, lengths: 1...4, repeats: 1...3, normalisedOver: 1...3),
        .associativeRecall(bits: 3, itemLength: 2, items: 2...4), .ngrams(context: 2, length: 30),
        .prioritySort(bits: 3, shown: 5, sorted: 4),
    ]

    @Test(arguments: kinds)
    func sizesAreThoseThatAreSaid(_ algorithm: Algorithm) throws {
        for sequence in try Self.sequences(algorithm) {
            #expect(
                sequence.inputs.count == sequence.time * algorithm.inputs && sequence.targets.count == sequence.time * algorithm.outputs)
            #expect(algorithm.inputNames.count == algorithm.inputs && algorithm.outputNames.count == algorithm.outputs)
            let targets = Self.rows(sequence.targets, of: sequence)
            #expect(targets.joined().allSatisfy { $0 == 0 || $0 == 1 })
            #expect(targets[..<sequence.answers.lowerBound].joined().allSatisfy { $0 == 0 })
            #expect(sequence.answers.upperBound == sequence.time)
            // While it answers, a network is shown nothing; n-grams are answered at every step.
            let inputs = Self.rows(sequence.inputs, of: sequence)
            if algorithm.name != "ngrams" { #expect(inputs[sequence.answers].joined().allSatisfy { $0 == 0 }) }
        }
    }

    @Test(arguments: kinds)
    func anExampleIsAFunctionOfSeedStreamAndPlace(_ algorithm: Algorithm) throws {
        let generator = try AlgorithmGenerator(seed: 3, algorithm)
        #expect(generator.sequence(7, stream: 1) == generator.sequence(7, stream: 1))
        #expect(generator.sequence(7, stream: 1) != generator.sequence(8, stream: 1))
        #expect(generator.sequence(7, stream: 1) != generator.sequence(7, stream: 2))
        #expect(try AlgorithmGenerator(seed: 4, algorithm).sequence(7, stream: 1) != generator.sequence(7, stream: 1))
    }

    @Test func aCopyIsWhatWasShown() throws {
        let sequences = try Self.sequences(.copy(bits: 8, lengths: 1...20), count: 400)
        for sequence in sequences {
            let (shown, said, inputs) = Self.parts(sequence, bits: 8)
            #expect(Array(shown.dropLast()) == said)
            #expect(inputs.map { $0[8] } == inputs.indices.map { $0 == said.count ? 1 : 0 })
        }
        let lengths = sequences.map(\.answers.count)
        #expect(Set(lengths) == Set(1...20))
        let bits = sequences.flatMap(\.targets)
        let ones = Double(bits.reduce(0, +)) / Double(sequences.reduce(0) { $0 + $1.answers.count * 8 })
        #expect(abs(ones - 0.5) < 0.01)
    }

    @Test func aRepeatedCopyEndsWithItsMark() throws {
        var numbers: [Int: Float] = [:]
        for sequence in try Self.sequences(.repeatCopy(bits: 8, lengths: 1...10, repeats: 1...10, normalisedOver: 1...10), count: 400) {
            let (shown, said, inputs) = Self.parts(sequence, bits: 8)
            let vectors = Array(shown.dropLast())
            let repeats = (said.count - 1) / vectors.count
            #expect(said.map { Array($0.prefix(8)) } == (0..<repeats).flatMap { _ in vectors } + [[Float](repeating: 0, count: 8)])
            #expect(said.map { $0[8] } == said.indices.map { $0 == said.count - 1 ? 1 : 0 })
            numbers[repeats] = inputs[vectors.count][8]
            #expect(inputs.enumerated().allSatisfy { $0.offset == vectors.count || $0.element[8] == 0 })
        }
        // Mean 0 and variance 1 over the numbers that there are.
        #expect(numbers.count == 10)
        let values = numbers.values.map(Double.init)
        #expect(abs(values.reduce(0, +)) < 1e-5)
        #expect(abs(values.reduce(0) { $0 + $1 * $1 } / 10 - 1) < 1e-5)
        #expect(numbers.sorted { $0.key < $1.key }.map(\.value) == numbers.values.sorted())
        let longer = try Algorithm.repeatCopy(bits: 8, lengths: 1...10, repeats: 1...10, normalisedOver: 1...10).resized(repeats: 20)
        let one = try Self.sequences(longer, count: 1)[0]
        let shown = Self.rows(one.inputs, of: one)[one.answers.lowerBound - 1][8]
        #expect(abs(Double(shown) - (20 - 5.5) / 8.25.squareRoot()) < 1e-5, "normalised as in training")
    }

    @Test func theItemAfterTheOneAskedAboutIsSaid() throws {
        var places: Set<Int> = []
        for sequence in try Self.sequences(.associativeRecall(bits: 6, itemLength: 3, items: 2...6), count: 300) {
            let (_, said, inputs) = Self.parts(sequence, bits: 6)
            let marks = inputs.indices.filter { inputs[$0][6] == 1 }
            let questions = inputs.indices.filter { inputs[$0][7] == 1 }
            #expect(questions.count == 2 && questions[1] == questions[0] + 4 && sequence.answers == questions[1] + 1..<questions[1] + 4)
            #expect(marks == Array(stride(from: 0, to: questions[0], by: 4)))
            let items = marks.map { mark in inputs[mark + 1...mark + 3].map { Array($0.prefix(6)) } }
            let asked = inputs[questions[0] + 1...questions[0] + 3].map { Array($0.prefix(6)) }
            #expect(items.indices.dropLast().contains { items[$0] == asked && items[$0 + 1] == said })
            places.insert(items.firstIndex(of: asked) ?? -1)
        }
        #expect(places == Set(0..<5))
    }

    /// The estimator's cost, counted anew.
    @Test func ngramsObeyTheirTables() throws {
        var (cost, optimum) = (0.0, 0.0)
        for sequence in try Self.sequences(.ngrams(context: 5, length: 200), count: 200) {
            #expect(sequence.time == 199 && sequence.answers == 0..<199)
            #expect(Array(sequence.inputs.dropFirst()) == Array(sequence.targets.dropLast()))
            let bits = [Int(sequence.inputs[0])] + sequence.targets.map { Int($0) }
            var counts: [[Int]: (zeros: Double, ones: Double)] = [:]
            var own = 4.0
            for place in 5..<200 {
                let context = Array(bits[place - 5..<place])
                let seen = counts[context] ?? (0, 0)
                let one = (seen.ones + 0.5) / (seen.ones + seen.zeros + 1)
                own -= log2(bits[place] == 1 ? one : 1 - one)
                counts[context] = bits[place] == 1 ? (seen.zeros, seen.ones + 1) : (seen.zeros + 1, seen.ones)
            }
            #expect(abs(own - (sequence.optimalBits ?? 0)) < 1e-9)
            optimum += own / 200
            cost += 199.0 / 200
        }
        // The entropy of a draw from Beta(½, ½) is 2 − 1 / ln 2 bits in the mean, and the table has to be found out too.
        #expect(optimum > 195 * (2 - 1 / log(2)) + 4 && optimum < 150 && optimum < cost * 0.8)
    }

    /// With one bit of context a long sequence shows its table: how often a 1 follows, which lies near 0 and near 1 more often than between.
    @Test func tablesAreDrawnFromBeta() throws {
        var shares: [Double] = []
        for sequence in try Self.sequences(.ngrams(context: 1, length: 3_000), count: 300) {
            for context in [Float(0), 1] {
                let places = sequence.inputs.indices.filter { sequence.inputs[$0] == context }
                guard places.count > 400 else { continue }
                shares.append(Double(places.reduce(0) { $0 + sequence.targets[$1] }) / Double(places.count))
            }
        }
        // The distribution's own share below 0.1 is 2 asin(√0.1) / π = 0.205; contexts that hardly occur are left out, which moves it.
        let low = Double(shares.count { $0 < 0.1 }) / Double(shares.count)
        let middle = Double(shares.count { $0 > 0.45 && $0 < 0.55 }) / Double(shares.count)
        #expect(low > 0.1 && low < 0.3)
        #expect(middle > 0.02 && middle < 0.13)
    }

    @Test func sortedVectorsAreThoseOfTheHighestPriority() throws {
        var priorities: [Double] = []
        for sequence in try Self.sequences(.prioritySort(bits: 8, shown: 20, sorted: 16)) {
            let (shown, said, inputs) = Self.parts(sequence, bits: 8)
            let ranked = zip(shown, inputs[..<20].map { $0[8] }).sorted { $0.1 > $1.1 }
            #expect(shown.count == 20 && said == ranked.prefix(16).map(\.0))
            priorities += ranked.map { Double($0.1) }
        }
        #expect(priorities.allSatisfy { (-1...1).contains($0) })
        #expect(abs(priorities.reduce(0, +) / Double(priorities.count)) < 0.06)
        #expect(priorities.contains { $0 > 0.95 } && priorities.contains { $0 < -0.95 })
    }

    @Test func batchesStandSideBySide() throws {
        let sequences = try Self.sequences(.copy(bits: 2, lengths: 1...4), count: 3)
        let batch = AlgorithmBatch(sequences)
        #expect(batch.count == 3 && batch.time == sequences.map(\.time).max())
        for (column, sequence) in sequences.enumerated() {
            for step in 0..<batch.time {
                let inside = step < sequence.time
                let place = step * 3 + column
                #expect(batch.weights[place] == (sequence.answers.contains(step) ? 1 : 0))
                #expect(
                    Array(batch.inputs[place * 3..<place * 3 + 3]) == (inside ? Self.rows(sequence.inputs, of: sequence)[step] : [0, 0, 0]))
                #expect(
                    Array(batch.targets[place * 2..<place * 2 + 2]) == (inside ? Self.rows(sequence.targets, of: sequence)[step] : [0, 0]))
            }
        }
        #expect(AlgorithmBatch([]).time == 0)
    }

    @Test func sizesThatLeaveNothingToDoAreRefused() {
        func message(_ body: () throws -> Void) -> String {
            do {
                try body()
                return ""
            } catch { return "\(error)" }
        }
        let copy = Algorithm.copy(bits: 8, lengths: 1...20)
        #expect(message { _ = try copy.resized(items: 3) } == "'copy' has no size called 'items'; leave it out.")
        #expect(message { _ = try Algorithm.prioritySort(bits: 1, shown: 2, sorted: 1).resized(length: 3) }.contains("'length'"))
        #expect(message { _ = try Algorithm.ngrams(context: 5, length: 9).resized(repeats: 3) }.contains("'repeats'"))
        for (algorithm, part) in [
            (Algorithm.copy(bits: 8, lengths: 0...2), "1 vector"), (.copy(bits: 0, lengths: 1...2), "bits"),
            (.repeatCopy(bits: 8, lengths: 1...2, repeats: 1...1, normalisedOver: 1...1), "must differ"),
            (.associativeRecall(bits: 8, itemLength: 1, items: 1...2), "2 items"), (.ngrams(context: 5, length: 1), "2 bits"),
            (.ngrams(context: 21, length: 9), "1 to 20"), (.prioritySort(bits: 8, shown: 2, sorted: 3), "cannot be sorted"),
        ] {
            #expect(message { _ = try AlgorithmGenerator(seed: 1, algorithm) }.contains(part))
        }
    }
}
