import Testing

@testable import UnrollData

@Suite("The generator behind every order")
struct SplitMix64Tests {
    /// The first outputs of the authors' C program for the state 1234567.
    @Test func givesThePublishedNumbers() {
        var generator = SplitMix64(state: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test func tellsItsPartsApart() {
        let streams: [SplitMix64] = [
            SplitMix64(), SplitMix64(0), SplitMix64(0, 0), SplitMix64(1), SplitMix64(0, 1), SplitMix64(1, 0), SplitMix64(1, 1),
            SplitMix64(.max),
        ]
        let first = streams.map { stream in
            var stream = stream
            return stream.next()
        }
        #expect(Set(first).count == streams.count)
    }

    @Test(arguments: [1, 2, 3, 7, 10, 1 << 40, (1 << 62) + 1, .max])
    func staysBelowItsBound(bound: Int) {
        var generator = SplitMix64(5, UInt64(bound))
        let numbers = (0..<1_000).map { _ in generator.next(below: bound) }
        #expect(numbers.allSatisfy { (0..<bound).contains($0) })
        if bound <= 10 { #expect(Set(numbers) == Set(0..<bound)) }
        // Half of the numbers lie in the upper half; 1,000 draws stray from that by more than 100 once in 10 billion.
        if bound.isMultiple(of: 2) { #expect(abs(numbers.count(where: { $0 >= bound / 2 }) - 500) < 100) }
    }

    @Test func shufflesInEveryOrderAlike() {
        var generator = SplitMix64(9)
        var counts: [String: Int] = [:]
        for _ in 0..<6_000 {
            var letters = ["a", "b", "c"]
            generator.shuffle(&letters)
            counts[letters.joined(), default: 0] += 1
        }
        #expect(counts.count == 6)
        #expect(counts.values.allSatisfy { abs($0 - 1_000) < 200 })
    }

    /// The order that a program of its own in another language gives for the same state.
    @Test func shufflesInAFixedWay() {
        var generator = SplitMix64(state: 42)
        var numbers = Array(0..<10)
        generator.shuffle(&numbers)
        #expect(numbers == [8, 3, 6, 5, 4, 0, 9, 2, 1, 7])

        var none: [Int] = []
        generator.shuffle(&none)
        #expect(none == [])
        var one = [7]
        generator.shuffle(&one)
        #expect(one == [7])
    }
}
