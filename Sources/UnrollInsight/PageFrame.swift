/// What every page shares: one HTML file with its style inside, without scripts or outside resources, in the reader's light or dark colours.
enum PageFrame {
    /// A page.
    ///
    /// - Parameters:
    ///   - title: of the window.
    ///   - style: the style sheet.
    ///   - body: what the page shows.
    static func html(title: String, style: String, body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(AlignmentPage.escaped(title))</title>
        <style>
        \(style)</style>
        </head>
        <body>
        \(body)</body>
        </html>

        """
    }

    /// Rules for pages of sections, beside those of alignments.
    static let sectionStyle =
        AlignmentPage.style + """
            main.sections { display: block; }
            .sections section { margin: 2.75rem 0 0; }
            .sections h2 { margin: 0 0 0.35rem; font-size: 1.2rem; line-height: 1.3; }
            .sections h3 { margin: 1.5rem 0 0.5rem; font-size: 1rem; }
            .sections section > p, .sections .facts { margin: 0.25rem 0 1rem; max-width: 46rem; }
            .sections .note { color: var(--faint); font-size: 0.9rem; }
            .sections .pictures { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 1.25rem; margin: 0.75rem 0; }
            .sections .picture { max-width: 100%; overflow-x: auto; border: 1px solid var(--line); border-radius: 0.9rem; background: var(--card); }
            .sections .picture svg { display: block; max-width: 100%; height: auto; direction: ltr; }
            .sections .picture.wide svg { max-width: none; }
            .sections .picture:focus-visible, .sections summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
            #numbers:checked ~ main label { background: var(--accent); border-color: var(--accent); color: var(--paper); }
            #numbers:focus-visible ~ main label { outline: 2px solid var(--accent); outline-offset: 2px; }
            .facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.25rem; }
            .facts dt { color: var(--faint); }
            .facts dd { margin: 0; justify-self: start; overflow-wrap: anywhere; unicode-bidi: isolate; }
            .sections details { margin: 0.75rem 0; }
            .sections summary { cursor: pointer; color: var(--accent); width: fit-content; }
            table.downwards thead th { padding-inline: 0.5rem; }
            table.figures { border-spacing: 0; font-variant-numeric: tabular-nums; }
            table.figures th, table.figures thead td, table.figures thead th { position: static; background: none; vertical-align: bottom; }
            table.figures thead th { text-align: end; color: var(--faint); padding: 0.2rem 0 0.2rem 1.25rem; }
            table.figures tbody th { text-align: start; padding: 0.15rem 1rem 0.15rem 0; line-height: 1.5; }
            table.figures tbody td { width: auto; min-width: 0; height: auto; padding: 0.15rem 0 0.15rem 1.25rem; text-align: end; border-radius: 0; }
            table.figures tbody tr:nth-child(odd) > * { background: var(--paper); }
            table.figures tbody td:hover { outline: none; }
            table.figures th:first-child { text-align: start; padding-inline-start: 0; }
            @media print { .sections section { break-inside: auto; } .sections .picture { break-inside: avoid; } .sections details { display: none; }
              .sections .picture.wide svg { max-width: 100%; } }

            """

    /// A picture in a frame; one that is wider than the page is scrolled, by keys too, and begins where its text does.
    static func picture(_ svg: String, isWide: Bool = false, isRightToLeft: Bool = false) -> String {
        isWide
            ? "<div class=\"picture wide\"\(isRightToLeft ? " dir=\"rtl\"" : "") role=\"region\" tabindex=\"0\" aria-label=\"Picture\">\n\(svg)</div>\n"
            : "<div class=\"picture\">\n\(svg)</div>\n"
    }

    /// A table of numbers, whose first column names the rows.
    static func table(_ heads: [String], _ rows: [[String]]) -> String {
        let head = heads.map { "<th scope=\"col\">\(AlignmentPage.escaped($0))</th>" }.joined()
        let body = rows.map { row in
            "<tr><th scope=\"row\"><bdi>\(AlignmentPage.escaped(row[0]))</bdi></th>"
                + row.dropFirst().map { "<td>\(AlignmentPage.escaped($0))</td>" }.joined() + "</tr>\n"
        }
        return
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table\">\n<table class=\"figures\">\n<thead><tr>\(head)</tr></thead>\n<tbody>\n"
            + body.joined() + "</tbody>\n</table>\n</div>\n"
    }

    /// Names with what they stand for.
    static func facts(_ facts: [(String, String)]) -> String {
        "<dl class=\"facts\">\n"
            + facts.map { "<dt>\(AlignmentPage.escaped($0.0))</dt><dd dir=\"auto\">\(AlignmentPage.escaped($0.1))</dd>\n" }.joined()
            + "</dl>\n"
    }
}
