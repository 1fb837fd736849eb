import Testing

@testable import UnrollInsight

@Suite("The scale of an axis") struct ChartScaleTests {
    @Test func roundNumbersAroundTheValues() {
        let scale = ChartScale([5, 80], range: nil, intervals: 8)
        #expect(scale.domain == 0...80)
        #expect(scale.ticks == [0, 10, 20, 30, 40, 50, 60, 70, 80])
        #expect(scale.ticks.map(scale.label) == ["0", "10", "20", "30", "40", "50", "60", "70", "80"])
        #expect([0, 20, 60, 80].map(scale.position) == [0, 0.25, 0.75, 1])
    }

    @Test func aGivenRangeIsKept() {
        let scale = ChartScale([5, 900], range: 3...17, intervals: 5)
        #expect(scale.domain == 3...17)
        #expect(scale.ticks == [5, 10, 15])
        #expect(!scale.contains(2.9) && scale.contains(3) && scale.contains(17) && !scale.contains(17.1))
    }

    @Test func decimalsTellTicksApart() {
        let scale = ChartScale([0.1, 0.3], range: nil, intervals: 4)
        #expect(scale.ticks.map(scale.label) == ["0.10", "0.15", "0.20", "0.25", "0.30"])
        let signed = ChartScale([-0.2, 0.2], range: nil, intervals: 4)
        #expect(signed.ticks.map(signed.label) == ["−0.2", "−0.1", "0.0", "0.1", "0.2"])
    }

    private static let valueSets: [[Double]] = [
        [], [0], [7], [-3], [1e-12], [1e299, -1e299], [1e16, 1e16 + 2], [3, 3 + 1e-12], [1e-300, 2e-300], [0, .leastNonzeroMagnitude],
        [-1e9, 1e9],
    ]

    @Test(arguments: valueSets) func everySetOfValuesHasAScale(_ values: [Double]) throws {
        for range in [nil, values.min().map { $0...($0 + 1) }] {
            let scale = ChartScale(values, range: range, intervals: 5)
            #expect(scale.domain.lowerBound < scale.domain.upperBound)
            #expect((1...12).contains(scale.ticks.count), "\(scale.ticks)")
            for tick in scale.ticks {
                #expect(scale.position(tick) > -1e-6 && scale.position(tick) < 1 + 1e-6)
                #expect(!scale.label(tick).isEmpty)
            }
            if range == nil {
                for value in values { #expect(scale.contains(value), "\(value) in \(scale.domain)") }
            }
        }
    }

    @Test func equalRatiosAreEqualDistances() {
        let scale = ChartScale(logarithmic: [64, 2048, 37, 650], range: nil)
        #expect(scale.domain == 37...2048)
        #expect(scale.ticks == [50, 100, 200, 500, 1000, 2000])
        #expect(scale.ticks.map(scale.label) == ["50", "100", "200", "500", "1000", "2000"])
        #expect(scale.position(37) == 0 && scale.position(2048) == 1)
        #expect(abs(scale.position(200) - scale.position(100) - (scale.position(1000) - scale.position(500))) < 1e-12)
        #expect(!scale.contains(0) && !scale.contains(36) && scale.contains(2048))
        #expect(ChartScale(logarithmic: [10, 10_000, 1], range: nil).ticks == [1, 10, 100, 1000, 10_000])
        #expect(ChartScale(logarithmic: [3], range: 1...100).ticks == [1, 2, 5, 10, 20, 50, 100])
    }

    @Test(arguments: valueSets + [[1e-300, 1e300], [1, 1e9]]) func everySetOfValuesHasALogarithmicScale(_ values: [Double]) {
        for range in [nil, 0.0...5.0] {
            let scale = ChartScale(logarithmic: values, range: range)
            #expect(scale.domain.lowerBound > 0 && scale.domain.lowerBound < scale.domain.upperBound)
            #expect(scale.ticks.count <= 12, "\(scale.ticks)")
            for tick in scale.ticks { #expect((-1e-6...1 + 1e-6).contains(scale.position(tick))) }
            if range == nil {
                for value in values { #expect(scale.contains(value) == (value >= 1e-300), "\(value) in \(scale.domain)") }
            }
        }
    }

    @Test func numbersToRead() {
        #expect([0, 5, -12, 98.7654, 0.000123456, 1e12].map(ChartScale.plain) == ["0", "5", "−12", "98.77", "0.0001235", "1e+12"])
    }
}

@Suite("The places of labels") struct LabelPlacementTests {
    @Test func labelsWithRoomStayWhereTheyWant() {
        #expect(LabelPlacement.spread([50, 10, 90], gap: 18, bounds: 0...100) == [50, 10, 90])
        #expect(LabelPlacement.spread([], gap: 18, bounds: 0...100) == [])
    }

    @Test func neighboursShareTheMove() {
        #expect(LabelPlacement.spread([50, 50], gap: 20, bounds: 0...100) == [40, 60])
        #expect(LabelPlacement.spread([52, 50, 51], gap: 20, bounds: 0...100) == [71, 31, 51])
        // The third is pushed by the first two, who would have stood at 40 and 60.
        #expect(LabelPlacement.spread([50, 50, 62], gap: 20, bounds: 0...100) == [34, 54, 74])
    }

    @Test func boundsAreKept() {
        #expect(LabelPlacement.spread([0, 0, 0], gap: 20, bounds: 0...100) == [0, 20, 40])
        #expect(LabelPlacement.spread([100, 95, 3], gap: 20, bounds: 0...100) == [100, 80, 3])
        #expect(LabelPlacement.spread([5, 5, 5], gap: 20, bounds: 0...30) == [0, 20, 40])
    }

    @Test func theDisplacementIsTheLeast() {
        var state: UInt64 = 7
        func draw() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24) * 60
        }
        for _ in 0..<50 {
            let wishes = [draw(), draw(), draw()]
            let found = LabelPlacement.spread(wishes, gap: 15, bounds: 0...60)
            func cost(_ places: [Double]) -> Double { zip(places, wishes).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
            let sorted = found.sorted()
            #expect(sorted[0] >= 0 && sorted[2] <= 60 && sorted[1] - sorted[0] > 15 - 1e-9 && sorted[2] - sorted[1] > 15 - 1e-9)
            // No placement on a grid of half units does better.
            let order = [0, 1, 2].sorted { wishes[$0] < wishes[$1] }
            var best = Double.infinity
            for first in 0...60 {
                for second in (first + 30)...max(first + 30, 120) where second <= 120 {
                    for third in (second + 30)...max(second + 30, 120) where third <= 120 {
                        var places = [0.0, 0, 0]
                        for (rank, value) in [first, second, third].enumerated() { places[order[rank]] = Double(value) / 2 }
                        best = min(best, cost(places))
                    }
                }
            }
            #expect(cost(found) <= best + 1e-9)
        }
    }
}
