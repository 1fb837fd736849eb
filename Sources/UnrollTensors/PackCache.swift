import Synchronization
import UnrollKernels

/// The packed copies of one parameter's matrix, made when first asked for and dropped at the next write.
package final class PackCache: Sendable {
    package struct Key: Hashable, Sendable {
        package enum Layout: Hashable, Sendable {
            case matrix(k: Int, n: Int, row: Int, column: Int)
            case recurrent(gates: Int, hidden: Int, transposed: Bool)
        }
        let offset: Int
        let layout: Layout
    }

    private let packs = Mutex<[Key: PackedMatrix]>([:])
    /// How the elements were rounded, where they were.
    package let rounding: Rounding?

    package init(rounding: Rounding? = nil) { self.rounding = rounding }

    /// The rounding of the matrix of a layout that starts at an element, if it is packed as rounded: where its columns are whole rows here, or
    /// parts of them.
    fileprivate func rounding(_ layout: Key.Layout, start: Int) -> Rounding? {
        guard let rounding, case .matrix(_, let n, row: 1, column: rounding.width) = layout else { return nil }
        return rounding.rows(start / rounding.width..<start / rounding.width + n)
    }

    /// The packed copy for a key; callers that meet here wait for the one that packs.
    func pack(_ key: Key, make: () -> PackedMatrix) -> PackedMatrix {
        packs.withLock { packs in
            if let pack = packs[key] { return pack }
            let pack = make()
            packs[key] = pack
            return pack
        }
    }

    package func drop() {
        packs.withLock { $0.removeAll() }
    }
}

extension Tensor {
    /// A parameter's matrix [n, k], kept as products read it.
    package init(_ pack: PackedMatrix) { self.init(storage: Storage(pack), shape: [pack.n, pack.k]) }

    /// The packed matrix that this is as a whole, where there are no elements beside it.
    var packedAlone: PackedMatrix? { storage.packedAlone.flatMap { offset == 0 && shape == [$0.n, $0.k] ? $0 : nil } }

    /// This matrix (or a part of it that starts `start` elements in) packed as `layout`, from the parameter's cache where there is one.
    func packed(_ layout: PackCache.Key.Layout, start: Int = 0) -> PackedMatrix {
        let make = {
            let source = UnsafeRawPointer(self.pointer + start * self.scalarType.width)
            return switch layout {
            case .matrix(let k, let n, let row, let column):
                self.storage.packs?.rounding(layout, start: self.offset + start).map {
                    PackedMatrix(k: k, n: n, source: source, rounding: $0)
                } ?? PackedMatrix(self.scalarType, k: k, n: n, source: source, row: row, column: column)
            case .recurrent(let gates, let hidden, let transposed):
                PackedMatrix(self.scalarType, gates: gates, hidden: hidden, transposed: transposed, weight: source)
            }
        }
        if let whole = storage.whole, offset + start == 0, layout == .matrix(k: whole.k, n: whole.n, row: 1, column: whole.k) {
            return whole
        }
        guard let packs = storage.packs else { return make() }
        return packs.pack(.init(offset: offset + start, layout: layout), make: make)
    }
}
