import Testing
import UnrollBenchmarks
import UnrollTensors

/// Both sides of a comparison of speeds compute the same thing.
@Suite struct PeerTests {
    @Test(arguments: GoldenFile<GoldenSteps>.cases("steps"))
    func theFirstStepsGiveWhatTheyGiveInPyTorch(_ golden: GoldenSteps) throws {
        let prepared = try Workload(named: golden.workload).prepared()
        let names = prepared.parameters.map(\.name)
        #expect(names.sorted() == golden.parameters.map(\.name).sorted())
        for parameter in golden.parameters {
            let place = try #require(names.firstIndex(of: parameter.name))
            #expect(prepared.parameters[place].parameter.shape.array == parameter.shape)
            prepared.parameters[place].parameter.set(parameter.tensor)
        }
        #expect(golden.results.count == 4)
        for (step, expected) in golden.results.enumerated() {
            let found = prepared.step().result()
            #expect(abs(found - expected) < 2e-5 * max(1e-3, abs(expected)), "step \(step): \(found) instead of \(expected)")
        }
    }

    /// What trains gives another loss at each step: a result that stood still would hide a step that does nothing.
    @Test func whatTrainsMoves() {
        for golden in GoldenFile<GoldenSteps>.cases("steps") where golden.workload.hasPrefix("lm-") || golden.workload.hasPrefix("seq2seq")
        {
            for (one, next) in zip(golden.results, golden.results.dropFirst()) { #expect(abs(one - next) > 1e-4, "\(golden.workload)") }
        }
    }

    @Test(arguments: GoldenFile<GoldenSizes>.cases("sizes"))
    func bothSidesHaveTheSameSizes(_ golden: GoldenSizes) throws {
        let workload = try Workload(named: golden.workload)
        #expect(workload.sizes.map(\.name) == golden.sizes)
        #expect(workload.sizes.map(\.value) == golden.values)
        #expect(workload.operations == golden.operations)
        guard golden.workload != "bandwidth" else { return }
        #expect(workload.prepared(key: .blank).parameters.reduce(0) { $0 + $1.parameter.shape.count } == golden.learnt)
    }

    /// The lecture's variant of the reset gate is the one workload that PyTorch does not have.
    @Test func everyWorkloadHasItsPeer() {
        let peers = GoldenFile<GoldenSizes>.cases("sizes").map(\.workload)
        #expect(Workload.all.map(\.name).filter { $0 != "lm-char-gru256-lecture" } == peers)
    }
}
