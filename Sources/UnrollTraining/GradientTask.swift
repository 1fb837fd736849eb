import UnrollData
import UnrollTensors

/// Sequences with a loss at their end, on which gradients are studied: whatever makes batches of one length.
///
/// A task of one's own is a closure:
///
///     let task = GradientTask(name: "waves", features: 6) { number, length, sequences in
///         let (inputs, phase) = …                       // [length, sequences, features], [sequences, 1]
///         return (inputs, { y in mean(square(y - phase.converted(to: y.scalarType))) })
///     }
public struct GradientTask: Sendable {
    /// A batch: inputs [length, sequences, features], and the loss of what a network says at the end, [sequences, outputs], in single or double
    /// precision.
    public typealias Batch = (inputs: Tensor, loss: @Sendable (_ said: Tensor) -> Tensor)

    /// What it is called.
    public let name: String
    /// Numbers of a step.
    public let features: Int
    /// Numbers that are said at the end.
    public let outputs: Int
    /// The batch of a number, which is the same whenever it is asked for.
    public let batch: @Sendable (_ number: Int, _ length: Int, _ sequences: Int) throws -> Batch

    /// A task.
    public init(
        name: String, features: Int, outputs: Int = 1,
        batch: @escaping @Sendable (_ number: Int, _ length: Int, _ sequences: Int) throws -> Batch
    ) {
        self.name = name
        self.features = features
        self.outputs = outputs
        self.batch = batch
    }

    /// The adding problem (Hochreiter & Schmidhuber 1997): two of the numbers are marked, and their sum is to be said.
    public static func adding(seed: UInt64) -> GradientTask {
        GradientTask(name: "the adding problem", features: 2) { number, length, sequences in
            let generator = try AddingGenerator(seed: seed, length: length)
            let batch = NumberBatch((0..<sequences).map { generator.sequence(number * sequences + $0, stream: 1) })
            let targets = Tensor(batch.targets, shape: [sequences, 1])
            return (Tensor(batch.values, shape: [length, sequences, 2]), { mean(square($0 - targets.converted(to: $0.scalarType))) })
        }
    }

    /// A symbol at the beginning, blanks, and the question at the end which one it was: what lies between carries nothing but time.
    public static func recalling(seed: UInt64, symbols: Int = 4) -> GradientTask {
        GradientTask(name: "recalling the first symbol", features: symbols + 1, outputs: symbols) { number, length, sequences in
            let features = symbols + 1
            let key = RandomKey(seed: seed).split(number)
            var values = [Float](repeating: 0, count: length * sequences * features)
            var wanted = [Int32](repeating: 0, count: sequences)
            for sequence in 0..<sequences {
                let symbol = min(Int(key.uniform(sequence) * Double(symbols)), symbols - 1)
                wanted[sequence] = Int32(symbol)
                for step in 0..<length { values[(step * sequences + sequence) * features + (step == 0 ? symbol : symbols)] = 1 }
            }
            return (Tensor(values, shape: [length, sequences, features]), crossEntropy(wanted, classes: symbols))
        }
    }

    /// Whether a program of nothing but brackets is well nested; see `BracketGenerator`. Length must be even, and at least 8.
    public static func brackets(seed: UInt64, depth: Int = 4, kinds: Int = 3) -> GradientTask {
        let features = 2 * kinds
        return GradientTask(name: "nesting of brackets", features: features, outputs: 2) { number, length, sequences in
            let generator = try BracketGenerator(seed: seed, lengths: length...length, depth: depth, kinds: kinds)
            var values = [Float](repeating: 0, count: length * sequences * features)
            let wanted = (0..<sequences).map { sequence -> Int32 in
                let place = number * sequences + sequence
                let programs = generator.programs(place, stream: 1)
                let isCorrect = place.isMultiple(of: 2)
                for (step, bracket) in (isCorrect ? programs.correct : programs.wrong).enumerated() {
                    values[(step * sequences + sequence) * features + 2 * bracket.kind + (bracket.opens ? 0 : 1)] = 1
                }
                return isCorrect ? 1 : 0
            }
            return (Tensor(values, shape: [length, sequences, features]), crossEntropy(wanted, classes: 2))
        }
    }

    /// The mean of −log softmax(said) of the wanted classes.
    private static func crossEntropy(_ wanted: [Int32], classes: Int) -> @Sendable (_ said: Tensor) -> Tensor {
        let share = Float(-1) / Float(wanted.count)
        let chosen = Tensor(wanted.flatMap { want in (0..<classes).map { $0 == Int(want) ? share : 0 } }, shape: [wanted.count, classes])
        return { sum(logSoftmax($0) * chosen.converted(to: $0.scalarType)) }
    }
}
