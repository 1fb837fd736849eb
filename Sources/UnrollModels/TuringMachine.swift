import Foundation
import UnrollKernels
import UnrollModules
import UnrollTensors

/// A neural Turing machine: a network with a memory that it reads and writes at every step, by content and by place. Graves 2014.
///
///     h = controller([x; r′], h′);   each head says where it attends next, w (see `addressing`);
///     a write head also says what to erase, e = σ, and what to add:  M_i ← M_i ⊙ (1 − w_i e) + w_i a;
///     a read head reads what the step before has left:  r = Σ w_i M_i;   y = W [h; r] + b
///
/// At each step the write heads come first, so that what a step has written can be read at once. Several write heads erase first and add afterwards, so
/// their order does not count.
public struct TuringMachine: Module {
    /// What the machine is made of.
    public let configuration: TuringMachineConfiguration
    /// Numbers of x(t).
    public let inputs: Int
    /// Numbers of y(t).
    public let outputs: Int
    /// The controller that is an LSTM.
    package let cell: LSTMCell?
    /// The controller that is a layer.
    package let layer: Linear?
    /// What the heads are told.
    package let heads: Linear
    /// The layer to y.
    package let output: Linear
    /// M(−1), [slots, width], where it is learnt.
    private let memory: Parameter?
    /// What was read before the first step, [reads · width].
    private let reads: Parameter
    /// log w(−1) of each head up to a constant, [heads, slots].
    private let places: Parameter
    private let scalarType: ScalarType

    /// A machine with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - inputs: numbers of a step's input.
    ///   - outputs: numbers of a step's output.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(
        _ configuration: TuringMachineConfiguration, inputs: Int, outputs: Int, key: RandomKey, scalarType: ScalarType = .float32
    ) {
        self.configuration = configuration
        self.inputs = inputs
        self.outputs = outputs
        self.scalarType = scalarType
        let (hidden, width, slots) = (configuration.hidden, configuration.width, configuration.slots)
        let seen = inputs + configuration.readHeads * width
        switch configuration.controller {
        case .lstm:
            cell = LSTMCell(seen, hidden, key: key.split(0), scalarType: scalarType)
            layer = nil
        case .feedForward:
            cell = nil
            layer = Linear(seen, hidden, key: key.split(0), scalarType: scalarType)
        }
        heads = Linear(hidden, configuration.saidToHeads, key: key.split(1), scalarType: scalarType)
        output = Linear(hidden + configuration.readHeads * width, outputs, key: key.split(2), scalarType: scalarType)
        memory =
            configuration.initialMemory == .learned
            ? Parameter(.normal([slots, width], deviation: 0.1, key: key.split(3), scalarType)) : nil
        reads = Parameter(.normal([configuration.readHeads * width], deviation: 0.1, key: key.split(4), scalarType))
        // A head that attends to all slots alike can neither shift nor address by content, since they all hold the same: each begins at the first slot.
        let count = configuration.readHeads + configuration.writeHeads
        let first = Tensor((0..<slots).map { $0 == 0 ? Float(log(20 * Double(slots))) : 0 }, shape: [1, slots])
        places = Parameter(
            (Tensor.normal([count, slots], deviation: 0.1, key: key.split(5)) + first).converted(to: scalarType))
    }

    /// What a run has done at a step.
    public struct Step: Sendable {
        /// M after writing, [batch, slots, width].
        public let memory: Tensor
        /// Where each head wrote, [batch, slots].
        public let writes: [Tensor]
        /// What each write head erased, 0 … 1, [batch, width].
        public let erased: [Tensor]
        /// What each write head added, [batch, width].
        public let added: [Tensor]
        /// Where each head read, [batch, slots].
        public let reads: [Tensor]
        /// What the read heads read, one after the other, [batch, reads · width].
        public let read: Tensor
    }

    /// Runs over whole sequences.
    ///
    /// - Parameters:
    ///   - inputs: [time, batch, inputs].
    ///   - context: of this call; draws a first memory that is random.
    ///   - observe: is shown each step.
    /// - Returns: y of each step before any non-linearity, [time, batch, outputs].
    public func callAsFunction(_ inputs: Tensor, _ context: Context, observe: ((Step) -> Void)? = nil) -> Tensor {
        let (time, batch) = (inputs.shape[0], inputs.shape[1])
        var state = start(batch: batch, context)
        let controller = bound(context)
        // What does not hang on the memory is projected for all steps at once.
        let projected = controller.project(inputs, 0..<self.inputs, true)
        let columns = self.inputs..<self.inputs + configuration.readHeads * configuration.width
        var shown: [Tensor] = []
        for step in 0..<time {
            let seen = projected.at(step) + controller.project(state.reads, columns, false)
            let (hidden, next) = controller.advance(seen, state.controller)
            state.controller = next
            let (erased, added) = advance(&state, told: heads(hidden, context), context)
            observe?(
                Step(
                    memory: state.memory, writes: Array(state.places[..<configuration.writeHeads]), erased: erased, added: added,
                    reads: Array(state.places[configuration.writeHeads...]), read: state.reads))
            shown.append(concatenated([hidden, state.reads], axis: 1))
        }
        return output(stacked(shown), context)
    }

    private struct State {
        var memory: Tensor
        var reads: Tensor
        /// Of the write heads, then of the read heads.
        var places: [Tensor]
        var controller: RecurrentState
    }

    /// The controller with its weights of one call: what its input is multiplied by, and its step.
    private func bound(
        _ context: Context
    ) -> (
        project: (Tensor, Range<Int>, Bool) -> Tensor, advance: (Tensor, RecurrentState) -> (output: Tensor, state: RecurrentState)
    ) {
        if let cell {
            let weights = cell.bound(to: cell.weights(context))
            return ({ weights.project($0, columns: $1, addsBias: $2) }, { weights.advance($0, $1) })
        }
        return (
            { layer?($0, context, columns: $1, addsBias: $2) ?? $0 }, { (tanh($0), $1) }
        )
    }
}

