// Composes a recurrent network of parts of one's own and trains it on sequences of any length: it reads a date character by character, as
// "Saturday, March 4, 1989", and says which month it is.
import Unroll

// snippet.show
/// g: two layers over the input and the state before it, added to that state.
struct DeepTransition: RecurrentCell {
    let inner: Linear
    let outer: Linear
    let inputSize: Int
    let hiddenSize: Int

    init(_ inputSize: Int, _ hiddenSize: Int, key: RandomKey) {
        (self.inputSize, self.hiddenSize) = (inputSize, hiddenSize)
        inner = Linear(inputSize + hiddenSize, 2 * hiddenSize, key: key.split(0))
        outer = Linear(2 * hiddenSize, hiddenSize, key: key.split(1))
    }

    func step(_ h: Tensor, _ z: RecurrentState, _ weights: Void, _ context: Context) -> (output: Tensor, state: RecurrentState) {
        let next = tanh(z.hidden + outer(relu(inner(concatenated([h, z.hidden], axis: 1), context)), context))
        return (next, z.map { _ in next })
    }

    func visit(_ visitor: inout ParameterVisitor) {
        visitor("inner", inner)
        visitor("outer", outer)
    }
}

let key = RandomKey(seed: 1)
let network = UnrolledNetwork(
    encoder: Embedding(vocabulary: 256, width: 16, key: key.split(0)), cell: DeepTransition(16, 32, key: key.split(1)),
    decoder: Linear(32, 12, key: key.split(2)), initialState: .learned)

/// The logarithms of the months' probabilities, after as many steps as the text has bytes.
func months(_ date: DateExample, _ context: Context) -> Tensor {
    let characters = date.source.utf8.lazy.map { Tensor([Int32($0)], shape: [1]) }
    return logSoftmax(network(characters, context).outputs.last!)
}

func month(_ date: DateExample) -> Int { Int(date.target.dropFirst(5).prefix(2))! - 1 }

let dates = try DateGenerator(seed: 1, locales: [DateLocale("en-US")], styles: [.medium, .long])
let optimizer = Optimizer(OptimizerSettings(), network.parameters)
let examples = try dates.examples(count: 4000, split: .training)
for start in stride(from: 0, to: examples.count, by: 8) {
    let (_, gradients, _) = valueAndGradients(of: network) { context in
        let losses = examples[start..<start + 8].map { -months($0, context).at(month($0), axis: 1) }
        return (loss: sum(concatenated(losses, axis: 0)) / 8, extra: ())
    }
    optimizer.update(gradients, rate: 0.002, scale: gradients.clippingFactor(limit: 1))
}

let unseen = try dates.examples(count: 100, split: .heldOut)
let right = unseen.filter { Int(months($0, .inference()).argmax().tokens[0]) == month($0) }
print("\(right.count) of \(unseen.count) dates that it has never seen, of \(Set(unseen.map(\.source.utf8.count)).count) lengths")
