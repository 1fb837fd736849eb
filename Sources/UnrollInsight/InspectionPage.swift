/// A page that shows the inside of a model over one example, in a single HTML file without scripts or outside resources: the graph, rolled and
/// unrolled; the gradient through time; gates, states and their saturation; attention; and the parameters' gradients.
///
/// The page follows the reader's light or dark colours and can be printed. The same inspection always gives the same bytes.
public struct InspectionPage: Sendable {
    /// The page's title.
    public var title: String
    /// What is shown.
    public var inspection: Inspection

    /// Makes a page.
    public init(title: String, _ inspection: Inspection) {
        self.title = title
        self.inspection = inspection
    }

    /// The page as HTML, in UTF-8.
    public var html: String {
        let kind = inspection.kind.prefix(1).uppercased() + inspection.kind.dropFirst()
        var body = "<input type=\"checkbox\" id=\"numbers\"><header>\n<h1 dir=\"auto\">\(AlignmentPage.escaped(title))</h1>\n"
        body += "<p>\(AlignmentPage.escaped("\(kind): \(inspection.equations)"))</p>\n</header>\n<main class=\"sections\">\n"
        body += example + graph + flow + attention + memory + recurrences + saturation + parameters + history
        return PageFrame.html(title: title, style: PageFrame.sectionStyle, body: body + "</main>\n")
    }

    func section(_ title: String, _ text: String, _ content: String) -> String {
        "<section>\n<h2>\(AlignmentPage.escaped(title))</h2>\n<p>\(text)</p>\n\(content)</section>\n"
    }

    // MARK: - The example and the graph

    private var example: String {
        let own = inspection.targetIsOwn ? " (the model's own answer, since no other was given)" : ""
        let over =
            inspection.lossStep.map { "of step \($0) alone" }
            ?? (inspection.answers.count > 1 ? "the mean of \(inspection.answers.count) steps" : "of the answer")
        let facts = [
            ("input", inspection.input), ("target", inspection.target + own), ("loss", "\(ChartScale.plain(inspection.loss)), \(over)"),
        ]
        let heads = ["step", "target", "likeliest", "loss"]
        let rows = inspection.answers.enumerated().map { step, answer in
            ["\((inspection.firstAnswer ?? 0) + step + 1)", answer.target, answer.predicted, ChartScale.plain(answer.loss)]
        }
        let answers =
            rows.count == 1
            ? PageFrame.facts([("likeliest", inspection.answers[0].predicted)])
            : "<details>\n<summary>What was to be said at each step, and its loss</summary>\n\(PageFrame.table(heads, rows))</details>\n"
        return section(
            "The example", "One example went through the model, and the gradient of its loss came back.",
            PageFrame.facts(facts) + answers + candidates + signals)
    }

    private var candidates: String {
        guard let candidates = inspection.candidates else { return "" }
        return PageFrame.table(["answer", "probability"], candidates.map { [$0.answer, Self.percentage($0.probability)] })
    }

    private var graph: String {
        guard !inspection.graph.walks.isEmpty else { return "" }
        var pictures = PageFrame.picture(inspection.graph.rolledSVG)
        for (place, walk) in inspection.graph.walks.enumerated() {
            let isLast = place == inspection.graph.walks.count - 1
            let silent = [String](repeating: "", count: inspection.firstAnswer ?? 0)
            let outputs = isLast ? silent + inspection.answers.map(\.predicted) : []
            let tokens = inspection.sequences[walk.sequence].tokens
            pictures += PageFrame.picture(
                inspection.graph.unrolledSVG(walk: place, tokens: tokens, outputs: outputs), isWide: true,
                isRightToLeft: TokenDisplay.direction(of: tokens) == .rightToLeft)
        }
        return section(
            "The graph",
            "Rolled, the model has a loop: its state z goes through a delay of one step back into g. Unrolled over this input it has none, and the "
                + "gradient walks it backwards. Above the boxes stands what the model finds likeliest.",
            "<div class=\"pictures\">\n\(pictures)</div>\n")
    }

    // MARK: - Gradients through time

