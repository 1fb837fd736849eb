import UnrollKernels
import UnrollTensors

/// What the bias starts at of the gate that says how much of the old state stays: an LSTM's f, a GRU's z.
public enum ForgetBias: Sendable, Hashable {
    /// The same for each unit; the other gates' biases start at 0.
    case constant(Double)
    /// log u with u uniform in 1…longest − 1, drawn for each unit, so that what units forget takes them from one step to the longest that
    /// matters; an LSTM's input gate starts at −log u, closed as far as the other one is open. Tallec & Ollivier 2018.
    case chrono(longest: Int)

    /// The bias of one such gate, [hidden].
    func gate(_ hidden: Int, key: RandomKey, _ type: ScalarType) -> Tensor {
        switch self {
        case .constant(let value): Tensor(repeating: value, shape: [hidden], scalarType: type)
        case .chrono where key.isBlank: .zeros([hidden], type)
        case .chrono(let longest): log(.uniform([hidden], in: 1..<Double(longest - 1), key: key, type))
        }
    }

    /// The bias of an LSTM's gates i, f, g, o, [4 · hidden].
    func lstm(_ hidden: Int, key: RandomKey, _ type: ScalarType) -> Tensor {
        let forget = gate(hidden, key: key, type)
        let zeros = Tensor.zeros([hidden], type)
        let input = if case .chrono = self { zeros - forget } else { zeros }
        return concatenated([input, forget, zeros, zeros], axis: 0)
    }
}

extension ForgetBias: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// The same for each unit.
    public init(floatLiteral value: Double) { self = .constant(value) }
    /// The same for each unit.
    public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

extension ForgetBias: Codable, CustomStringConvertible {
    /// `1.0`, `chrono(400)`.
    public var description: String {
        switch self {
        case .constant(let value): "\(value)"
        case .chrono(let longest): "chrono(\(longest))"
        }
    }

    /// Reads a number, or a text such as `chrono(400)`.
    ///
    /// - Throws: `DecodingError` for anything else, and for fewer than 3 steps.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let text = try? container.decode(String.self), Double(text) == nil else {
            self = .constant(try container.decode(Double.self))
            return
        }
        guard text.hasPrefix("chrono("), text.last == ")", let longest = Int(text.dropFirst(7).dropLast()), longest >= 3 else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be a number or 'chrono(steps)' with at least 3 steps, found '\(text)'")
        }
        self = .chrono(longest: longest)
    }

    /// Writes the number, or the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if case .constant(let value) = self { try container.encode(value) } else { try container.encode(description) }
    }
}
