import UnrollTensors

/// A building block that owns parameters, or other blocks that do.
///
/// A module is a value; it lists its parameters under names that are chosen, not reflected, because files depend on them.
public protocol Module: Sendable {
    /// Names each parameter and each inner module to the visitor, always in the same order.
    func visit(_ visitor: inout ParameterVisitor)
}

/// A parameter and its name in files, `decoder.cell.weight_ih_l0`.
public struct NamedParameter: Sendable {
    /// The names of the modules around it and its own, joined by points.
    public let name: String
    /// The parameter.
    public let parameter: Parameter
    /// Whether all that read it in inference multiply by the whole matrix or look up its rows: a packed copy is all that they need.
    package fileprivate(set) var isPackable = false
}

/// How a module reads a parameter where nothing is differentiated.
package enum ParameterUse {
    /// As a matrix, whole, that sequences are multiplied by.
    case product
    /// Some rows of a matrix.
    case rows
    /// In any other way.
    case elements
}

/// A module within another one, or the outermost itself.
package struct NamedModule {
    /// What stands before the names of its parameters: nothing, or a path that ends with a point.
    package let prefix: String
    /// What stands behind them, as PyTorch's `_l0`.
    package let suffix: String
    /// The module.
    package let module: any Module
}

/// Gathers the parameters of a module with their names.
public struct ParameterVisitor {
    private var prefix = ""
    private var suffix = ""
    private var known: [ObjectIdentifier: Int] = [:]
    fileprivate var parameters: [NamedParameter] = []
    private var uses: [Set<ParameterUse>] = []
    fileprivate var aliases: [(name: String, original: String)] = []
    fileprivate var modules: [NamedModule] = []

    /// Names a parameter. One that was named before keeps its first name; this one becomes an alias.
    public mutating func callAsFunction(_ name: String, _ parameter: Parameter) { self(name, parameter, .elements) }

    /// Names a parameter and tells how it is read.
    package mutating func callAsFunction(_ name: String, _ parameter: Parameter, _ use: ParameterUse) {
        let full = prefix + name + suffix
        let index = known[ObjectIdentifier(parameter)] ?? parameters.count
        if index < parameters.count {
            aliases.append((full, parameters[index].name))
            uses[index].insert(use)
        } else {
            known[ObjectIdentifier(parameter)] = index
            parameters.append(NamedParameter(name: full, parameter: parameter))
            uses.append([use])
        }
        parameters[index].isPackable = uses[index].contains(.product) && !uses[index].contains(.elements)
    }

    /// Names an inner module: its parameters' names follow after a point.
    public mutating func callAsFunction(_ name: String, _ module: some Module) {
        let outer = (prefix, suffix)
        prefix += name + suffix + "."
        suffix = ""
        enter(module)
        (prefix, suffix) = outer
    }

    /// Visits a module whose parameters carry a suffix instead of a path, as PyTorch's `weight_ih_l0_reverse`.
    public mutating func callAsFunction(suffix: String, _ module: some Module) {
        let outer = self.suffix
        self.suffix = suffix + outer
        enter(module)
        self.suffix = outer
    }

    fileprivate mutating func enter(_ module: some Module) {
        modules.append(NamedModule(prefix: prefix, suffix: suffix, module: module))
        module.visit(&self)
    }
}

extension Module {
    /// The parameters, each once, in the order of the module's own walk.
    public var parameters: [NamedParameter] {
        var visitor = ParameterVisitor()
        visit(&visitor)
        return visitor.parameters
    }

    /// Further names of parameters that are shared.
    public var parameterAliases: [(name: String, original: String)] {
        var visitor = ParameterVisitor()
        visit(&visitor)
        return visitor.aliases
    }

    /// The module itself and those within it, in the order of its walk.
    package var modules: [NamedModule] {
        var visitor = ParameterVisitor()
        visitor.enter(self)
        return visitor.modules
    }

    /// How many numbers are learnt.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.shape.count } }

    /// The values now, in the order of `parameters`. Later training does not change them.
    public var snapshot: [Tensor] { parameters.map(\.parameter.value) }

    /// Puts a snapshot of this module, or of an equal one, back.
    public func restore(_ snapshot: [Tensor]) {
        let parameters = parameters
        precondition(snapshot.count == parameters.count, "a snapshot of \(snapshot.count) tensors for \(parameters.count) parameters")
        for (named, value) in zip(parameters, snapshot) { named.parameter.set(value) }
    }
}

/// The gradients of a model's parameters, in the order of its walk. Each row of an embedding's occurs once at most.
public struct ModelGradients: Sendable {
    /// One for each parameter; nil for one that the loss does not depend on.
    public var values: [Gradient?]

    /// Gradients in the order of a model's walk.
    package init(values: [Gradient?]) { self.values = values }
}

/// A loss and its gradient with respect to every parameter of a model.
///
/// Traps, naming the shape, if the loss used a parameter that the model's own walk does not list: it would silently never be trained.
///
/// - Parameters:
///   - model: whose parameters are meant.
///   - isTraining: whether dropout and its like are on.
///   - key: what the call's random numbers are drawn from.
///   - loss: computes a number; whatever else it found out is passed through.
public func valueAndGradients<Extra>(
    of model: some Module, isTraining: Bool = true, key: RandomKey = RandomKey(seed: 0),
    loss: (Context) throws -> (loss: Tensor, extra: Extra)
) rethrows -> (loss: Double, gradients: ModelGradients, extra: Extra) {
    let tape = Tape()
    defer { tape.clear() }
    let context = Context(tape: tape, isTraining: isTraining, key: key)
    let (value, extra) = try loss(context)
    let parameters = model.parameters
    let listed = Set(parameters.map { ObjectIdentifier($0.parameter) })
    for owner in tape.owners where !listed.contains(ObjectIdentifier(owner)) {
        preconditionFailure("the loss used a parameter of shape \((owner as? Parameter)?.shape ?? []) that the model does not visit")
    }
    let gradients = tape.gradients(of: value)
    return (value.scalar, ModelGradients(values: parameters.map { gradients[$0.parameter]?.merged }), extra)
}
