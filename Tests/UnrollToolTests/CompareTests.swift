import Foundation
import Testing

@Suite("Comparing from the command line")
struct CompareTests {
    private func folder() throws -> Scratch {
        let folder = try Scratch()
        try folder.write("a b\nc d e a\n\nb b b b b\n", to: "source")
        try folder.write("a b\nc d e a\nempty\nb b b b a\n", to: "reference")
        return folder
    }

    private let arguments = [
        "compare", TinyModel.path, TinyModel.path, "--source", "source", "--reference", "reference", "--by-length", "2",
    ]

    @Test func aTableHasARowForEachRangeOfLengths() throws {
        let run = try Tool.run(arguments + ["--labels", "one,other"], in: folder())
        #expect(run.code == 0)
        #expect(run.lines.filter { $0.hasSuffix(" one   other") || $0.contains("one") }.count == 3)
        // A model compared with itself is nowhere the better one.
        #expect(!run.output.contains("*"))
        #expect(run.lines.count { $0.trimmingCharacters(in: .whitespaces).hasPrefix("5–6") } == 3)
        #expect(run.told.contains("one: 4 sentences in "))
    }

    @Test func jsonAndADrawing() throws {
        let folder = try folder()
        let run = try Tool.run(arguments + ["--json", "--svg", "lengths.svg", "--measure", "exact", "--labels", "א,ب"], in: folder)
        #expect(run.code == 0)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect((object["models"] as? [[String: Any]])?.map { $0["label"] as? String } == ["א", "ب"])
        #expect(try folder.text("lengths.svg").hasPrefix("<svg"))
    }

    @Test func whatCannotBeIsSaidBeforeTheWork() throws {
        let folder = try folder()
        let labels = try Tool.run(arguments + ["--labels", "one"], in: folder)
        #expect(labels.code == 64)
        #expect(labels.error.hasPrefix("Error: --labels has 1 names for 2 models"))
        let drawing = try Tool.run(arguments + ["--svg", "absent/lengths.svg"], in: folder)
        #expect((drawing.code, drawing.output) == (73, ""))
        #expect(!drawing.told.contains("translated"))
        try folder.write("a\n", to: "reference")
        let lines = try Tool.run(arguments, in: folder)
        #expect(lines.code == 65)
        #expect(lines.told.contains("source, reference: the files have 4 and 1 lines"))
    }
}
