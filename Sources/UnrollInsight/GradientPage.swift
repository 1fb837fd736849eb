/// A page of a `GradientStudy`, in a single HTML file without scripts or outside resources. The same study always gives the same bytes.
public struct GradientPage: Sendable {
    /// What is shown.
    public var study: GradientStudy

    /// Makes a page.
    public init(_ study: GradientStudy) { self.study = study }

    private static let title = "Vanishing and exploding gradients"

    /// The page as HTML, in UTF-8.
    public var html: String {
        let facts =
            "\(study.task), \(study.length) steps; networks of \(study.units) units; gradients are means over \(study.sequences) sequences; seed \(study.seed)"
        let body = "<header>\n<h1>\(Self.title)</h1>\n<p>\(AlignmentPage.escaped(facts))</p>\n</header>\n<main class=\"sections\">\n"
        return PageFrame.html(title: Self.title, style: PageFrame.sectionStyle, body: body + flows + update + "</main>\n")
    }

    private func section(_ title: String, _ text: String, _ content: String) -> String {
        "<section>\n<h2>\(title)</h2>\n<p>\(text)</p>\n\(content)</section>\n"
    }

    private var initializations: [String] {
        study.flows.map(\.initialization).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private var flows: String {
        // All charts have one axis, so that they can be compared; what is smaller than its end is zero for every purpose.
        let norms = study.flows.flatMap(\.norms).filter { $0.isFinite && $0 > 0 }
        let range = max((norms.min() ?? 0.1) / 3, 1e-20)...(norms.max() ?? 1) * 3
        let charts = initializations.map { initialization in
            LineChart(
                title: "Recurrent weights \(initialization)", xAxis: .init("steps before the end", isCounted: true),
                yAxis: .init("gradient norm, as a multiple of that at the end", range: range, isLogarithmic: true),
                series: study.flows.filter { $0.initialization == initialization }.map { flow in
                    .init(flow.network, flow.norms.enumerated().map { .init(Double($0.offset), $0.element) })
                })
        }
        let marks = [0, 1, 5, 10, 20, 50, 100, 200, 500].filter { $0 < study.length }
        let rows = study.flows.map { flow in
            ["\(flow.network), \(flow.initialization)"] + marks.map { $0 < flow.norms.count ? ChartScale.plain(flow.norms[$0]) : "–" }
        }
        return section(
            "Backwards through time",
            "The loss is said at the last step. Its gradient is carried back from state to state; each step multiplies it by a matrix that "
                + "hangs on U and on the gates. A plain network’s gradient goes as the powers of that matrix. The state is h; of an LSTM, h and c together. "
                + "All of it is at the first weights, before anything has been learnt; each line is the geometric mean over \(study.draws) draws of weights and sequences.",
            "<div class=\"pictures\">\n\(charts.map { PageFrame.picture($0.svg) }.joined())</div>\n<details>\n<summary>The numbers</summary>\n"
                + PageFrame.table(["steps before the end"] + marks.map(String.init), rows) + "</details>\n")
    }

    private var update: String {
        func chart(_ title: String, _ axis: String, _ values: (GradientStudy.Run) -> [Double?]) -> String {
            PageFrame.picture(
                LineChart(
                    title: title, xAxis: .init("update", isCounted: true), yAxis: .init(axis, isLogarithmic: true),
                    series: study.runs.map { run in
                        .init(run.name, values(run).enumerated().map { .init(Double($0.offset), $0.element ?? .nan) })
                    }
                ).svg)
        }
        let rows = study.runs.map { run in
            let broken = run.losses.firstIndex { $0 == nil }
            return [
                run.name, ChartScale.plain(run.learningRate), run.clipNorm.map(ChartScale.plain) ?? "none",
                ChartScale.plain(run.gradientNorms.compactMap { $0 }.max() ?? 0),
                run.losses.last.flatMap { $0 }.map(ChartScale.plain) ?? "no number",
                broken.map(String.init) ?? "–",
            ]
        }
        return section(
            "At the update",
            "The same network (\(AlignmentPage.escaped(study.trained))), the same weights to begin with and the same sequences, trained by gradient "
                + "descent. One steep place is enough: the step that it asks for throws the weights far away, and what was learnt is gone. A tiny "
                + "learning rate is safe and hardly moves; clipping keeps the direction and bounds the step. Where a line ends early, the loss is no number any more.",
            "<div class=\"pictures\">\n" + chart("Loss", "loss before the update", \.losses)
                + chart("Norm of the gradient", "norm before clipping", \.gradientNorms)
                + chart("Norm of the weights", "norm of all weights", \.weightNorms) + "</div>\n"
                + PageFrame.table(["run", "learning rate", "clipped at", "largest gradient", "last loss", "no number from update"], rows))
    }
}
