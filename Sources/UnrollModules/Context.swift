import UnrollTensors

/// What one call of a model carries along: the tape if it is to be differentiated, whether it trains, the random key, the path of modules
/// entered so far, and the probe of whoever looks inside.
///
/// A context belongs to one call on one thread. Parameters enter the tape through it.
public final class Context {
    /// The tape of this call; nil where no gradient is wanted.
    public let tape: Tape?
    /// Whether dropout and its like are on.
    public let isTraining: Bool
    private let key: RandomKey
    private var draws = 0
    private var path: [String] = []
    /// The steps after which recurrent layers let no gradient pass back through their states; nil for never.
    private var steps: Int?
    private let probe: ((_ path: [String], _ value: Tensor) -> Void)?

    /// The context of a call that uses a model: no gradient, no dropout.
    public static func inference(probe: ((_ path: [String], _ value: Tensor) -> Void)? = nil) -> Context {
        Context(tape: nil, isTraining: false, key: RandomKey(seed: 0), probe: probe)
    }

    /// A context.
    ///
    /// - Parameters:
    ///   - tape: where operations are recorded.
    ///   - isTraining: whether dropout and its like are on.
    ///   - key: what random numbers of this call are drawn from; each call needs one of its own.
    ///   - probe: is shown what modules report, with the path of names to each.
    public init(tape: Tape?, isTraining: Bool, key: RandomKey, probe: ((_ path: [String], _ value: Tensor) -> Void)? = nil) {
        self.tape = tape
        self.isTraining = isTraining
        self.key = key
        self.probe = probe
    }

    /// A parameter's value, recorded where there is a tape.
    public subscript(parameter: Parameter) -> Tensor {
        tape.map { $0.leaf(parameter.value, of: parameter) } ?? parameter.value
    }

    /// A key that no one else draws from; the n-th call of a context gets the same one in every run.
    public func nextKey() -> RandomKey {
        defer { draws += 1 }
        return key.split(draws)
    }

    /// Calls `body` one name deeper.
    public func within<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
        path.append(name)
        defer { path.removeLast() }
        return try body()
    }

    /// Calls `body` with recurrent layers that cut the gradient every so many steps (truncated back-propagation through time): they compute what they
    /// compute without, but no gradient goes back through a state from one piece of their sequence to the one before. Nil cuts nowhere.
    public func cuttingGradients<Result>(every steps: Int?, _ body: () throws -> Result) rethrows -> Result {
        precondition(steps.map { $0 > 0 } ?? true, "pieces of \(steps ?? 0) steps")
        let outer = self.steps
        self.steps = steps
        defer { self.steps = outer }
        return try body()
    }

    /// The steps of a piece that gradients stay in; nil where nothing is cut, or there is nothing to differentiate.
    public var gradientSteps: Int? { tape == nil ? nil : steps }

    /// Whether the gradient is cut between a step of a sequence and the one before.
    public func cutsGradient(before step: Int) -> Bool { gradientSteps.map { step > 0 && step % $0 == 0 } ?? false }

    /// Shows a value to the probe; costs a comparison where there is none.
    public func report(_ name: String, _ value: @autoclosure () -> Tensor) {
        probe?(path + [name], value())
    }
}
