import CUnrollKernels
import Foundation
import Testing

/// Philox 4×32-10 written out, for any counter.
func philox(_ counter: [UInt32], _ key: [UInt32]) -> [UInt32] {
    var c = counter, k = key
    for _ in 0..<10 {
        let first = c[0].multipliedFullWidth(by: 0xD251_1F53), second = c[2].multipliedFullWidth(by: 0xCD9E_8D57)
        c = [second.high ^ c[1] ^ k[0], second.low, first.high ^ c[3] ^ k[1], first.low]
        k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
    }
    return c
}

@Suite struct RandomTests {
    static let keys: [UInt64] = [0, 1, 0xDEAD_BEEF_0123_4567, .max]

    static func words(_ key: UInt64, _ count: Int) -> [UInt32] {
        (0..<(count + 3) / 4).flatMap { block in
            philox([UInt32(truncatingIfNeeded: block), UInt32(block >> 32), 0, 0], [UInt32(truncatingIfNeeded: key), UInt32(key >> 32)])
        }
    }

    /// Words 2i and 2i + 1 as one.
    static func pair(_ words: [UInt32], _ i: Int) -> UInt64 { UInt64(words[2 * i]) | UInt64(words[2 * i + 1]) << 32 }

    /// The known answers published with Random123 (kat_vectors, philox4x32 10).
    @Test func publishedVectors() {
        #expect(philox([0, 0, 0, 0], [0, 0]) == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
        let ones = UInt32.max
        #expect(philox([ones, ones, ones, ones], [ones, ones]) == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
        #expect(
            philox([0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344], [0xA409_3822, 0x299F_31D0])
                == [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1])
        var words = [UInt32](repeating: 0, count: 4)
        unroll_philox(0, 0, &words)
        #expect(words == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
    }

    @Test(arguments: keys, [0, 1, 77, 0xFFFF_FFFF, 0x1_0000_0000, UInt64.max])
    func blocks(_ key: UInt64, _ counter: UInt64) {
        var words = [UInt32](repeating: 0, count: 4)
        unroll_philox(key, counter, &words)
        let start = [UInt32(truncatingIfNeeded: counter), UInt32(counter >> 32), 0, 0]
        let expected = philox(start, [UInt32(truncatingIfNeeded: key), UInt32(key >> 32)])
        #expect(words == expected)
    }

    @Test(arguments: keys)
    func uniformNumbersAreTheWords(_ key: UInt64) {
        for count in awkwardCounts {
            let words = Self.words(key, 2 * count)
            let expectedNarrow: [Float] = (0..<count).map { -2 + 5 * (Float(words[$0] >> 8) * 0x1p-24) }
            let expectedWide: [Double] = (0..<count).map { Double(Self.pair(words, $0) >> 12) * 0x1p-52 }
            onEveryInstructionSet { set in
                var narrow = [Float](repeating: 9, count: count), wide = [Double](repeating: 9, count: count)
                unroll_random_uniform(UNROLL_FLOAT32, count, key, -2, 3, &narrow)
                unroll_random_uniform(UNROLL_FLOAT64, count, key, 0, 1, &wide)
                #expect(narrow == expectedNarrow, "\(set)")
                #expect(wide == expectedWide, "\(set)")
            }
        }
    }

    @Test func theUpperEndIsNeverReached() {
        onEveryInstructionSet { set in
            // Between 1 and its neighbour's neighbour there are two numbers: rounding would reach the third.
            let high = Float(1).nextUp.nextUp
            var y = [Float](repeating: 0, count: 4096)
            unroll_random_uniform(UNROLL_FLOAT32, y.count, 5, 1, Double(high), &y)
            #expect(y.allSatisfy { $0 >= 1 && $0 < high }, "\(set)")
            #expect(y.contains(1) && y.contains(Float(1).nextUp), "\(set)")
        }
    }

    @Test(arguments: keys)
    func normalNumbersFollowBoxAndMuller(_ key: UInt64) {
        let count = 1003
        let words = Self.words(key, 2 * count + 8)
        onEveryInstructionSet { set in
            var narrow = [Float](repeating: 9, count: count), wide = [Double](repeating: 9, count: count)
            unroll_random_normal(UNROLL_FLOAT32, count, key, 1, 2, &narrow)
            unroll_random_normal(UNROLL_FLOAT64, count, key, 1, 2, &wide)
            func normal(_ u: Double, _ v: Double, _ i: Int) -> Double {
                let radius = (-2 * log(u)).squareRoot()
                return 1 + 2 * radius * (i % 2 == 0 ? cos(2 * .pi * v) : sin(2 * .pi * v))
            }
            for i in 0..<count {
                let first = i / 2 * 2
                let u = Double(Float(Double(Float(words[first])) * 0x1p-32 + 0x1p-33)), v = Double(words[first + 1]) * 0x1p-32
                let difference = abs(Double(narrow[i]) - normal(u, v, i))
                #expect(difference < 2e-5, "\(set) \(i)")
                let wideU = Double(Self.pair(words, first) >> 12) * 0x1p-52 + 0x1p-53
                let wideV = Double(Self.pair(words, first + 1)) * 0x1p-64
                let wideDifference = abs(wide[i] - normal(wideU, wideV, i))
                #expect(wideDifference < 1e-12, "\(set) \(i)")
            }
        }
    }

    @Test func momentsOfTheNormal() {
        onEveryInstructionSet { set in
            let count = 200_000
            var y = [Float](repeating: 0, count: count)
            unroll_random_normal(UNROLL_FLOAT32, count, 42, 0, 1, &y)
            let moments: [Double] = (1...4).map { power in
                y.reduce(0.0) { $0 + pow(Double($1), Double(power)) } / Double(count)
            }
            #expect(abs(moments[0]) < 0.01 && abs(moments[1] - 1) < 0.015 && abs(moments[2]) < 0.04 && abs(moments[3] - 3) < 0.1, "\(set)")
        }
    }

    @Test(arguments: awkwardCounts)
    func dropoutKeepsByWord(_ count: Int) {
        let words = Self.words(3, count)
        var numbers = Numbers(31)
        let x: [Float] = numbers.array(count)
        onEveryInstructionSet { set in
            for probability in [0, 0.1, 0.5, 0.999, 1] {
                var y = [Float](repeating: 9, count: count), wide = [Double](repeating: 9, count: count)
                unroll_dropout(UNROLL_FLOAT32, count, 3, probability, x, &y)
                unroll_dropout(UNROLL_FLOAT64, count, 3, probability, x.map { Double($0) }, &wide)
                let threshold = UInt64(probability * 0x1p32)
                let kept = (0..<count).map { UInt64(words[$0]) >= threshold }
                let scale = 1 / (1 - probability)
                let expected: [Float] = (0..<count).map { kept[$0] ? Float(scale) * x[$0] : 0 }
                let expectedWide: [Double] = (0..<count).map { kept[$0] ? scale * Double(x[$0]) : 0 }
                #expect(y == expected, "\(set) \(probability)")
                #expect(wide == expectedWide, "\(set) \(probability)")
            }
        }
    }

    @Test func threadsChangeNoBit() {
        let threads = unroll_threads()
        defer { unroll_set_threads(threads) }
        let count = 150_001
        var results: [[Float]] = []
        for number in [1, 2, 3] {
            unroll_set_threads(number)
            var y = [Float](repeating: 0, count: count), z = y
            unroll_random_normal(UNROLL_FLOAT32, count, 8, 0, 1, &y)
            unroll_dropout(UNROLL_FLOAT32, count, 9, 0.3, y, &z)
            results.append(y + z)
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }
}
