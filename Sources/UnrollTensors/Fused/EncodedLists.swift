import CUnrollKernels
import UnrollKernels

/// Lists of tokens laid end to end, such as the words of sentences; lists may be of any lengths, and empty.
///
/// Each token has a weight for each of d features, base + slope · k/d for the k-th, counted from 1: 1 everywhere makes a bag of words of a list, and
/// position encoding (Sukhbaatar 2015) is such a line too.
public struct TokenLists: Sendable, Equatable {
    /// How the tokens of a list are weighted.
    public enum Weights: Sendable, Equatable {
        /// 1: the order of the tokens is lost.
        case ones
        /// l_kj = 1 + 4 (k/d − ½)((j − ½)/J − ½) for the j-th token, counted from 1: twice what Sukhbaatar 2015 writes, as in the authors' code, so that a
        /// weight is 1 in the mean. J is the same for all lists, or where 0 a list's own length.
        case positions(of: Int = 0)
    }

    /// The tokens of all lists.
    public let tokens: [Int32]
    /// Where each list ends.
    public let ends: [Int32]
    private let bases: [Float]
    private let slopes: [Float]

    /// Lists laid end to end.
    ///
    /// - Parameters:
    ///   - lists: the tokens of each.
    ///   - weights: how they are weighted.
    ///   - last: for each list one more token at its end, whose weight is 1; a negative one stands for none. Where empty, no list has one.
    public init(_ lists: [[Int32]] = [], weights: Weights = .ones, last: [Int32] = []) {
        precondition(last.isEmpty || last.count == lists.count, "\(last.count) last tokens for \(lists.count) lists")
        var count = last.reduce(0) { $0 + ($1 < 0 ? 0 : 1) }
        for list in lists { count += list.count }
        var (tokens, bases, slopes) = (
            [Int32](repeating: 0, count: count), [Float](repeating: 1, count: count), [Float](repeating: 0, count: count)
        )
        var ends = [Int32](repeating: 0, count: lists.count)
        var next = 0
        let longest: Int? = if case .positions(let longest) = weights { longest } else { nil }
        for (place, list) in lists.enumerated() {
            let reciprocal = 1 / Float(longest == 0 ? max(1, list.count) : longest ?? 1)
            for position in list.indices {
                tokens[next] = list[position]
                if longest != nil {
                    // Of a list that is longer than J, the tokens behind it count like the last one.
                    let middle = min(1, (Float(position) + 0.5) * reciprocal) - 0.5
                    (bases[next], slopes[next]) = (1 - 2 * middle, 4 * middle)
                }
                next += 1
            }
            if !last.isEmpty, last[place] >= 0 {
                tokens[next] = last[place]
                next += 1
            }
            ends[place] = Int32(next)
        }
        (self.tokens, self.ends, self.bases, self.slopes) = (tokens, ends, bases, slopes)
    }

    /// How many lists there are.
    public var count: Int { ends.count }

    /// The weights of all tokens, [tokens, d].
    fileprivate func weights(_ ramp: Tensor) -> Tensor {
        let column = { (numbers: [Float]) in Tensor(numbers, shape: [numbers.count, 1]).converted(to: ramp.scalarType) }
        return column(slopes) * ramp + column(bases)
    }

    fileprivate func check(rows: Int) {
        if let stray = tokens.first(where: { $0 < 0 || Int($0) >= rows }) {
            preconditionFailure("token \(stray) for a table of \(rows) rows")
        }
    }

    fileprivate func withKernelLists<Result>(_ body: (UnsafePointer<unroll_token_lists>) -> Result) -> Result {
        tokens.withUnsafeBufferPointer { tokens in
            ends.withUnsafeBufferPointer { ends in
                bases.withUnsafeBufferPointer { bases in
                    slopes.withUnsafeBufferPointer { slopes in
                        var lists = unroll_token_lists(
                            count: ends.count, ends: ends.baseAddress, tokens: tokens.baseAddress, bases: bases.baseAddress,
                            slopes: slopes.baseAddress)
                        return body(&lists)
                    }
                }
            }
        }
    }
}

/// Each list of tokens as the weighted sum of its tokens' rows, by each of several tables at once.
///
///     y_t[s, k] = Σ_j w_jk table_t[token_j, k]   over the tokens j of list s
///
/// dtable_t[token_j, k] += w_jk dy_t[s, k]. An empty list is a row of zeros. The rows of a token that occurs nowhere get no gradient, so what
/// starts at zero, such as a row for nothing, stays there.
///
/// - Parameters:
///   - lists: the tokens, each below the number of rows, and their weights.
///   - tables: of one shape, [rows, d].
/// - Returns: for each table [lists, d].
public func encodedLists(_ lists: TokenLists, tables: [Tensor]) -> [Tensor] {
    guard let first = tables.first else { return [] }
    let (rows, width, type) = (first.shape[0], first.shape[1], first.scalarType)
    for table in tables { table.precondition(shape: [rows, width], type, "a table of tokens") }
    lists.check(rows: rows)
    let ramp = rising(width, type)
    let encoded = tables.map { _ in Tensor(uninitialized: [lists.count, width], type) }
    let (rowsOfTables, sums) = (addresses(tables), encoded.map { Optional($0.pointer) })
    lists.withKernelLists { unroll_encode_lists(type.kernel, $0, tables.count, width, ramp.pointer, rowsOfTables, sums) }
    guard let tape = tables.lazy.compactMap(\.recordingTape).first else { return encoded }
    let nodes = tables.map(tape.node)
    return tape.record(encoded) { dy, backward in
        let wanted = tables.indices.filter { nodes[$0] != nil && dy[$0] != nil }
        let gradients = wanted.map { _ in first.zeros(first.shape) }
        let (given, made) = (addresses(wanted.compactMap { dy[$0] }), gradients.map { Optional($0.pointer) })
        lists.withKernelLists { unroll_encode_lists_gradient(type.kernel, $0, wanted.count, width, ramp.pointer, given, made) }
        for (place, gradient) in zip(wanted, gradients) {
            if let node = nodes[place] { backward.add(gradient, to: node) }
        }
    }
}

/// The same sums as a plain composition of operations: what the kernel is checked against.
public func encodedListsReference(_ lists: TokenLists, tables: [Tensor]) -> [Tensor] {
    tables.map { table in
        let weights = lists.weights(rising(table.shape[1], table.scalarType))
        let weighted = gathered(table, Tensor(lists.tokens, shape: [lists.tokens.count])) * weights
        let starts = [0] + lists.ends.dropLast()
        let sums = zip(starts, lists.ends).map { start, end in
            start == end
                ? table.zeros([1, table.shape[1]]) : sum(weighted.sliced(Int(start)..<Int(end), axis: 0), axis: 0, keepsAxis: true)
        }
        return concatenated(sums, axis: 0)
    }
}

private func addresses(_ tensors: [Tensor]) -> [UnsafeRawPointer?] { tensors.map { UnsafeRawPointer($0.pointer) } }

/// k/d for k from 1 to d, [d].
private func rising(_ width: Int, _ type: ScalarType) -> Tensor {
    Tensor((0..<width).map { Double($0 + 1) / Double(width) }, shape: [width], scalarType: type)
}
