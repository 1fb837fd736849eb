import Foundation
import Testing
import UnrollInsight
import UnrollTensors

@testable import UnrollTraining

@Suite("How gradients vanish and explode") struct GradientExperimentTests {
    private func study(_ task: GradientTask? = nil, length: Int = 40, units: Int = 8, updates: Int = 3) throws -> GradientStudy {
        var experiment = GradientExperiment(task: task, seed: 3)
        (experiment.length, experiment.units, experiment.sequences, experiment.updates) = (length, units, 4, updates)
        return try experiment.run()
    }

    @Test func flowsBeginWithOneAndTellNetworksApart() throws {
        let study = try study(units: 32)
        #expect(study.flows.count == 12)
        #expect(study.flows.allSatisfy { $0.norms.count == 40 && abs($0.norms[0] - 1) < 1e-12 })
        func last(_ network: String, _ start: String) throws -> Double {
            try #require(study.flows.first { $0.network.hasPrefix(network) && $0.initialization.hasPrefix(start) }).norms[39]
        }
        // Gates that are open for as long as it matters keep what the others lose.
        #expect(try last("LSTM, chrono", "orthogonal") > last("LSTM, forget", "orthogonal"))
        #expect(try last("GRU, chrono", "orthogonal") > 10 * last("GRU", "orthogonal"))
        // An orthogonal U, as the identity is one, keeps the norm; tanh' and a rectifier's are at most 1: nothing grows on the way back.
        for network in ["RNN, tanh", "IRNN"] {
            let flow = try #require(study.flows.first { $0.network.hasPrefix(network) && $0.initialization == "orthogonal" })
            #expect(zip(flow.norms, flow.norms.dropFirst()).allSatisfy { $1 <= $0 * (1 + 1e-9) })
            #expect(flow.norms[39] > 0)
        }
    }

    @Test func runsShareTheirStartAndTheSameSettingsGiveTheSameNumbers() throws {
        let first = try study()
        #expect(Set(first.runs.map { $0.losses[0] }).count == 1)
        // A run ends early where it has no numbers any more.
        #expect(first.runs.allSatisfy { (1...3).contains($0.losses.count) })
        #expect(first.runs.allSatisfy { $0.weightNorms.count == $0.losses.count && $0.gradientNorms.count == $0.losses.count })
        #expect(first.runs.map(\.clipNorm) == [nil, 1, nil])
        #expect(try study() == first)
    }

    @Test func anyTaskCanBeStudied() throws {
        let recalling = try study(.recalling(seed: 1), length: 6)
        #expect(recalling.task == "recalling the first symbol")
        // An untrained network knows nothing of four symbols: about log 4 nats.
        let loss = try #require(recalling.runs[0].losses[0])
        #expect(loss > 0.7 && loss < 3)
        let own = GradientTask(name: "ones", features: 1) { _, length, sequences in
            (Tensor(repeating: 1, shape: [length, sequences, 1]), { mean(square($0)) })
        }
        #expect(try study(own, length: 5).flows.count == 12)
    }

    @Test func aBatchOfRecallingHasItsSymbolFirst() throws {
        let (inputs, _) = try GradientTask.recalling(seed: 1, symbols: 3).batch(0, 4, 5)
        #expect(inputs.shape == [4, 5, 4])
        let first = inputs.at(0).doubles
        for row in 0..<5 { #expect(first[row * 4..<row * 4 + 3].reduce(0, +) == 1 && first[row * 4 + 3] == 0) }
        #expect((1..<4).allSatisfy { step in (0..<5).allSatisfy { inputs.at(step).doubles[$0 * 4 + 3] == 1 } })
    }

    @Test func aBatchOfBracketsHasOneBracketAStepAndHalfOfItIsWellNested() throws {
        let (inputs, loss) = try GradientTask.brackets(seed: 1, kinds: 2).batch(0, 12, 6)
        #expect(inputs.shape == [12, 6, 4])
        let values = inputs.doubles
        for sequence in 0..<6 {
            var open: [Int] = []
            var isWellNested = true
            for step in 0..<12 {
                let bracket = values[(step * 6 + sequence) * 4..<(step * 6 + sequence + 1) * 4]
                #expect(bracket.reduce(0, +) == 1)
                let place = try #require(bracket.firstIndex(of: 1)) - bracket.startIndex
                if place.isMultiple(of: 2) { open.append(place) } else if open.popLast() != place - 1 { isWellNested = false }
            }
            #expect(isWellNested == sequence.isMultiple(of: 2))
        }
        // Whoever is sure of the even ones is right.
        let said: [Double] = (0..<6).flatMap { $0.isMultiple(of: 2) ? [-50, 50] : [50, -50] as [Double] }
        #expect(loss(Tensor(said, shape: [6, 2], scalarType: .float64)).doubles[0] < 1e-12)
        #expect(throws: (any Error).self) { try GradientTask.brackets(seed: 1).batch(0, 7, 2) }
    }
}
