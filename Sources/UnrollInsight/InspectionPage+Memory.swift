extension InspectionPage {
    /// What was shown and said, vector by vector.
    var signals: String {
        guard !inspection.signals.isEmpty, let tokens = inspection.sequences.first?.tokens else { return "" }
        let steps = tokens.indices.map { String($0 + 1) }
        let pictures = inspection.signals.map { signal in
            let numbers = signal.values.joined().map(Double.init)
            let limit = max(1, numbers.map { abs($0) }.max() ?? 1)
            return PageFrame.picture(
                HeatMap(
                    title: signal.name.prefix(1).uppercased() + signal.name.dropFirst(), columns: steps, rows: signal.rows,
                    values: signal.rows.indices.map { row in signal.values.map { Double($0[row]) } },
                    scale: numbers.contains { $0 < 0 } ? .diverging(limit) : .sequential(0...limit)
                ).svg)
        }
        return "<div class=\"pictures\">\n\(pictures.joined())</div>\n"
    }

    /// The memory over time as the paper's figures have it: for each head what it wrote or read, and where.
    var memory: String {
        guard let memory = inspection.memory, !memory.values.isEmpty else { return "" }
        let steps = memory.values.indices.map { String($0 + 1) }
        let heads = memory.heads.map { head in
            let maps = [
                map(head.writes ? "What was added" : "What was read", head.vectors, steps, nil),
                map("Where: the weight of each slot", head.weights, steps, .sequential(0...1)),
            ]
            return "<h3>\(AlignmentPage.escaped(head.name))</h3>\n<div class=\"pictures\">\n"
                + maps.map { PageFrame.picture($0.svg) }.joined() + "</div>\n"
        }
        let norm = { (slot: [Float]) -> Float in slot.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let norms = memory.values.map { $0.map(norm) }
        let last = memory.values[memory.values.count - 1]
        let maps = [
            map("The norm of each slot after each step", norms, steps, nil),
            map("The memory after the last step: a column for each slot", last, (1...memory.slots).map(String.init), nil),
        ]
        return section(
            "The memory",
            "\(memory.slots) slots of \(memory.width) numbers. Above, for each head, the numbers of the vector that it added to the slots or read from them; "
                + "below, how much of each slot took part. A head that goes on one slot at each step draws a diagonal.",
            heads.joined() + "<h3>the slots</h3>\n<div class=\"pictures\">\n" + maps.map { PageFrame.picture($0.svg) }.joined() + "</div>\n"
        )
    }
}
