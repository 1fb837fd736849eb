import UnrollKernels
import UnrollTensors

/// How a weight starts. "The right ballpark": a signal, and a gradient, should keep its size from step to step.
public enum Initializer: Sendable, Hashable, Codable {
    /// Uniform in ±1/√fanIn, as PyTorch's linear layers start. (Its recurrent layers take 1/√hidden for U and W alike.)
    case uniform
    /// Uniform in ±√(6/(fanIn + fanOut)). Glorot & Bengio 2010.
    case xavierUniform
    /// Normal with variance 2/(fanIn + fanOut). Glorot & Bengio 2010.
    case xavierNormal
    /// Uniform in ±√(6/fanIn), for ReLU. He 2015.
    case kaimingUniform
    /// Normal with variance 2/fanIn, for ReLU. He 2015.
    case kaimingNormal
    /// A random orthogonal matrix: keeps the norm of what it meets. Saxe 2014.
    case orthogonal
    /// Ones on the diagonal: what a ReLU network remembers at first is all that it has seen (Le 2015).
    case identity
    /// Zeros.
    case zeros
    /// Uniform in ±bound, whatever the size.
    case uniformWithin(_ bound: Double)
    /// Normal with the given deviation, whatever the size.
    case normal(deviation: Double)

    /// A matrix [outputs, inputs].
    public func matrix(_ outputs: Int, _ inputs: Int, key: RandomKey, _ type: ScalarType = .float32) -> Tensor {
        let shape: Shape = [outputs, inputs]
        let (fanIn, fanOut) = (Double(max(1, inputs)), Double(max(1, outputs)))
        func uniform(_ bound: Double) -> Tensor { .uniform(shape, in: -bound..<bound, key: key, type) }
        func normal(_ variance: Double) -> Tensor { .normal(shape, deviation: variance.squareRoot(), key: key, type) }
        return switch self {
        case .uniform: uniform(1 / fanIn.squareRoot())
        case .xavierUniform: uniform((6 / (fanIn + fanOut)).squareRoot())
        case .xavierNormal: normal(2 / (fanIn + fanOut))
        case .kaimingUniform: uniform((6 / fanIn).squareRoot())
        case .kaimingNormal: normal(2 / fanIn)
        case .orthogonal where key.isBlank: .blank(shape, type)
        case .orthogonal: orthogonalMatrix(outputs, inputs, key: key).converted(to: type)
        case .identity: identityMatrix(outputs, inputs).converted(to: type)
        case .zeros: .zeros(shape, type)
        case .uniformWithin(let bound): uniform(bound)
        case .normal(let deviation): .normal(shape, deviation: deviation, key: key, type)
        }
    }

    /// The matrices of several gates below one another, each drawn on its own: [gates · outputs, inputs].
    public func gates(_ gates: Int, _ outputs: Int, _ inputs: Int, key: RandomKey, _ type: ScalarType = .float32) -> Tensor {
        guard !key.isBlank else { return .blank([gates * outputs, inputs], type) }
        return concatenated((0..<gates).map { matrix(outputs, inputs, key: key.split($0), type) }, axis: 0)
    }
}

// MARK: - Names in recipes

extension Initializer: RawRepresentable, CaseIterable {
    private static let withoutNumber: [Initializer] = [
        .uniform, .xavierUniform, .xavierNormal, .kaimingUniform, .kaimingNormal, .orthogonal, .identity, .zeros,
    ]

    /// Those without a number, and an example of each that has one.
    public static let allCases: [Initializer] = withoutNumber + [.uniformWithin(0.1), .normal(deviation: 0.01)]

    /// The name: `orthogonal`, `uniform(0.1)`, `normal(0.01)`.
    public var rawValue: String {
        switch self {
        case .uniform: "uniform"
        case .xavierUniform: "xavier_uniform"
        case .xavierNormal: "xavier_normal"
        case .kaimingUniform: "kaiming_uniform"
        case .kaimingNormal: "kaiming_normal"
        case .orthogonal: "orthogonal"
        case .identity: "identity"
        case .zeros: "zeros"
        case .uniformWithin(let bound): "uniform(\(bound))"
        case .normal(let deviation): "normal(\(deviation))"
        }
    }

    /// The initialiser of a name; nil for another text, or a number that is not above 0.
    public init?(rawValue: String) {
        if let known = Self.withoutNumber.first(where: { $0.rawValue == rawValue }) {
            self = known
            return
        }
        let parts = rawValue.split(separator: "(", maxSplits: 1)
        guard parts.count == 2, parts[1].last == ")", let number = Double(parts[1].dropLast()), number > 0, number.isFinite else {
            return nil
        }
        switch parts[0] {
        case "uniform": self = .uniformWithin(number)
        case "normal": self = .normal(deviation: number)
        default: return nil
        }
    }
}

// MARK: - Matrices

private func identityMatrix(_ rows: Int, _ columns: Int) -> Tensor {
    Tensor((0..<rows * columns).map { $0 / columns == $0 % columns ? 1.0 : 0.0 }, shape: [rows, columns])
}

/// The orthogonal factor of a Gaussian matrix's polar decomposition, which is uniform among the orthogonal matrices.
///
/// Newton–Schulz: X ← X (3 I − Xᵀ X) / 2 drives every singular value to 1.
private func orthogonalMatrix(_ rows: Int, _ columns: Int, key: RandomKey) -> Tensor {
    guard rows <= columns else { return orthogonalMatrix(columns, rows, key: key).transposed() }
    guard rows > 0 else { return .zeros([rows, columns], .float64) }
    var x = Tensor.normal([rows, columns], key: key, .float64)
    // √n + √m bounds the largest singular value with near certainty; below √3 the iteration converges.
    x = x / (Double(rows).squareRoot() + Double(columns).squareRoot())
    let identity = identityMatrix(rows, rows)
    for _ in 0..<100 {
        let gram = matmul(x, x, transposeB: true)
        if (gram - identity).sumOfSquares < 1e-20 * Double(rows) { break }
        x = matmul(3 * identity - gram, x) * 0.5
    }
    return x
}
