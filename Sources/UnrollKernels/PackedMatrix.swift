import CUnrollKernels

/// A matrix laid out as the product kernels read it, made once and used at every step.
package final class PackedMatrix: @unchecked Sendable {
    package let pointer: UnsafeMutableRawPointer
    /// The type of the elements, or of what they are widened to.
    package let type: ScalarType
    package let rounding: Rounding?
    /// Rows and columns.
    package let k: Int
    package let n: Int
    private let byteCount: Int

    /// Packs the `k` × `n` matrix whose element (i, j) lies at `source[i · row + j · column]`.
    package init(_ type: ScalarType, k: Int, n: Int, source: UnsafeRawPointer, row: Int, column: Int) {
        (self.type, rounding, self.k, self.n) = (type, nil, k, n)
        byteCount = unroll_packed_bytes(type.kernel, k, n)
        pointer = unroll_allocate(byteCount)
        unroll_pack(type.kernel, k, n, source, row, column, pointer)
    }

    /// Packs the `k` × `n` matrix in single precision whose element (i, j) lies at `source[i + j · rounding.width]`, in the bits that it needs.
    package init(k: Int, n: Int, source: UnsafeRawPointer, rounding: Rounding) {
        (type, self.rounding, self.k, self.n) = (.float32, rounding, k, n)
        byteCount = rounding.packedBytes(k: k, n: n)
        pointer = unroll_allocate(byteCount)
        rounding.withScales { rounding.pack(k: k, n: n, source: source, scales: $0, to: pointer) }
    }

    /// Packs the `width` × `rows` matrix whose columns are the rows of a matrix that comes in pieces, one after the other.
    ///
    /// - Parameters:
    ///   - rounding: the bits that single precision needs; as they are where nil.
    ///   - read: writes some of the rows, each of `width` elements, to memory; what it throws is thrown on.
    package init(
        _ type: ScalarType, rows: Int, width: Int, rounding: Rounding?, read: (Range<Int>, UnsafeMutableRawPointer) throws -> Void
    ) rethrows {
        (self.type, self.rounding, k, n) = (type, rounding, width, rows)
        let bytes = { (rows: Int) in rounding?.packedBytes(k: width, n: rows) ?? unroll_packed_bytes(type.kernel, width, rows) }
        byteCount = bytes(rows)
        pointer = unroll_allocate(byteCount)
        let pieceRows = Self.wholePanels * max(1, Self.pieceBytes / max(1, width * type.width * Self.wholePanels))
        let pieceBytes = min(pieceRows, rows) * width * type.width
        let piece: UnsafeMutableRawPointer = unroll_allocate(pieceBytes)
        defer { unroll_release(piece, pieceBytes) }
        for first in stride(from: 0, to: rows, by: pieceRows) {
            let range = first..<min(first + pieceRows, rows)
            try read(range, piece)
            let place = pointer + bytes(first)
            if let rounding {
                rounding.rows(range).withScales { rounding.pack(k: width, n: range.count, source: piece, scales: $0, to: place) }
            } else {
                unroll_pack(type.kernel, width, range.count, piece, 1, width, place)
            }
        }
    }

    /// So many columns are whole panels on every processor.
    private static let wholePanels = 64
    /// Bytes that are packed while they are in the cache.
    private static let pieceBytes = 1 << 19

    /// Packs a recurrent weight [gates · hidden, hidden] gate by gate, or transposed for the backward pass.
    package init(_ type: ScalarType, gates: Int, hidden: Int, transposed: Bool, weight: UnsafeRawPointer) {
        (self.type, rounding, k, n) = (type, nil, hidden, gates * hidden)
        byteCount = unroll_packed_recurrent_bytes(type.kernel, gates, hidden)
        pointer = unroll_allocate(byteCount)
        unroll_pack_recurrent(type.kernel, gates, hidden, transposed, weight, pointer)
    }

    /// c = a b + c, or + bias, or neither, where this is b: `k` × `n`. Each element of c is summed over k in its order, unless this is `int8Dynamic`: then
    /// a is rounded too, and the sums are exact.
    ///
    /// - Parameters:
    ///   - m: rows of a and c.
    ///   - a: [m, k], dense.
    ///   - bias: [n].
    ///   - c: [m, n], dense.
    package func multiply(
        m: Int, n: Int, k: Int, a: UnsafeRawPointer, bias: UnsafeRawPointer?, accumulates: Bool = false, c: UnsafeMutableRawPointer
    ) {
        guard let rounding else {
            unroll_product_packed(type.kernel, m, n, k, a, k, 1, pointer, bias, accumulates, c, n)
            return
        }
        rounding.withScales {
            if let narrow = rounding.kernel {
                unroll_product_narrow(type.kernel, narrow, m, n, k, a, k, 1, pointer, $0, bias, accumulates, c, n)
            } else {
                unroll_product_integers(type.kernel, m, n, k, a, k, pointer, $0, bias, accumulates, c, n)
            }
        }
    }

    /// Writes some of the columns, one after the other, as they were packed: to the bit where they are not rounded, or were before. Not for a
    /// recurrent weight.
    package func unpack(columns: Range<Int>, to destination: UnsafeMutableRawPointer) {
        guard let rounding else {
            unroll_unpack(type.kernel, k, columns.lowerBound, columns.count, pointer, destination)
            return
        }
        rounding.withScales {
            if let narrow = rounding.kernel {
                unroll_unpack_narrow(type.kernel, narrow, k, columns.lowerBound, columns.count, pointer, $0, destination)
            } else {
                unroll_unpack_integers(type.kernel, k, columns.lowerBound, columns.count, pointer, $0, destination)
            }
        }
    }

    deinit { unroll_release(pointer, byteCount) }
}

extension Rounding {
    fileprivate func packedBytes(k: Int, n: Int) -> Int {
        kernel.map { unroll_packed_narrow_bytes(UNROLL_FLOAT32, $0, k, n) } ?? unroll_packed_integer_bytes(UNROLL_FLOAT32, k, n)
    }

    /// Packs n rows of k elements, each a column of the matrix, with as many factors.
    fileprivate func pack(k: Int, n: Int, source: UnsafeRawPointer, scales: UnsafePointer<Float>?, to packed: UnsafeMutableRawPointer) {
        if let kernel {
            unroll_pack_narrow(UNROLL_FLOAT32, kernel, k, n, source, 1, width, scales, packed)
        } else {
            unroll_pack_integers(UNROLL_FLOAT32, k, n, source, 1, width, scales, packed)
        }
    }
}
