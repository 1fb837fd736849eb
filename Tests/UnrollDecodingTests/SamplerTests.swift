import Foundation
import Testing

@testable import UnrollDecoding

@Suite("Drawing tokens") struct SamplerTests {
    private let logProbabilities: [Float] = [0.1, 0.4, 0.05, 0.3, 0.15].map { Float(log($0)) }

    private func shares(
        _ logProbabilities: [Float], forbidden: [Int32] = [], _ change: (inout SamplingOptions) -> Void
    ) -> [Double] {
        var options = SamplingOptions()
        change(&options)
        let sampler = Sampler(options, forbidden: forbidden)
        let count = 20_000
        var hits = [Double](repeating: 0, count: logProbabilities.count)
        for place in 0..<count { hits[Int(sampler.token(logProbabilities, at: place) ?? -1)] += 1 / Double(count) }
        return hits
    }

    /// The deviation of a share is at most 0.0036, so 0.015 is more than four of them; the seed is fixed.
    private func expect(_ shares: [Double], _ expected: [Double], _ location: SourceLocation = #_sourceLocation) {
        for (share, wanted) in zip(shares, expected) {
            if wanted == 0 { #expect(share == 0, sourceLocation: location) }
            #expect(abs(share - wanted) < 0.015, sourceLocation: location)
        }
    }

    @Test func followsTheProbabilities() {
        expect(shares(logProbabilities) { _ in }, [0.1, 0.4, 0.05, 0.3, 0.15])
    }

    @Test func temperatureSharpensAndFlattens() {
        let powers = [0.1, 0.4, 0.05, 0.3, 0.15].map { $0 * $0 }
        let sum = powers.reduce(0, +)
        expect(shares(logProbabilities) { $0.temperature = 0.5 }, powers.map { $0 / sum })
        expect(shares(logProbabilities) { $0.temperature = 1e9 }, [0.2, 0.2, 0.2, 0.2, 0.2])
        expect(shares(logProbabilities) { $0.temperature = 0 }, [0, 1, 0, 0, 0])
        expect(shares(logProbabilities) { $0.temperature = 1e-9 }, [0, 1, 0, 0, 0])
    }

    @Test func onlyTheLikeliest() {
        expect(shares(logProbabilities) { $0.topK = 2 }, [0, 4 / 7.0, 0, 3 / 7.0, 0])
        expect(shares(logProbabilities) { $0.topK = 100 }, [0.1, 0.4, 0.05, 0.3, 0.15])
        expect(shares(logProbabilities) { $0.topK = 1 }, [0, 1, 0, 0, 0])
    }

    @Test func theNucleusIsTheFewestThatReachTheShare() {
        expect(shares(logProbabilities) { $0.topP = 0.39 }, [0, 1, 0, 0, 0])
        expect(shares(logProbabilities) { $0.topP = 0.69 }, [0, 4 / 7.0, 0, 3 / 7.0, 0])
        expect(shares(logProbabilities) { $0.topP = 0.71 }, [0, 8 / 17.0, 0, 6 / 17.0, 3 / 17.0])
        // Of the two that are left, the first alone has 4/7.
        expect(shares(logProbabilities) { ($0.topK, $0.topP) = (2, 0.5) }, [0, 1, 0, 0, 0])
    }

    @Test func equalOnesAreTakenInTheirOrder() {
        let equal: [Float] = [-1, -1, -1]
        expect(shares(equal) { $0.temperature = 0 }, [1, 0, 0])
        expect(shares(equal) { $0.topK = 2 }, [0.5, 0.5, 0])
    }

    @Test func forbiddenAndImpossibleOnesNeverCome() {
        expect(shares(logProbabilities, forbidden: [1, 3]) { _ in }, [1 / 3.0, 0, 1 / 6.0, 0, 0.5])
        expect(shares([-.infinity, 0, .nan]) { _ in }, [0, 1, 0])
        #expect(Sampler(SamplingOptions(), forbidden: [0]).token([0, .nan, -.infinity], at: 3) == nil)
        #expect(Sampler(SamplingOptions()).token([], at: 0) == nil)
    }

    @Test func aFunctionOfSeedSampleAndPlace() {
        let draw = { (seed: UInt64, sample: Int) in
            var options = SamplingOptions()
            options.seed = seed
            let sampler = Sampler(options, sample: sample)
            return (0..<40).map { sampler.token(logProbabilities, at: $0) }
        }
        #expect(draw(1, 0) == draw(1, 0))
        #expect(draw(1, 0) != draw(2, 0))
        #expect(draw(1, 0) != draw(1, 1))
        #expect(Set(draw(1, 0)).count > 1)
    }
}
