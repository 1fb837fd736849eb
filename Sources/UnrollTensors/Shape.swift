/// The extents of a tensor, outermost first; at most eight. A scalar has none.
public struct Shape: Sendable, Hashable {
    private let extents: SIMD8<Int32>
    /// The number of axes.
    public let rank: Int

    /// A shape from its extents.
    public init(_ extents: some Collection<Int>) {
        precondition(extents.count <= 8, "a tensor has at most 8 axes, not \(extents.count)")
        var values = SIMD8<Int32>(repeating: 1)
        for (axis, extent) in extents.enumerated() {
            guard let value = Int32(exactly: extent), value >= 0 else { preconditionFailure("an axis cannot have the extent \(extent)") }
            values[axis] = value
        }
        self.extents = values
        rank = extents.count
    }

    /// The extent of an axis; a negative one counts from the last.
    public subscript(axis: Int) -> Int { Int(extents[index(of: axis)]) }

    /// The number of elements.
    public var count: Int {
        var product = 1
        for axis in 0..<rank { product *= Int(extents[axis]) }
        return product
    }

    /// The extents as an array.
    public var array: [Int] { (0..<rank).map { Int(extents[$0]) } }

    /// The axis counted from the first, for one that may count from the last.
    package func index(of axis: Int) -> Int {
        let index = axis < 0 ? axis + rank : axis
        precondition(index >= 0 && index < rank, "axis \(axis) of a tensor of shape \(self)")
        return index
    }

    /// The product of the extents before, of, and after an axis.
    package func split(at axis: Int) -> (outer: Int, axis: Int, inner: Int) {
        let index = index(of: axis)
        var outer = 1
        var inner = 1
        for other in 0..<index { outer *= Int(extents[other]) }
        for other in (index + 1)..<max(rank, index + 1) { inner *= Int(extents[other]) }
        return (outer, Int(extents[index]), inner)
    }

    /// The shape with one extent replaced.
    package func replacing(_ axis: Int, by extent: Int) -> Shape {
        var values = array
        values[index(of: axis)] = extent
        return Shape(values)
    }

    /// The shape without one axis.
    package func removing(_ axis: Int) -> Shape {
        var values = array
        values.remove(at: index(of: axis))
        return Shape(values)
    }
}

extension Shape: ExpressibleByArrayLiteral {
    /// `[time, batch, features]`.
    public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
    /// `[5, 3, 4]`.
    public var description: String { "\(array)" }
}
