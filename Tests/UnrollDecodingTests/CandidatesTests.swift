import Testing
import UnrollTensors

@testable import UnrollDecoding

@Suite("The best continuations") struct CandidatesTests {
    typealias Candidate = Candidates.Candidate

    /// All of them, sorted.
    private func sorted(_ rows: [[Float]], to totals: [Double], except barred: [Int32]) -> [Candidate] {
        var all: [Candidate] = []
        for (beam, row) in rows.enumerated() {
            for (token, value) in row.enumerated() where (totals[beam] + Double(value)).isFinite && !barred.contains(Int32(token)) {
                all.append(Candidate(beam: beam, token: Int32(token), logProbability: totals[beam] + Double(value)))
            }
        }
        return all.sorted { ($1.logProbability, $0.beam, $0.token) < ($0.logProbability, $1.beam, $1.token) }
    }

    private func found(_ rows: [[Float]], to totals: [Double], except barred: [Int32], wanted: Int) -> [Candidate] {
        var candidates = Candidates(wanted: wanted)
        for (beam, row) in rows.enumerated() {
            row.withUnsafeBufferPointer { candidates.add($0, to: totals[beam], beam: beam, except: barred) }
        }
        return candidates.best
    }

    /// Coarse numbers, so that many are equal, and fine ones; among them some that are none.
    @Test(arguments: [1, 3, 15, 16, 17, 40, 101], [1, 2, 8, 1_000])
    func areThoseOfSorting(_ vocabulary: Int, _ wanted: Int) {
        for (place, scale) in [1.0, 1e3, 1e-6].enumerated() {
            let key = RandomKey(seed: 3).split(vocabulary).split(place)
            let rows = (0..<4).map { row -> [Float] in
                let draws = Tensor.uniform([vocabulary], in: -8..<0, key: key.split(row)).floats
                return draws.enumerated().map { index, value in
                    switch (index + row) % 7 {
                    case 0: value.rounded()
                    case 1: -.infinity
                    case 2: .nan
                    default: value
                    }
                }
            }
            let totals = [0, -1, -1, -2.5].map { $0 * scale }
            for barred in [[], [0, 4, 17, 39]] as [[Int32]] {
                #expect(
                    found(rows, to: totals, except: barred, wanted: wanted)
                        == Array(sorted(rows, to: totals, except: barred).prefix(wanted)))
            }
        }
    }

    @Test func ofNothingThereIsNone() {
        #expect(found([[-.infinity, .nan]], to: [0], except: [], wanted: 2).isEmpty)
        #expect(found([[-1, -2]], to: [0], except: [0, 1], wanted: 2).isEmpty)
    }
}
