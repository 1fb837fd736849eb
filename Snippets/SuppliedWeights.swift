// A hypernetwork that supplies a GRU cell's weights: a step is a pure function of its weights, so another network may compute them. Here one
// network makes a GRU for each of three languages from an embedding of the language; each then reads dates of its own and says the month.
import Unroll

// snippet.show
struct Polyglot: Module {
    static let locales = ["en-US", "de", "fr"]
    let languages: Embedding
    let maker: Linear
    let characters: Embedding
    let cell: GRUCell
    let output: Linear

    init(key: RandomKey) {
        // The cell says how a step is made; its own weights stay unused, so they may be blank.
        cell = GRUCell(12, 24, key: .blank)
        languages = Embedding(vocabulary: Self.locales.count, width: 4, key: key.split(0))
        maker = Linear(4, 3 * 24 * (12 + 24 + 1), key: key.split(1))
        characters = Embedding(vocabulary: 256, width: 12, key: key.split(2))
        output = Linear(24, 12, key: key.split(3))
    }

    /// The weights of a language's GRU.
    func weights(_ language: Int, _ context: Context) -> GateWeights {
        let made = maker(languages(Tensor([Int32(language)], shape: [1]), context), context).reshaped(to: [72, 37])
        return GateWeights(
            input: made.sliced(0..<12, axis: 1), hidden: made.sliced(12..<36, axis: 1),
            bias: made.sliced(36..<37, axis: 1).reshaped(to: [72]))
    }

    /// The logarithms of the months' probabilities.
    func callAsFunction(_ date: DateExample, _ context: Context) -> Tensor {
        let text = date.source.utf8.map { Int32($0) }
        let inputs = characters(Tensor(text, shape: [text.count, 1]), context)
        let weights = weights(Self.locales.firstIndex(of: date.locale)!, context)
        let (_, state) = cell.sequence(inputs, cell.zeroState(batch: 1, like: inputs), weights, .init(), context)
        return logSoftmax(output(state.hidden, context))
    }

    func visit(_ visitor: inout ParameterVisitor) {
        visitor("languages", languages)
        visitor("maker", maker)
        visitor("characters", characters)
        visitor("output", output)
    }
}

func month(_ date: DateExample) -> Int { Int(date.target.dropFirst(5).prefix(2))! - 1 }

let network = Polyglot(key: RandomKey(seed: 1))
let dates = try DateGenerator(seed: 1, locales: Polyglot.locales.map { DateLocale($0) }, styles: [.long])
let optimizer = Optimizer(OptimizerSettings(), network.parameters)
let examples = try dates.examples(count: 2400, split: .training)
for start in stride(from: 0, to: examples.count, by: 8) {
    let (_, gradients, _) = valueAndGradients(of: network) { context in
        let losses = examples[start..<start + 8].map { -network($0, context).at(month($0), axis: 1) }
        return (loss: sum(concatenated(losses, axis: 0)) / 8, extra: ())
    }
    optimizer.update(gradients, rate: 0.003, scale: gradients.clippingFactor(limit: 1))
}

let unseen = try dates.examples(count: 150, split: .heldOut)
let right = unseen.filter { Int(network($0, .inference()).argmax().tokens[0]) == month($0) }
print("\(right.count) of \(unseen.count) dates in \(Polyglot.locales.count) languages that it has never seen")
