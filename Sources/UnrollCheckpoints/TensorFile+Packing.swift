import UnrollKernels
import UnrollTensors

extension TensorFile {
    /// A parameter's matrix, packed a piece at a time while it is read; nil for a parameter that must be kept otherwise.
    func packedValue(of source: Source) throws -> (tensor: Tensor, rounding: Rounding?)? {
        let (entry, type) = (source.entries[0], source.parameter.parameter.scalarType)
        // Several tensors of one parameter must first be compared.
        guard source.parameter.isPackable, source.entries.count == 1, entry.type == .int8 || entry.type.scalarType == type else {
            return nil
        }
        let rounding = try rounding(of: source)
        let (rows, width) = (entry.shape[0], entry.shape[1])
        let pack = try PackedMatrix(type, rows: rows, width: width, rounding: rounding) { rows, memory in
            try read(entry, rows: rows, rounding, into: memory)
        }
        return (Tensor(pack), rounding)
    }

    /// How a parameter's elements are rounded in the file; nil where they are not.
    func rounding(of source: Source) throws -> Rounding? {
        let entry = source.entries[0]
        if let scale = scale(of: entry) {
            let scales = try tensor(scale.entry).floats
            guard scales.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
                let message =
                    "\(scale.entry.name.quoted) has a factor that is negative or no number; make the file again with 'unroll quantize'"
                throw CheckpointError(kind: .malformed, path: path, message: message)
            }
            return Rounding(scale.precision, scales: scales, width: entry.shape[1])
        }
        let isRounded = entry.type == .bfloat16 && entry.shape.rank == 2 && source.parameter.parameter.scalarType == .float32
        return isRounded ? Rounding(.bfloat16, width: entry.shape[1]) : nil
    }

    /// Reads some rows of a matrix; those of 8 bits come times their factors.
    func read(_ entry: Entry, rows: Range<Int>, _ rounding: Rounding?, into memory: UnsafeMutableRawPointer) throws {
        let width = entry.shape[1]
        let places = rows.lowerBound * width..<rows.upperBound * width
        guard let rounding, rounding.precision.hasScales else { return try read(entry, places, into: memory) }
        guard !places.isEmpty else { return }
        let elements = memory.assumingMemoryBound(to: Float.self)
        var integers = [Int8](repeating: 0, count: places.count)
        try integers.withUnsafeMutableBytes { try readBytes(entry, places, into: $0.baseAddress!) }
        for row in rows {
            let (scale, start) = (rounding.scales[row], (row - rows.lowerBound) * width)
            for place in start..<start + width { elements[place] = Float(integers[place]) * scale }
        }
    }
}
