extension AlignmentPage {
    /// An alignment with what was read in rows and what read it in columns, both as their reader would read them: for sentences, which are too long to
    /// stand above columns.
    static func figureDownwards(_ alignment: Alignment, number: Int) -> String {
        func heading(_ text: String, _ scope: String) -> String { "<th scope=\"\(scope)\"><bdi>\(escaped(text))</bdi></th>" }
        let (sources, targets) = (alignment.source.map(TokenDisplay.init), alignment.target.map(TokenDisplay.init))
        var figure = caption(alignment, number: number)
        figure += "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Heat map \(number)\">\n"
        figure += "<table class=\"downwards\">\n<thead><tr><td></td>"
        figure += alignment.target.map { heading($0, "col") }.joined() + "</tr></thead>\n<tbody>\n"
        for (place, sentence) in alignment.source.enumerated() {
            let cells = zip(alignment.weights, targets).map { cell($0[place], source: sources[place], target: $1) }
            figure += "<tr>\(heading(sentence, "row"))\(cells.joined())</tr>\n"
        }
        return figure + "</tbody>\n</table>\n</div>\n</figure>\n"
    }
}
