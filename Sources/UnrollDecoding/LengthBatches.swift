/// Computes something for many sequences in batches of similar length, in the order given.
///
/// - Parameters:
///   - lengths: of the sequences.
///   - rows: the most in a batch; it changes the time taken, never a result.
///   - body: is given places and returns a result for each.
func inBatches<Result>(_ lengths: [Int], rows: Int, _ body: ([Int]) -> [Result]) -> [Result] {
    let order = lengths.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    var results = [Result?](repeating: nil, count: lengths.count)
    for start in stride(from: 0, to: order.count, by: rows) {
        let places = Array(order[start..<min(start + rows, order.count)])
        for (place, result) in zip(places, body(places)) { results[place] = result }
    }
    return results.compactMap(\.self)
}
