import UnrollKernels
import UnrollModels
import UnrollTensors

extension Catalogue {
    /// The steps of a Turing machine's heads.
    static let addressings: [CatalogueEntry] = [
        addressed("three shifts", slots: 5, width: 4, shifts: 3), addressed("one shift", slots: 4, width: 3, shifts: 1),
        addressed("as many shifts as slots", slots: 5, width: 2, shifts: 5), addressed("one slot", slots: 1, width: 2, shifts: 1),
        addressed("wider than a vector", slots: 19, width: 17, shifts: 3, sampledElements: 15),
        written("narrow", slots: 5, width: 4), written("wider than a vector", slots: 3, width: 19),
        written("more slots than a vector has numbers", slots: 18, width: 3, sampledElements: 15),
        read("narrow", slots: 5, width: 4), read("wider than a vector", slots: 3, width: 19), read("one slot", slots: 1, width: 2),
        read("more slots than a vector has numbers", slots: 18, width: 3, sampledElements: 15),
    ]

    /// A step of a head.
    static func addressed(
        _ variant: String, slots: Int, width: Int, shifts: Int, sampledElements: Int? = nil
    ) -> CatalogueEntry {
        .function(
            "addressing(memory:said:previous:shifts:)", variant, in: .fused,
            equation: "c = softmax(β cos(key, M)); v = g c + (1 − g) w′; u = s ∗ v; w = u^γ / Σ u^γ",
            inputs: [
                CheckedInput("memory", [2, slots, width]), CheckedInput("said", [2, width + 3 + shifts]),
                CheckedInput("previous", [2, slots], .positive),
            ], sampledElements: sampledElements,
            reference: { [addressingReference(memory: $0[0], said: $0[1], previous: $0[2], shifts: shifts)] },
            { [addressing(memory: $0[0], said: $0[1], previous: $0[2], shifts: shifts)] })
    }

    /// A memory after writing.
    static func written(_ variant: String, slots: Int, width: Int, sampledElements: Int? = nil) -> CatalogueEntry {
        .function(
            "written(_:weights:erase:add:)", variant, in: .fused, equation: "y_i = M_i ⊙ (1 − w_i e) + w_i a",
            inputs: [
                CheckedInput("memory", [2, slots, width]), CheckedInput("weights", [2, slots]), CheckedInput("erase", [2, width]),
                CheckedInput("add", [2, width]),
            ], sampledElements: sampledElements,
            reference: { [writtenReference($0[0], weights: $0[1], erase: $0[2], add: $0[3])] },
            { [UnrollTensors.written($0[0], weights: $0[1], erase: $0[2], add: $0[3])] })
    }

    /// What a head reads.
    static func read(_ variant: String, slots: Int, width: Int, sampledElements: Int? = nil) -> CatalogueEntry {
        .function(
            "read(_:weights:)", variant, in: .fused, equation: "r = Σ w_i M_i",
            inputs: [CheckedInput("memory", [2, slots, width]), CheckedInput("weights", [2, slots])], sampledElements: sampledElements,
            reference: { [readReference($0[0], weights: $0[1])] }, { [UnrollTensors.read($0[0], weights: $0[1])] })
    }

    /// Turing machines with each controller, several heads, and each first memory; every sequence on its own is the reference.
    static let turingMachines: [CatalogueEntry] = [
        machine("LSTM controller, one head each") { _ in },
        machine("feed-forward controller, a random first memory") { ($0.controller, $0.initialMemory) = (.feedForward, .random) },
        machine("two read and two write heads, a learnt first memory") {
            ($0.readHeads, $0.writeHeads, $0.initialMemory) = (2, 2, .learned)
        },
        algorithmNetwork("two LSTM layers") { $0.layers = 2 }, algorithmNetwork("GRU") { $0.cell = .gru },
    ]

    private static func machine(_ variant: String, _ configure: (inout TuringMachineConfiguration) -> Void) -> CatalogueEntry {
        var choices = TuringMachineConfiguration()
        (choices.hidden, choices.slots, choices.width) = (4, 5, 3)
        configure(&choices)
        let configuration = choices
        return .module(
            "TuringMachine", variant, in: .model, equation: "w = addressing(M, W h); M ← M ⊙ (1 − w e) + w a; r = Σ w M; y = W [h; r]",
            inputs: [CheckedInput("inputs", [4, 2, 3])], sampledElements: 40,
            reference: { machine, x, context in
                [concatenated((0..<2).map { machine(x[0].sliced($0..<$0 + 1, axis: 1), context) }, axis: 1)]
            },
            make: { TuringMachine(configuration, inputs: 3, outputs: 2, key: RandomKey(seed: 0), scalarType: $0) }
        ) { machine, x, context in [machine(x[0], context)] }
    }

    private static func algorithmNetwork(_ variant: String, _ configure: (inout ReaderConfiguration) -> Void) -> CatalogueEntry {
        var choices = ReaderConfiguration()
        (choices.hidden, choices.bidirectional) = (3, false)
        configure(&choices)
        let configuration = AlgorithmNetworkConfiguration.recurrent(choices)
        return .module(
            "AlgorithmNetwork", variant, in: .model, equation: "h = layers(x); y(t) = W h(t) + b",
            inputs: [CheckedInput("inputs", [4, 2, 2])],
            reference: { network, x, context in
                [concatenated((0..<2).map { network(x[0].sliced($0..<$0 + 1, axis: 1), context) }, axis: 1)]
            },
            make: { AlgorithmNetwork(configuration, inputs: 2, outputs: 3, key: RandomKey(seed: 0), scalarType: $0) }
        ) { network, x, context in [network(x[0], context)] }
    }
}
