/// Where labels go that must not overlap: as near as possible to where each wants to be.
enum LabelPlacement {
    /// Moves places apart with the least squared displacement.
    ///
    /// With y(i) = z(i) + i·gap, places that keep their distance are a sequence z that does not fall, and the nearest such sequence to the wishes is
    /// their isotonic regression, found by pooling neighbours that violate the order (Ayer 1955). Clamping it solves the bounded problem as well.
    ///
    /// - Parameters:
    ///   - wishes: where the middle of each label wants to be, in any order.
    ///   - gap: the least distance between two.
    ///   - bounds: what the middles must stay within; if it is too small for all of them, they run past its end.
    /// - Returns: a place for each wish.
    static func spread(_ wishes: [Double], gap: Double, bounds: ClosedRange<Double>) -> [Double] {
        let order = wishes.indices.sorted { (wishes[$0], $0) < (wishes[$1], $1) }
        var pools: [(sum: Double, count: Int)] = []
        for (rank, index) in order.enumerated() {
            pools.append((wishes[index] - Double(rank) * gap, 1))
            while pools.count > 1, mean(pools[pools.count - 2]) >= mean(pools[pools.count - 1]) {
                let last = pools.removeLast()
                pools[pools.count - 1].sum += last.sum
                pools[pools.count - 1].count += last.count
            }
        }
        let highest = max(bounds.lowerBound, bounds.upperBound - Double(wishes.count - 1) * gap)
        var places = wishes
        var rank = 0
        for pool in pools {
            let base = min(max(mean(pool), bounds.lowerBound), highest)
            for _ in 0..<pool.count {
                places[order[rank]] = base + Double(rank) * gap
                rank += 1
            }
        }
        return places
    }

    private static func mean(_ pool: (sum: Double, count: Int)) -> Double { pool.sum / Double(pool.count) }
}
