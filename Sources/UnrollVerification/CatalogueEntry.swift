import UnrollKernels
import UnrollModules
import UnrollTensors

/// One thing that the library computes, in one variant, with what it takes to prove that it computes it rightly.
public struct CatalogueEntry: Sendable {
    /// What kind of thing is proved.
    public enum Group: String, Sendable, CaseIterable {
        /// A function of tensors with its own derivative.
        case operation
        /// A kernel over a whole sequence or layer, with its plain reference.
        case fused
        /// One step of a recurrent network, over a sequence.
        case cell
        /// A building block that owns parameters.
        case module
        /// A whole architecture.
        case model
    }

    /// What kind of thing is proved.
    public let group: Group
    /// What is proved: a function with its argument labels, an operator with its types, or a module's type.
    public let subject: String
    /// What sets this entry apart from others of the same subject, such as `reversed, lengths 4 0 2`; empty where there is one alone.
    public let variant: String
    /// What is computed.
    public let equation: String
    /// The most elements of each tensor whose derivative is compared with differences; all where nil.
    public let sampledElements: Int?
    /// How far elements are moved for the differences. The ones after the first are tried where it finds an error: a corner of the function may lie
    /// that near, or large weights bend it within that step. The smallest error counts.
    let differenceSteps: [Double]
    let make: @Sendable (ScalarType) -> CheckedFunction

    init(
        _ group: Group, _ subject: String, _ variant: String, equation: String, sampledElements: Int? = nil,
        differenceSteps: [Double] = [5e-4],
        make: @escaping @Sendable (ScalarType) -> CheckedFunction
    ) {
        self.group = group
        self.subject = subject
        self.variant = variant
        self.equation = equation
        self.sampledElements = sampledElements
        self.differenceSteps = differenceSteps
        self.make = make
    }

    /// The subject and the variant; no two entries of the catalogue share it.
    public var name: String { variant.isEmpty ? subject : "\(subject), \(variant)" }

    /// The tensors that go in and the parameters, with their shapes.
    public var variables: [(name: String, shape: Shape)] {
        let function = make(.float64)
        return zip(function.variableNames, function.values).map { ($0, $1.shape) }
    }

    /// Whether a plain composition of operations stands beside it.
    public var hasReference: Bool { make(.float64).reference != nil }
}

extension CatalogueEntry: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}

// MARK: - Making entries

extension CatalogueEntry {
    /// An entry for a function of tensors alone.
    ///
    /// - Parameters:
    ///   - seed: what the inputs are drawn from; another one where a draw happens to lie at a corner of the function.
    ///   - untrained: elements of the first input whose derivative is 0 by intention, whatever the function does.
    static func function(
        _ subject: String, _ variant: String = "", in group: Group = .operation, equation: String, inputs: [CheckedInput], seed: UInt64 = 1,
        sampledElements: Int? = nil, untrained: Range<Int>? = nil, reference: (@Sendable ([Tensor]) -> [Tensor])? = nil,
        _ body: @escaping @Sendable ([Tensor]) -> [Tensor]
    ) -> CatalogueEntry {
        CatalogueEntry(group, subject, variant, equation: equation, sampledElements: sampledElements) { type in
            CheckedFunction(
                inputs: inputs, seed: seed, type, untrained: untrained.map { (inputs[0].name, $0) },
                reference: reference.map { reference in { inputs, _ in reference(inputs) } },
                body: { inputs, _ in body(inputs) })
        }
    }

    /// An entry for a module; its parameters are drawn anew, so that none is 0.
    static func module<Subject: Module>(
        _ subject: String, _ variant: String = "", in group: Group = .module, equation: String, inputs: [CheckedInput], seed: UInt64 = 1,
        sampledElements: Int? = nil, untrained: (name: String, elements: Range<Int>)? = nil, isTraining: Bool = false,
        reference: (@Sendable (Subject, [Tensor], Context) -> [Tensor])? = nil,
        make: @escaping @Sendable (ScalarType) -> Subject,
        _ body: @escaping @Sendable (Subject, [Tensor], Context) -> [Tensor]
    ) -> CatalogueEntry {
        CatalogueEntry(group, subject, variant, equation: equation, sampledElements: sampledElements) { type in
            let module = make(type)
            return CheckedFunction(
                inputs: inputs, parameters: module.parameters, seed: seed, type, untrained: untrained, isTraining: isTraining,
                reference: reference.map { reference in { inputs, context in reference(module, inputs, context) } },
                body: { inputs, context in body(module, inputs, context) })
        }
    }
}