    private var flow: String {
        var content = ""
        for (place, sequence) in inspection.sequences.enumerated() {
            var rows = inspection.recurrences.filter { $0.sequence == place }.flatMap { recurrence in
                recurrence.states.map { (name: "\(Self.layer(recurrence)): \($0.name)", norms: $0.gradientNorms) }
            }
            if let memory = inspection.memory, !memory.gradientNorms.isEmpty { rows.append((name: "memory", norms: memory.gradientNorms)) }
            guard !rows.isEmpty, !sequence.tokens.isEmpty else { continue }
            let chart = LineChart(
                title: "Gradient norm at each step of the \(sequence.name)", xAxis: .init("step", isCounted: true),
                yAxis: .init("norm of ∂loss/∂state", isLogarithmic: true),
                series: rows.map { row in .init(row.name, row.norms.enumerated().map { .init(Double($0.offset + 1), $0.element) }) })
            let map = HeatMap(
                title: "The same by token", subtitle: "norm of ∂loss/∂state, logarithmic", columns: sequence.tokens, rows: rows.map(\.name),
                values: rows.map(\.norms), scale: .logarithmic)
            let numbers = sequence.tokens.indices.map { step in
                ["\(step + 1)  \(TokenDisplay(sequence.tokens[step]).text)"] + rows.map { ChartScale.plain($0.norms[step]) }
            }
            content += "<div class=\"pictures\">\n\(PageFrame.picture(chart.svg))\(PageFrame.picture(map.svg))</div>\n"
            content += "<details>\n<summary>The numbers</summary>\n\(PageFrame.table(["step"] + rows.map(\.name), numbers))</details>\n"
        }
        return section(
            "The gradient through time",
            "How much the loss would change with the state after each step, along every path: what the step's own output passes back, and what "
                + "comes back through time. A line that falls towards the past is a gradient that vanishes; one that rises explodes.",
            content)
    }

    /// The layer without the part of the model, which the sequence tells.
    private static func layer(_ recurrence: InspectedRecurrence) -> Substring {
        recurrence.name.firstRange(of: "layer ").map { recurrence.name[$0.lowerBound...] } ?? recurrence.name[...]
    }

    // MARK: - Attention

    private var attention: String {
        guard !inspection.attention.isEmpty else { return "" }
        let figures = inspection.attention.enumerated().map { place, attention in
            "<h3>\(AlignmentPage.escaped(attention.name))</h3>\n"
                + (attention.readsDownwards
                    ? AlignmentPage.figureDownwards(attention.alignment, number: place + 1)
                    : AlignmentPage.figure(attention.alignment, number: place + 1))
                + heads(of: attention)
        }
        let isDownwards = inspection.attention.contains(where: \.readsDownwards)
        return section(
            "Attention",
            isDownwards
                ? "Rows: what was read. Columns: each reading of it. What the weights of a column lack of 1 went to empty slots."
                : "Rows: what was said. Columns: what was read. The weights of a row sum to 1.",
            "<label for=\"numbers\">Show the numbers</label>\n" + figures.joined())
    }

    /// A map for each head, of which the figure shows the mean.
    private func heads(of attention: Inspection.Attention) -> String {
        guard !attention.heads.isEmpty else { return "" }
        let maps = attention.heads.enumerated().map { place, weights in
            HeatMap(
                title: "Head \(place + 1)", columns: attention.alignment.source, rows: attention.alignment.target,
                values: weights.map { $0.map(Double.init) }, scale: .sequential(0...1))
        }
        return "<details>\n<summary>Each of the \(maps.count) heads, of which this is the mean</summary>\n<div class=\"pictures\">\n"
            + maps.map { PageFrame.picture($0.svg) }.joined() + "</div>\n</details>\n"
    }

    // MARK: - Gates and states

    private var recurrences: String {
        guard !inspection.recurrences.isEmpty else { return "" }
        let content = inspection.recurrences.map { recurrence in
            let tokens = inspection.sequences[recurrence.sequence].tokens
            let gates = recurrence.gates.map { gate in
                let scale = gate.highest.map { gate.lowest < 0 ? HeatMap.Scale.diverging($0) : .sequential(gate.lowest...$0) }
                return map(gate.name, gate.values, tokens, scale)
            }
            let states = recurrence.states.map { map("\($0.name) state", $0.values, tokens, nil) }
            let pictures = (gates + states).map { PageFrame.picture($0.svg) }.joined()
            return "<h3>\(AlignmentPage.escaped(recurrence.name))\(recurrence.isReversed ? " (walked from the end)" : "")</h3>\n"
                + "<div class=\"pictures\">\n\(pictures)</div>\n"
        }
        return section(
            "Gates and states", "A row for each unit, a column for each step; the colours' two ends stand above each map.", content.joined()
        )
    }

