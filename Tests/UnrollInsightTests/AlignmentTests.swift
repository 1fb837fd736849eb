import Foundation
import Testing

@testable import UnrollInsight

@Suite("Alignments") struct AlignmentTests {
    private func read(_ json: String) throws -> Alignment {
        try JSONDecoder().decode(Alignment.self, from: Data(json.utf8))
    }

    @Test func survivesJSON() throws {
        let alignment = Alignment(source: ["a", "ب"], target: ["x"], weights: [[0.25, 0.75]], sourceText: "a ب")
        #expect(try JSONDecoder().decode(Alignment.self, from: JSONEncoder().encode(alignment)) == alignment)
    }

    @Test func unequalCountsAreRefused() throws {
        func said(_ json: String) -> String {
            do {
                _ = try read(json)
                return "no error"
            } catch DecodingError.dataCorrupted(let context) {
                return context.debugDescription
            } catch {
                return "\(error)"
            }
        }
        #expect(said(#"{"source":["a"],"target":["x"],"weights":[[1]]}"#) == "no error")
        #expect(
            said(#"{"source":["a"],"target":["x","y"],"weights":[[1]]}"#)
                == "must have a row for each of the 2 target tokens, found 1 rows")
        #expect(
            said(#"{"source":["a","b"],"target":["x","y"],"weights":[[1,0],[1]]}"#)
                == "must have a weight for each of the 2 source tokens, found 1 in row 1")
    }
}

@Suite("Tokens as they are shown") struct TokenDisplayTests {
    @Test(arguments: [
        ("Haus", "Haus"), ("", "∅"), (" ", "␣"), ("\t", "⇥"), ("\n", "⏎"), ("\u{A0}", "⍽"), ("\u{3000}", "⍽"), ("\u{301}", "◌\u{301}"),
        ("\u{202E}", "U+202E"), ("\u{0}", "U+0000"), ("\u{200C}", "ZWNJ"), ("می‌خندند", "می‌خندند"), ("a b", "a␣b"),
        ("▁Haus", "▁Haus"), ("abcdefghijklmnopqrstuvwxyz", "abcdefghijkl…pqrstuvwxyz"), ("👩‍👩‍👧", "👩‍👩‍👧"),
    ])
    func visibleForms(token: String, form: String) {
        #expect(TokenDisplay(token).text == form)
    }

    @Test(arguments: [
        ("</s>", [true]), ("laugh@@", [false, true]), ("##ing", [true, false]), ("▁a", [true, false]), ("Ġa", [true, false]),
        ("@@", [false]),
        ("<>", [false]), ("x</w>", [false, true]), ("a b", [false, true, false]), ("￭,", [true, false]), ("(￭", [false, true]),
        ("￭/￭", [true, false, true]),
    ])
    func marksAreToldFromText(token: String, marks: [Bool]) {
        #expect(TokenDisplay(token).parts.map(\.isMark) == marks)
    }

    @Test func directions() {
        #expect(TokenDisplay.direction(of: ["دو", "مرد"]) == .rightToLeft)
        #expect(TokenDisplay.direction(of: ["שלום"]) == .rightToLeft)
        #expect(TokenDisplay.direction(of: ["<farsi>", "دو"]) == .rightToLeft)
        #expect(TokenDisplay.direction(of: ["<fa>", "مرد", "ok"]) == .rightToLeft)
        #expect(TokenDisplay.direction(of: ["Hund", "犬"]) == .leftToRight)
        #expect(TokenDisplay.direction(of: ["۱۲", "/", "12", ""]) == nil)
        #expect(TokenDisplay.direction(of: []) == nil)
    }

    @Test func numbersRunFromLeftToRight() {
        func shown(_ text: String) -> String {
            let tokens = text.map(String.init)
            return TokenDisplay.orderFromTheRight(tokens).map { tokens[$0] }.joined()
        }
        #expect(shown("۱۲ فروردین ۱۴۰۳") == "۲۱ فروردین ۳۰۴۱")
        #expect(shown("۱۴۰۳/۱/۱۲ ب") == "۲۱/۱/۳۰۴۱ ب")
        #expect(shown("۱، ۲") == "۱، ۲")
        #expect(shown("۱۲/") == "۲۱/")
        #expect(shown("") == "")
        #expect(TokenDisplay.orderFromTheRight(["۱۲", "۳", "ب", "", "۴"]) == [1, 0, 2, 3, 4])
        #expect(TokenDisplay.orderFromTheRight(["سال", "۱۴۰۳", "￭/￭", "۱", "￭."]) == [0, 3, 2, 1, 4])
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("日本", 4), ("한국", 4), ("é", 1), ("e\u{301}", 1), ("سلام", 4), ("می‌خندند", 7), ("😀", 2), ("👩‍👩‍👧", 2),
        ("🇮🇷", 2), ("ｱ", 1), ("Ａ", 2), ("。", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("❤️", 2), ("❤", 1), ("नि", 2), ("␣", 1),
    ])
    func columnsInATerminal(text: String, columns: Int) {
        #expect(DisplayWidth.columns(of: text) == columns)
    }
}

@Suite("Alignments in a terminal") struct AlignmentTerminalTests {
    @Test func shadesUnderTheirWords() {
        let alignment = Alignment(
            source: ["Ein", "Hund", "läuft"], target: ["A", "dog", "is", "here"],
            weights: [[0.8, 0.2, 0.0], [0.04, 0.7, 0.26], [0.05, 0.25, 0.5], [0.049, 0.74, 0.75]])
        #expect(
            alignment.terminalText() == """
                     Ein Hund läuft
                   A ███ ░░░░
                 dog     ▓▓▓▓ ▒▒▒▒▒
                  is ░░░ ▒▒▒▒ ▓▓▓▓▓
                here     ▓▓▓▓ █████

                """)
    }

    @Test func wideCharactersTakeTwoColumns() {
        let alignment = Alignment(source: ["二人", "の"], target: ["两", "abc"], weights: [[1, 0], [0, 1]])
        #expect(
            alignment.terminalText() == """
                    二人 の
                 两 ████
                abc      ██

                """)
    }

    @Test func rightToLeftTokensAreIsolated() {
        let alignment = Alignment(source: ["دو", "."], target: ["مرد"], weights: [[0, 1]])
        #expect(alignment.terminalText() == "    \u{2068}دو\u{2069} .\n\u{2068}مرد\u{2069}    █\n")
    }

    @Test func longSourcesGoOnInBlocks() {
        let alignment = Alignment(source: ["aaa", "bbb", "ccc"], target: ["x"], weights: [[1, 0.5, 1]])
        #expect(alignment.terminalText(width: 9) == "  aaa bbb\nx ███ ▓▓▓\n\n  ccc\nx ███\n")
        #expect(alignment.terminalText(width: 0) == "  aaa\nx ███\n\n  bbb\nx ▓▓▓\n\n  ccc\nx ███\n")
    }

    @Test func emptyAndBroken() {
        #expect(Alignment(source: [], target: ["x"], weights: [[]]).terminalText() == "(the source is empty)\n")
        #expect(Alignment(source: ["x"], target: [], weights: []).terminalText() == "(nothing was written)\n")
        #expect(Alignment(source: ["x"], target: ["y"], weights: [[.nan]]).terminalText() == "  x\ny ?\n")
    }
}
