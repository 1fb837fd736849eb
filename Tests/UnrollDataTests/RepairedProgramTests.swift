import Foundation
import Testing

@testable import UnrollData

@Suite("Broken and repaired programs") struct RepairedProgramTests {
    private static func line(_ broken: String, _ fixed: String, agrees: Bool = true) throws -> String {
        let row: [String: Any] = [
            "id": 3, "broken": broken, "fixed": fixed, "broken_tokens": broken + " t", "fixed_tokens": fixed + " t", "clang_agrees": agrees,
        ]
        return String(decoding: try JSONSerialization.data(withJSONObject: row, options: .sortedKeys), as: UTF8.self)
    }

    private static func pair(_ broken: String, _ repaired: String, tokens: (String, String)? = nil, line: Int = 1) -> RepairedProgram {
        RepairedProgram(
            broken: .init(characters: broken, tokens: tokens?.0 ?? broken),
            repaired: .init(characters: repaired, tokens: tokens?.1 ?? repaired),
            lineNumber: line)
    }

    @Test func pairsThatACompilerTellsApartAreRead() throws {
        let folder = try TemporaryFolder()
        let lines = [try Self.line("int a\n", "int a;\n"), "", try Self.line("x", "y", agrees: false), try Self.line("{", "{}")]
        let programs = try RepairedProgram.read(folder.write(lines.joined(separator: "\n"), to: "pairs.jsonl"))
        #expect(programs.map(\.lineNumber) == [1, 4])
        #expect(programs[0].broken[.characters] == "int a\n" && programs[0].repaired[.tokens] == "int a;\n t")
    }

    @Test func whatIsNoPairIsNamed() throws {
        let folder = try TemporaryFolder()
        func failure(_ text: String) throws -> String {
            let path = try folder.write(text, to: "pairs")
            let error = #expect(throws: CorpusError.self) { try RepairedProgram.read(path) }
            return (error?.description ?? "").replacing(path, with: "pairs")
        }
        let good = try Self.line("a", "b")
        #expect(try failure(good + "\n{").hasPrefix("pairs:2: the line must be an object of JSON with the texts 'broken', 'fixed', "))
        #expect(try failure(good + "\n{\"broken\": \"a\"}").hasPrefix("pairs:2: the line must be"))
        #expect(try failure(good.replacing("true", with: "1")).hasPrefix("pairs:1: the line must be"))
        #expect(try failure(Self.line("a", "b", agrees: false)) == "pairs: there is no pair with 'clang_agrees'.")
    }

    /// 30 pairs, of which the last ten share texts: by threes in one form or the other, and one by one only across a third.
    private static let pairs: [RepairedProgram] = (0..<30).map { place in
        let shared = place < 20 ? "\(place)" : "shared \(place / 3)"
        return place.isMultiple(of: 2)
            ? pair("\(place) broken", "\(place) fixed", tokens: ("\(place)", "\(shared)  fixed"), line: place + 1)
            : pair("\(place) broken", "\(place) fixed", tokens: ("\(shared) fixed", "\(place) ok"), line: place + 1)
    }

