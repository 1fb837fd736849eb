extension LineChart {
    /// The colours of the lines: the same hues on light paper and on a dark ground, each with a contrast of at least 3 to 1 to it.
    static let lightColours = ["#1f5fa8", "#c2410c", "#0f7a5a", "#8e2350", "#6b4fd8", "#7a6400", "#0e7490", "#b5306f"]
    static let darkColours = ["#7cb7ff", "#ff9a5c", "#4fd1a5", "#f08bb4", "#b9a5ff", "#d9c75a", "#5fd0e6", "#ff8fc0"]
    static let lightPaper = "#ffffff"
    static let darkPaper = "#1b1c22"

    /// Every rule is below the chart's own class, so that charts inside a page leave the page alone.
    static let style = """
        .line-chart { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
        .line-chart .title { font-size: 17px; font-weight: 600; }
        .line-chart .line, .line-chart .leader { fill: none; stroke-linejoin: round; stroke-linecap: round; }
        .line-chart .line { stroke-width: 2.25; }
        .line-chart .leader { stroke-width: 1; }
        .line-chart .dashed { stroke-dasharray: 7 5; }
        .line-chart .mark { stroke-width: 1.5; }
        .line-chart .grid { stroke-width: 1; }
        .line-chart .base { stroke-width: 1.25; }
        \(colours(ink: "#23212a", faint: "#63606b", grid: "#e4e0d8", paper: lightPaper, lines: lightColours))\
        @media (prefers-color-scheme: dark) {
        \(colours(ink: "#ecebf0", faint: "#a9a6b3", grid: "#31323c", paper: darkPaper, lines: darkColours))\
        }

        """

    private static func colours(ink: String, faint: String, grid: String, paper: String, lines: [String]) -> String {
        var rules = """
            .line-chart text { fill: \(ink); }
            .line-chart .faint { fill: \(faint); }
            .line-chart .grid { stroke: \(grid); }
            .line-chart .base, .line-chart .leader { stroke: \(faint); }
            .line-chart .paper { fill: \(paper); }

            """
        for (index, colour) in lines.enumerated() {
            rules += ".line-chart .s\(index) .line { stroke: \(colour); }\n"
            rules += ".line-chart .s\(index) .mark { fill: \(colour); stroke: \(paper); }\n"
        }
        return rules
    }
}