extension TuringMachine {
    private func start(batch: Int, _ context: Context) -> State {
        let (slots, width) = (configuration.slots, configuration.width)
        let count = configuration.readHeads + configuration.writeHeads
        let first: Tensor =
            switch configuration.initialMemory {
            case .constant: Tensor(repeating: 1e-6, shape: [batch, slots, width], scalarType: scalarType)
            case .random where context.isTraining:
                .normal([batch, slots, width], deviation: 0.5, key: context.nextKey()).converted(to: scalarType)
            // In use every sequence begins with the same memory, whatever stands beside it.
            case .random:
                .normal([slots, width], deviation: 0.5, key: RandomKey(seed: 0)).converted(to: scalarType)
                    + .zeros([batch, slots, width], scalarType)
            case .learned:
                memory.map { context[$0] + .zeros([batch, slots, width], scalarType) } ?? .zeros([batch, slots, width], scalarType)
            }
        let weights = softmax(context[places])
        return State(
            memory: first, reads: tanh(context[reads]) + .zeros([batch, configuration.readHeads * width], scalarType),
            places: (0..<count).map { weights.at($0) + .zeros([batch, slots], scalarType) },
            controller: cell?.zeroState(batch: batch, like: first) ?? RecurrentState(names: [], tensors: []))
    }

    /// Lets every head do what it is told, and says what the write heads erased and added.
    private func advance(_ state: inout State, told: Tensor, _ context: Context) -> (erased: [Tensor], added: [Tensor]) {
        let (width, shifts, writeHeads) = (configuration.width, configuration.shifts, configuration.writeHeads)
        let addressed = width + 3 + shifts
        var next = 0
        func part(_ count: Int) -> Tensor {
            defer { next += count }
            return told.sliced(next..<next + count, axis: 1)
        }
        var (erased, added): ([Tensor], [Tensor]) = ([], [])
        for head in 0..<writeHeads {
            state.places[head] = addressing(memory: state.memory, said: part(addressed), previous: state.places[head], shifts: shifts)
            erased.append(sigmoid(part(width)))
            added.append(part(width))
        }
        if writeHeads == 1 {
            state.memory = written(state.memory, weights: state.places[0], erase: erased[0], add: added[0])
        } else {
            let nothing = Tensor.zeros([told.shape[0], width], scalarType)
            for head in 0..<writeHeads {
                state.memory = written(state.memory, weights: state.places[head], erase: erased[head], add: nothing)
            }
            for head in 0..<writeHeads {
                state.memory = written(state.memory, weights: state.places[head], erase: nothing, add: added[head])
            }
        }
        state.memory = traced(state.memory, context)
        state.reads = concatenated(
            (writeHeads..<state.places.count).map { head in
                state.places[head] = addressing(memory: state.memory, said: part(addressed), previous: state.places[head], shifts: shifts)
                return read(state.memory, weights: state.places[head])
            }, axis: 1)
        return (erased, added)
    }

    /// The memory, and where a tape traces recurrences, the gradient that comes back to it.
    private func traced(_ memory: Tensor, _ context: Context) -> Tensor {
        let flat = Shape([1, memory.shape[0], configuration.slots * configuration.width])
        let record = memory.recordingTape?.trace(
            RecurrenceRecord(
                parameter: context[heads.weight], gates: [], values: [], states: [("memory", memory.detached().reshaped(to: flat))]))
        return record?.watching(memory, state: 0) ?? memory
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        if let cell { visitor("controller", cell) }
        if let layer { visitor("controller", layer) }
        visitor("heads", heads)
        visitor("output", output)
        if let memory { visitor("memory", memory) }
        visitor("reads", reads)
        visitor("places", places)
    }
}
