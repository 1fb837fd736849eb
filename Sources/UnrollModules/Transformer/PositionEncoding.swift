import Foundation
import UnrollKernels
import UnrollTensors

/// How a network that sees all steps at once is told which is which.
public enum PositionKind: String, Sendable, Codable, CaseIterable {
    /// Sines and cosines of geometrically spaced wavelengths, for sequences of any length (Vaswani 2017).
    case sinusoidal
    /// A learnt vector for each position, of which there are so many and no more (Gehring 2017).
    case learned
}

/// A vector for each position of a sequence.
///
///     sinusoidal:  p(t)[i] = sin(t / 10000^(2i/d)),  p(t)[⌈d/2⌉ + i] = cos(t / 10000^(2i/d))
///
/// The sines stand before the cosines; the paper has them in turn, which is the same network with its features in another order.
public struct PositionEncoding: Module {
    private let table: Parameter?
    private let width: Int
    private let scalarType: ScalarType

    /// An encoding of so many features.
    ///
    /// - Parameters:
    ///   - kind: computed or learnt.
    ///   - width: the features.
    ///   - longest: how many positions are learnt.
    ///   - key: what learnt ones are drawn from, with variance 1/width.
    ///   - scalarType: their precision.
    public init(_ kind: PositionKind, width: Int, longest: Int, key: RandomKey, scalarType: ScalarType = .float32) {
        self.width = width
        self.scalarType = scalarType
        table =
            kind == .sinusoidal
            ? nil : Parameter(.normal([longest, width], deviation: 1 / Double(width).squareRoot(), key: key, scalarType))
    }

    /// The positions that there are; nil for no limit.
    public var longest: Int? { table?.shape[0] }

    /// The vectors of a range of positions: [positions, width].
    public func callAsFunction(_ positions: Range<Int>, _ context: Context) -> Tensor {
        if let table {
            precondition(positions.upperBound <= table.shape[0], "position \(positions.upperBound) of \(table.shape[0]) that are learnt")
            return context[table].sliced(positions, axis: 0)
        }
        let half = (width + 1) / 2
        let values = positions.flatMap { position in
            (0..<width).map { feature in
                let angle = Double(position) * pow(10_000, -2 * Double(feature % half) / Double(width))
                return feature < half ? sin(angle) : cos(angle)
            }
        }
        return Tensor(values, shape: [positions.count, width], scalarType: scalarType)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        if let table { visitor("weight", table) }
    }
}
