import UnrollModules
import UnrollTensors

/// Something whose speed is measured, in its usual sizes or in others.
public struct Workload: Sendable {
    /// The rate that floors are stated for, whatever the machine: 125 billion operations a second.
    public static let statedPeak = 125e9

    /// The name, followed by the sizes where they are not the usual ones: `lm-char-gru256:hidden=37,batch=1`.
    public private(set) var name: String
    /// What one step is.
    public let summary: String
    private var kind: any WorkloadKind

    init(_ name: String, _ summary: String, _ kind: any WorkloadKind) {
        self.name = name
        self.summary = summary
        self.kind = kind
    }

    /// Floating-point operations of the matrix products of one step, counted from the shapes: two for each multiplication and addition. What
    /// is computed once for each number, such as a gate, is not counted.
    public var operations: Double { kind.operations }

    /// Bytes that one step must read and write at least; 0 where it is not memory that is measured.
    public var bytes: Double { kind.bytes }

    /// How many parts of a step times are given for: 1, but for `tiny-ops` the operations that a step records.
    public var parts: Int { kind.parts }

    /// The milliseconds that the products of a step take at `operationsPerSecond`.
    public func floor(at operationsPerSecond: Double = Workload.statedPeak) -> Double {
        operations / operationsPerSecond * 1000 / Double(parts)
    }

    /// The sizes with their values, in the order in which they are listed.
    public var sizes: [(name: String, value: Int)] { Self.sizes(of: kind) }

    /// The smallest value of a size; 1 where it has none of that name.
    func least(_ size: String) -> Int {
        func least<Kind: WorkloadKind>(_: Kind) -> Int { Kind.sizes.first { $0.name == size }?.least ?? 1 }
        return least(kind)
    }

    /// The workload with another size; nil where it has no size of that name.
    func with(_ size: String, _ value: Int) -> Workload? {
        guard let changed = Self.changed(kind, size, value) else { return nil }
        var result = self
        result.kind = changed
        result.name += (name.contains(":") ? "," : ":") + "\(size)=\(value)"
        return result
    }

    /// Draws weights and data.
    public func prepared(key: RandomKey = RandomKey(seed: 1)) -> PreparedWorkload { kind.prepared(key: key) }

    private static func sizes<Kind: WorkloadKind>(of kind: Kind) -> [(name: String, value: Int)] {
        Kind.sizes.map { ($0.name, $0.get(kind)) }
    }

    private static func changed<Kind: WorkloadKind>(_ kind: Kind, _ size: String, _ value: Int) -> (any WorkloadKind)? {
        guard let found = Kind.sizes.first(where: { $0.name == size }) else { return nil }
        var result = kind
        found.set(&result, value)
        return result
    }
}
