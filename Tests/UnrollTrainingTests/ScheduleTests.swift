import Foundation
import Testing

@testable import UnrollTraining

@Suite("Schedules") struct ScheduleTests {
    struct Case: Decodable {
        struct Options: Decodable {
            let base: Double
            let factor: Double?
            let every: Int?
            let warmup: Int?
            let size: Double?
            let total: Int?
            let floor: Double?
            let patience: Int?
            let minimum: Double?
            let losses: [Double]?
        }

        let name: String
        let options: Options
        let steps: [Int]
        let rates: [Double]
    }

    static func golden(_ name: String) throws -> Case {
        try #require(try GoldenFile<Case>.cases("schedules").first { $0.name.hasPrefix(name) })
    }

    /// Zaremba 2014: "we train for 4 epochs with a learning rate of 1, and then decrease it by a factor of 2 after each epoch".
    @Test func holdsTheRateForSomeEpochsAndThenReducesIt() {
        var schedule = Schedule()
        schedule.kind = .epoch
        schedule.hold = 4
        let factors = (1...7).map { schedule.factor(step: 100 * $0, totalSteps: 700, epoch: $0, reductions: 0) }
        #expect(factors == [1, 1, 1, 1, 0.5, 0.25, 0.125])
        schedule.minimum = 0.2
        #expect(schedule.factor(step: 700, totalSteps: 700, epoch: 7, reductions: 0) == 0.2)
    }

    @Test(arguments: ["constant", "step", "inverse_square_root", "noam", "cosine"])
    func followsItsFormula(_ name: String) throws {
        let golden = try Self.golden(name)
        let options = golden.options
        var schedule = Schedule()
        var base = options.base
        schedule.kind = Schedule.Kind(rawValue: name) ?? .inverseSquareRoot
        schedule.factor = options.factor ?? schedule.factor
        schedule.every = options.every ?? schedule.every
        schedule.warmup = options.warmup ?? 0
        schedule.minimum = (options.floor ?? 0) / base
        // Vaswani's rate is this one times what it is at its peak.
        if let size = options.size { base *= (size * Double(schedule.warmup)).squareRoot().reciprocal }
        let rates = golden.steps.map { base * schedule.factor(step: $0, totalSteps: options.total ?? 20, reductions: 0) }
        #expect(rates.count == 20)
        expectClose(rates, golden.rates, tolerance: 1e-15, name)
    }

    @Test func aStepLastsAsManyUpdatesAsItSays() {
        var schedule = Schedule()
        schedule.kind = .step
        schedule.every = 3
        let factors = { (1...9).map { schedule.factor(step: $0, totalSteps: 9, reductions: 0) } }
        #expect(factors() == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25])
        schedule.warmup = 2
        #expect(factors() == [0.5, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25])
        schedule.minimum = 0.4
        #expect(factors() == [0.5, 1, 1, 1, 0.5, 0.5, 0.5, 0.4, 0.4])
    }

    @Test func noUpdateOfACosineIsWasted() {
        var schedule = Schedule()
        schedule.kind = .cosine
        schedule.warmup = 4
        let factors = (1...8).map { schedule.factor(step: $0, totalSteps: 8, reductions: 0) }
        #expect(factors[0] == 0.25)
        #expect(factors[3] == 1)
        let curve: [Double] = (0..<5).map { (1 + cos(Double.pi * Double($0) / 5)) / 2 }
        expectClose(factors, [0.25, 0.5, 0.75] + curve, tolerance: 1e-15, "cosine")
        #expect(factors[7] > 0.09)
    }

    @Test(arguments: Schedule.Kind.allCases)
    func warmsUpFromTheFirstUpdate(_ kind: Schedule.Kind) {
        var schedule = Schedule()
        schedule.kind = kind
        schedule.warmup = 5
        #expect((1...5).map { schedule.factor(step: $0, totalSteps: 100, reductions: 0) } == [0.2, 0.4, 0.6, 0.8, 1])
        #expect(schedule.factor(step: 6, totalSteps: 100, reductions: 0) <= 1)
        #expect(schedule.factor(step: 100, totalSteps: 5, reductions: 0) >= 0)
    }

    @Test func whatCannotBeIsRefused() {
        func said(_ json: String) -> String {
            do {
                _ = try JSONDecoder().decode(Schedule.self, from: Data(json.utf8))
                return "no error"
            } catch DecodingError.dataCorrupted(let context) {
                return context.debugDescription
            } catch {
                return "\(error)"
            }
        }
        #expect(said("{}") == "no error")
        #expect(said(#"{"kind":"inverse_square_root"}"#) == "must be at least 1 for 'inverse_square_root'")
        #expect(said(#"{"minimum":1.5}"#) == "must be in 0…1, not 1.5")
        #expect(said(#"{"every":0}"#) == "must be at least 1, not 0")
    }
}

extension Double {
    fileprivate var reciprocal: Double { 1 / self }
}