    /// A map of units over steps; without a scale, from the data.
    func map(_ title: String, _ steps: [[Float]], _ tokens: [String], _ scale: HeatMap.Scale?) -> HeatMap {
        let units = steps.first?.count ?? 0
        let values = (0..<units).map { unit in steps.map { Double($0[unit]) } }
        let finite = values.joined().filter(\.isFinite)
        let limit = max(finite.map { abs($0) }.max() ?? 1, 1e-30)
        let isSigned = finite.contains { $0 < 0 }
        return HeatMap(
            title: title, columns: tokens, values: values, scale: scale ?? (isSigned ? .diverging(limit) : .sequential(0...limit)))
    }

    private var saturation: String {
        let rows = inspection.recurrences.flatMap { recurrence in
            recurrence.gates.map { gate in
                [
                    "\(recurrence.name): \(gate.name)", Self.percentage(gate.lowShare),
                    gate.highest == nil ? "–" : Self.percentage(gate.highShare),
                    Self.percentage(gate.lowShare + gate.highShare),
                ]
            }
        }
        guard !rows.isEmpty else { return "" }
        let charts = inspection.recurrences.filter { !$0.gates.isEmpty && !$0.gates[0].saturation.isEmpty }.map { recurrence in
            PageFrame.picture(
                LineChart(
                    title: "Saturated gates: \(recurrence.name)", xAxis: .init("step", isCounted: true),
                    yAxis: .init("share of units, %", range: 0...100),
                    series: recurrence.gates.map { gate in
                        .init(gate.name, gate.saturation.enumerated().map { .init(Double($0.offset + 1), 100 * $0.element) })
                    }
                ).svg)
        }
        return section(
            "Saturated gates",
            "The share of values in the lowest and in the highest tenth of a gate's range, where its derivative is small: below 0.1 and above 0.9 of "
                + "a σ, below −0.8 and above 0.8 of a tanh; of a rectifier, the share that is 0.",
            PageFrame.table(["gate", "low", "high", "saturated"], rows)
                + "<div class=\"pictures\">\n\(charts.joined())</div>\n")
    }

    // MARK: - Parameters

    private var parameters: String {
        let rows = inspection.parameters.map { parameter in
            [
                parameter.name, parameter.shape.map(String.init).joined(separator: " × "), ChartScale.plain(parameter.norm),
                ChartScale.plain(parameter.gradientNorm),
                parameter.norm > 0 ? ChartScale.plain(parameter.gradientNorm / parameter.norm) : "–",
            ]
        }
        return section(
            "Parameters", "Euclidean norms of the parameters, and of this example's gradient with respect to them.",
            PageFrame.table(["parameter", "shape", "norm", "gradient", "ratio"], rows))
    }

    private var history: String {
        guard let history = inspection.training, !history.steps.isEmpty else {
            return section(
                "The parameters' gradients over training",
                "Nothing was recorded: with <code>gradient_norms: true</code> in a recipe's training section the trainer writes them into metrics.jsonl.",
                "")
        }
        let map = HeatMap(
            title: "Gradient norm of each parameter", subtitle: "mean before clipping between two lines of metrics.jsonl, logarithmic",
            columns: history.steps.map(String.init), rows: history.names, values: history.norms.map { $0.map { $0 ?? .nan } },
            scale: .logarithmic)
        let total = history.steps.indices.map { step in
            history.norms.reduce(0.0) { $0 + ($1[step] ?? 0) * ($1[step] ?? 0) }.squareRoot()
        }
        let chart = LineChart(
            title: "All parameters together", xAxis: .init("update", isCounted: true),
            yAxis: .init("norm of the gradient", isLogarithmic: true),
            series: [.init("all", zip(history.steps, total).map { .init(Double($0), $1) })])
        return section(
            "The parameters' gradients over training", "From the first update to the last one recorded.",
            "<div class=\"pictures\">\n\(PageFrame.picture(map.svg))\(PageFrame.picture(chart.svg))</div>\n")
    }

    private static func percentage(_ share: Double) -> String {
        ChartScale(([0, 100]), range: nil, intervals: 100).label((1000 * share).rounded() / 10) + " %"
    }
}