    @Test func equalTextsHangTogether() {
        let groups = ProgramParts.groups(Self.pairs)
        #expect(
            groups.map(\.count).sorted() == Array(repeating: 1, count: 21) + [3, 3, 3] && groups.flatMap(\.self).sorted() == Array(0..<30))
        #expect(groups.filter { $0.count > 1 } == [[21, 22, 23], [24, 25, 26], [27, 28, 29]])
        // Characters and tokens are never compared with one another.
        #expect(ProgramParts.groups([Self.pair("a", "b", tokens: ("c", "d")), Self.pair("c", "e", tokens: ("b", "f"))]).count == 2)
        // One program's repair is the other's break, and a third joins both.
        #expect(ProgramParts.groups([Self.pair("a", "b"), Self.pair("c", "d"), Self.pair("b", "c")]) == [[0, 1, 2]])
    }

    @Test func everyPairIsMeasuredWithOnceAndNothingThatItSharesATextWithIsLearntFrom() throws {
        var measured: [Int] = []
        for fold in 1...5 {
            let parts = try ProgramParts(Self.pairs, folds: 5, fold: fold, heldOut: 4, seed: 1)
            let (training, validation, test) = (parts.training, parts.validation, parts.test)
            #expect((training + validation + test).map(\.lineNumber).sorted() == Array(1...30))
            #expect((4...6).contains(validation.count) && (4...8).contains(test.count))
            measured += test.map(\.lineNumber)
            for group in ProgramParts.groups(Self.pairs) where group.count > 1 {
                let inside = [training, validation, test].map { part in group.count { place in part.contains(Self.pairs[place]) } }
                #expect(inside.sorted() == [0, 0, group.count])
            }
            #expect(try ProgramParts(Self.pairs, folds: 5, fold: fold, heldOut: 4, seed: 1).validation == validation)
            #expect(try ProgramParts(Self.pairs, folds: 5, fold: fold, heldOut: 4, seed: 2).test != test)
        }
        #expect(measured.sorted() == Array(1...30))
        let error = #expect(throws: CorpusError.self) { try ProgramParts(Self.pairs, folds: 5, fold: 1, heldOut: 30, seed: 1) }
        #expect(error?.kind == .invalidOption && error?.message.contains("30 pairs of programs, of which 24 share no text") == true)
        #expect(throws: CorpusError.self) { try ProgramParts(Array(Self.pairs.prefix(3)), folds: 5, fold: 5, heldOut: 1, seed: 1) }
    }

    @Test func aMistakeIsMadeWhereItFits() {
        let learning = [
            Self.pair("int main(){ int n; n=1 }", "int main(){ int n; n=1; }"),
            Self.pair("f(a));", "f(a);"),
        ]
        var mistakes = ProgramMistakes(of: learning, form: .characters)
        var generator = SplitMix64(1)
        // The semicolon between a one and a brace, not the other; a bracket between `)` and `;`.
        #expect((0..<20).allSatisfy { _ in mistakes.made(in: "x=2; y=1; }", &generator) == "x=2; y=1 }" })
        #expect((0..<20).allSatisfy { _ in mistakes.made(in: "g(a);", &generator) == "g(a));" })
        #expect(mistakes.made(in: "x", &generator) == nil)
    }

    @Test func aNameThatTheProgramKnowsIsNoMistake() {
        let learning = [Self.pair("int i; j = 1;", "int i; i = 1;")]
        var mistakes = ProgramMistakes(of: learning, form: .characters)
        var generator = SplitMix64(1)
        #expect(mistakes.made(in: "int i; i = 2;", &generator) == "int i; j = 2;")
        #expect(mistakes.made(in: "int i, j; i = 2;", &generator) == nil)
        // In tokens a type stands for every name.
        var tokens = ProgramMistakes(of: [Self.pair("NONE = 1", "INT = 1")], form: .tokens)
        #expect(tokens.made(in: "NONE ; INT = 2", &generator) == nil, "what stands before it is another")
        #expect(tokens.made(in: "INT = 1", &generator) == "NONE = 1")
    }

    @Test func examplesAreBalancedAndRepeat() {
        let pairs = [
            Self.pair("a = 1", "a = 1;", line: 4), Self.pair("b = 2", "b = 2;", line: 7), Self.pair("c = 1", "c = 1;", line: 9),
        ]
        let plain = ProgramParts.examples(pairs, form: .characters)
        #expect(plain.map(\.label) == ["wrong", "correct", "wrong", "correct", "wrong", "correct"])
        #expect(plain.map(\.text) == pairs.flatMap { [$0.broken.characters, $0.repaired.characters] })
        #expect(plain.map(\.lineNumber) == [4, 4, 7, 7, 9, 9])
        let more = ProgramParts.examples(pairs, form: .characters, mistakes: 3, seed: 1)
        #expect(more.count == 24 && more.count { $0.label == "correct" } == 12)
        #expect(more.allSatisfy { ($0.label == "correct") == $0.text.hasSuffix(";") })
        #expect(ProgramParts.examples(pairs, form: .characters, mistakes: 3, seed: 1) == more)
    }

    @Test func onlyWholeStatementsAreLeftOut() {
        let program = """
            #include <stdio.h>
            int f(int);
            int main() {
                int a, b[3];
                point q;
                a = 1;
                if (a)
                    b[0] = 2;
                else
                    f(a);
                for (a = 0;
                     a < 3; a++) {
                    b[a] = f(a);  // no more
                    printf("%d: %c", a, ';');
                }
                f(a); }
                call(a,
                     b);
                a++; b[1] = (2;
                return 0;
            }
            """
        var generator = SplitMix64(1)
        #expect(ProgramShortening.shortened(program, share: 0, &generator) == program)
        let all = ProgramShortening.shortened(program, share: 0.999_999, &generator)
        let gone = program.split(separator: "\n").filter { !all.split(separator: "\n").contains($0) }.map { $0.drop { $0 == " " } }
        #expect(gone == ["a = 1;"], "others are declarations, parts, or end in a comment")
        let tokens = "int main ( ) {\nINT = 1 ;\nprintf ( \" %d \" , INT ) ;\nCHAR X ;\nreturn 0 ;\n}"
        #expect(ProgramShortening.shortened(tokens, share: 0.999_999, &generator) == "int main ( ) {\nCHAR X ;\nreturn 0 ;\n}")
        let counts = Set((0..<40).map { _ in ProgramShortening.shortened(tokens, share: 0.5, &generator).count })
        #expect(counts.count == 4, "each of two on its own")
    }

    @Test(.enabled(if: RealData.has("tracer-c"), "set UNROLL_DATA to the folder that holds tracer-c"))
    func readsTracer() throws {
        let programs = try RepairedProgram.read(RealData.path("tracer-c/singleL_test.jsonl.gz"))
        #expect(programs.count == 4_023)
        #expect(ProgramParts.groups(programs).count == 3_722)
        let some = Array(programs.prefix(200))
        for form in RepairedProgram.Form.allCases {
            let examples = ProgramParts.examples(some, form: form, mistakes: 1, leftOut: 0.3)
            #expect(examples.count > 700, "a mistake fits most programs")
            let correct = Set(examples.filter { $0.label == "correct" }.map(\.text))
            #expect(examples.count { $0.label == "wrong" && correct.contains($0.text) } < 10)
        }
    }
}
