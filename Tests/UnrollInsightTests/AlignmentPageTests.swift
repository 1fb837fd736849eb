import Testing

@testable import UnrollInsight

@Suite("The attention page") struct AlignmentPageTests {
    private func body(_ alignments: Alignment..., title: String = "Title") -> String {
        let html = AlignmentPage(title: title, alignments: alignments).html
        return String(html[html.range(of: "<main>")!.lowerBound...])
    }

    @Test func oneSmallHeatMapInFull() {
        let alignment = Alignment(
            source: ["ab", " "], target: ["x"], weights: [[0.876, 0.124]], sourceText: "ab ", targetText: "x")
        #expect(
            body(alignment) == """
                <main>
                <figure role="group" aria-labelledby="caption1">
                <figcaption id="caption1"><span class="number">1</span><bdi class="source" dir="auto">ab </bdi>\
                <bdi class="target" dir="auto">x</bdi></figcaption>
                <div class="scroll" role="region" tabindex="0" aria-label="Heat map 1">
                <table dir="ltr">
                <thead><tr><td></td><th scope="col" title="ab"><bdi dir="auto">ab</bdi></th>\
                <th scope="col" title=" "><bdi dir="ltr"><i>␣</i></bdi></th></tr></thead>
                <tbody>
                <tr><th scope="row" title="x"><bdi dir="auto">x</bdi></th>\
                <td class="w44" title="\u{2068}x\u{2069} ← \u{2068}ab\u{2069}: 0.876"><span>0.88</span></td>\
                <td class="w6" title="\u{2068}x\u{2069} ← \u{2068}␣\u{2069}: 0.124"><span>0.12</span></td></tr>
                </tbody>
                </table>
                </div>
                </figure>
                </main>
                </body>
                </html>

                """)
    }

    @Test func everyWeightHasItsCell() {
        for alignment in SampleAlignments.all {
            let html = body(alignment)
            #expect(html.components(of: "<td class=\"w") == alignment.source.count * alignment.target.count)
            #expect(html.components(of: "<th scope=\"col\"") == alignment.source.count)
            #expect(html.components(of: "<th scope=\"row\"") == alignment.target.count)
        }
    }

    @Test func rightToLeftSourcesRunFromTheRight() {
        #expect(body(SampleAlignments.persian).contains("<table dir=\"rtl\" class=\"turned\">"))
        #expect(body(SampleAlignments.intoPersian).contains("<table dir=\"ltr\" class=\"turned\">"))
        #expect(body(SampleAlignments.date).contains("<table dir=\"rtl\">"))
        #expect(body(SampleAlignments.persian).contains("<bdi dir=\"auto\" class=\"down\">می‌خندند</bdi>"))
        #expect(body(SampleAlignments.german).contains("<bdi dir=\"auto\" class=\"up\">läuft</bdi>"))
        let bracketed = SampleAlignments.make(["دو", "(￭", "مرد", "￭)", "۱۲", "</s>"], ["two", "(￭", "۳", "￭)"], nil, nil)
        for bracket in ["(<i>￭</i>", "<i>￭</i>)", "۱۲"] {
            #expect(body(bracketed).contains("<bdi dir=\"rtl\" class=\"down\">\(bracket)</bdi>"), "mirrored, as in the text")
        }
        #expect(body(bracketed).contains("<bdi dir=\"auto\" class=\"up\"><i>&lt;/s&gt;</i></bdi>"), "never turned into <s/>")
        for sign in ["(<i>￭</i>", "<i>￭</i>)", "۳"] { #expect(body(bracketed).contains("<bdi dir=\"ltr\">\(sign)</bdi>")) }
        #expect(body(SampleAlignments.japanese).contains("<bdi dir=\"auto\" class=\"upright\">笑って</bdi>"))
    }

    @Test func cellsFollowTheOrderOfTheirColumns() {
        let alignment = Alignment(source: ["۱", "۲", "ب"], target: ["x"], weights: [[0.1, 0.3, 0.6]])
        let html = body(alignment)
        let cells = html.split(separator: "<td class=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
        #expect(cells == ["w15", "w5", "w30"])
        let heads = html.split(separator: "<th scope=\"col\" title=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
        #expect(heads == ["۲", "۱", "ب"])
    }

    @Test func textIsEscaped() {
        let evil = "<script>alert('\"&')</script>"
        let alignment = Alignment(source: [evil], target: [evil], weights: [[1]], sourceText: evil, targetText: evil)
        let page = AlignmentPage(title: evil, subtitle: evil, alignments: [alignment]).html
        #expect(!page.contains("<script"))
        #expect(page.contains("<title>&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;</title>"))
        #expect(AlignmentPage.escaped("a\u{0}b\u{7F}\n") == "a\u{FFFD}b\u{FFFD}\n")
    }

    @Test func nothingComesFromOutside() {
        let page = AlignmentPage(title: "t", subtitle: "s", alignments: SampleAlignments.all).html
        for word in ["http", "src=", "href=", "url(", "@import", "<script", "<link"] {
            #expect(!page.contains(word), "the page contains \(word)")
        }
        #expect(page.contains("@media (prefers-color-scheme: dark)"))
        #expect(page.contains("<input type=\"checkbox\" id=\"numbers\">") && page.contains("<label for=\"numbers\">"))
    }

    @Test func tagsAreClosed() {
        let page = AlignmentPage(title: "t", subtitle: "s", alignments: SampleAlignments.all).html
        var open: [Substring] = []
        for piece in page.split(separator: "<").dropFirst() {
            let name = piece.prefix { !" >".contains($0) }
            if ["!DOCTYPE", "meta", "input"].contains(name) { continue }
            if name.hasPrefix("/") {
                #expect(open.popLast() == name.dropFirst())
            } else {
                open.append(name)
            }
        }
        #expect(open.isEmpty)
    }

    @Test func emptyAndBroken() {
        #expect(body().contains("There is nothing to show: no sentence was given."))
        #expect(body(Alignment(source: [], target: ["x"], weights: [[]])).contains("No weights: the source is empty."))
        #expect(body(Alignment(source: ["x"], target: [], weights: [])).contains("No weights: nothing was written."))
        #expect(body(Alignment(source: ["x"], target: [], weights: [])).contains("1 source token</span>"))
        #expect(
            body(Alignment(source: ["x"], target: ["y"], weights: [[.nan]]))
                .contains("<td class=\"broken\" title=\"\u{2068}y\u{2069} ← \u{2068}x\u{2069}: not a number\"><span>?</span></td>"))
        #expect(body(Alignment(source: ["x"], target: ["y"], weights: [[7]])).contains("<td class=\"w50\""))
        #expect(body(Alignment(source: ["x"], target: ["y"], weights: [[-1]])).contains("<td class=\"w0\""))
    }

    @Test(arguments: [
        (0, "0.00", "0.000"), (1, "1.00", "1.000"), (0.0051, "0.01", "0.005"), (0.9996, "1.00", "1.000"), (0.0004, "0.00", "0.000"),
        (-0.5, "−0.50", "−0.500"), (Float.greatestFiniteMagnitude, "9.00", "9.000"),
    ])
    func decimals(weight: Float, two: String, three: String) {
        #expect(AlignmentPage.decimal(weight, places: 2) == two)
        #expect(AlignmentPage.decimal(weight, places: 3) == three)
    }
}

@Suite("The scale of colours") struct ColourRampTests {
    @Test func endsAndStopsAreExact() {
        #expect([0, 50].map { ColourRamp.light.colour(step: $0) } == ["#f3f1ec", "#2d123f"])
        #expect([0, 25, 50].map { ColourRamp.dark.colour(step: $0) } == ["#23242c", "#c13f5c", "#fff0be"])
    }

    @Test func lightnessChangesInOneDirection() {
        func luminance(_ colour: String) -> Int {
            let value = Int(colour.dropFirst(), radix: 16)!
            return 299 * (value >> 16) + 587 * (value >> 8 & 255) + 114 * (value & 255)
        }
        let light = (0...ColourRamp.steps).map { luminance(ColourRamp.light.colour(step: $0)) }
        let dark = (0...ColourRamp.steps).map { luminance(ColourRamp.dark.colour(step: $0)) }
        #expect(zip(light, light.dropFirst()).allSatisfy { $0 > $1 })
        #expect(zip(dark, dark.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func textReadsOnEveryStep() {
        #expect(!ColourRamp.light.wantsWhiteText(step: 0))
        #expect(ColourRamp.light.wantsWhiteText(step: 50))
        #expect(ColourRamp.dark.wantsWhiteText(step: 0))
        #expect(!ColourRamp.dark.wantsWhiteText(step: 50))
    }

    @Test func weightsOutsideTheScaleCountAsItsEnds() {
        #expect([-1, 0, 0.009, 0.011, 0.5, 1, 2].map(ColourRamp.step) == [0, 0, 0, 1, 25, 50, 50])
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(of part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}
