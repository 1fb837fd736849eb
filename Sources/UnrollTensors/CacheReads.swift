/// Which rows of a cache each of several queries reads, in their order.
///
/// Rows of a batch that come and go, as those of a beam, change these lists alone: what is cached stays where it is.
public struct CacheReads: Sendable, Equatable {
    /// The lists of rows, end to end.
    public private(set) var places: [Int32]
    /// Where each query's list begins.
    public private(set) var starts: [Int32]
    /// How long it is.
    public private(set) var counts: [Int32]

    /// So many queries that read nothing yet.
    public init(queries: Int) {
        places = []
        starts = [Int32](repeating: 0, count: queries)
        counts = starts
    }

    /// A query for each sequence of a batch [time, batch, …] that lies in the cache as it is.
    public init(sequences lengths: [Int32]) {
        places = lengths.enumerated().flatMap { row, length in (0..<length).map { $0 * Int32(lengths.count) + Int32(row) } }
        starts = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }.dropLast()
        counts = lengths
    }

    /// The queries that there are.
    public var queries: Int { counts.count }

    /// The longest list.
    public var longest: Int { Int(counts.max() ?? 0) }

    /// Some queries, in the given order, some perhaps twice.
    public func gathered(_ rows: [Int32]) -> CacheReads {
        var result = self
        result.starts = rows.map { starts[Int($0)] }
        result.counts = rows.map { counts[Int($0)] }
        return result
    }

    /// The queries of this cache and behind them those of another, for a cache of only the rows that are read: first `rows` of this one, then
    /// `others` of the other.
    public func joined(with other: CacheReads) -> (reads: CacheReads, rows: [Int32], others: [Int32]) {
        let (rows, others) = (rowsRead, other.rowsRead)
        var reads = renumbered(rows, from: 0)
        let behind = other.renumbered(others, from: rows.count)
        reads.starts += behind.starts.map { $0 + Int32(reads.places.count) }
        reads.counts += behind.counts
        reads.places += behind.places
        return (reads, rows, others)
    }

    private func list(_ query: Int) -> ArraySlice<Int32> { places[Int(starts[query])..<Int(starts[query] + counts[query])] }

    /// The rows that a query reads, in their order.
    private var rowsRead: [Int32] {
        var isRead = [Bool](repeating: false, count: Int(places.max() ?? -1) + 1)
        for query in 0..<queries {
            for place in list(query) { isRead[Int(place)] = true }
        }
        return isRead.indices.filter { isRead[$0] }.map(Int32.init)
    }

    /// The lists that are read, with the numbers that the rows get from `first` on.
    private func renumbered(_ rows: [Int32], from first: Int) -> CacheReads {
        var numbers = [Int32](repeating: -1, count: Int(rows.last ?? -1) + 1)
        for (place, row) in rows.enumerated() { numbers[Int(row)] = Int32(first + place) }
        var result = CacheReads(queries: queries)
        result.counts = counts
        // Queries that share a list go on sharing it.
        var moved: [Int32: Int32] = [:]
        for query in 0..<queries where counts[query] > 0 {
            if moved[starts[query]] == nil {
                moved[starts[query]] = Int32(result.places.count)
                result.places += list(query).map { numbers[Int($0)] }
            }
            result.starts[query] = moved[starts[query]] ?? 0
        }
        return result
    }

    /// Lists that go on with one more row each: `first` for the first query, the one after it for the second, and so on.
    public func appending(from first: Int) -> CacheReads {
        var result = CacheReads(queries: queries)
        result.places.reserveCapacity(counts.reduce(0) { $0 + Int($1) + 1 })
        for query in 0..<queries {
            result.starts[query] = Int32(result.places.count)
            result.counts[query] = counts[query] + 1
            result.places += list(query)
            result.places.append(Int32(first + query))
        }
        return result
    }
}
