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

    package init() {}

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
    /// This matrix (or a part of it that starts `start` elements in) packed as `layout`, from the parameter's cache where there is one.
    func packed(_ layout: PackCache.Key.Layout, start: Int = 0) -> PackedMatrix {
        let make = {
            let source = UnsafeRawPointer(self.pointer + start * self.scalarType.width)
            return switch layout {
            case .matrix(let k, let n, let row, let column):
                PackedMatrix(self.scalarType, k: k, n: n, source: source, row: row, column: column)
            case .recurrent(let gates, let hidden, let transposed):
                PackedMatrix(self.scalarType, gates: gates, hidden: hidden, transposed: transposed, weight: source)
            }
        }
        guard let packs = storage.packs else { return make() }
        return packs.pack(.init(offset: offset + start, layout: layout), make: make)
    }
}
