import Foundation
import Testing
import UnrollData
import UnrollTraining

@testable import UnrollRecipes

/// The recipes that come with the project, each for a few updates on a part of its data.
@Suite("The recipes in recipes/") struct RecipeFolderTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static let names: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("recipes").path)
        return (names ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    private static let data =
        ProcessInfo.processInfo.environment["UNROLL_DATA"].map { URL(fileURLWithPath: $0) }
        ?? root.deletingLastPathComponent().appendingPathComponent("shared/data")

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent("recipes/\(name)"), encoding: .utf8)
    }

    /// The files below `$UNROLL_DATA` that a recipe reads.
    private static func files(_ text: String) -> [String] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }.flatMap {
            $0.matches(of: /\$UNROLL_DATA\/([^\s,}\]]+)/).map { String($0.output.1) }
        }
    }

    private static func hasData(_ name: String) -> Bool {
        let files = (try? files(text(name))) ?? []
        return files.allSatisfy { FileManager.default.fileExists(atPath: data.appendingPathComponent($0).path) }
    }

    private static let absent = names.filter { !hasData($0) }

    /// The first stories of every file of a folder.
    private static func writeExcerpts(ofFolder name: String, to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        for file in try FileManager.default.contentsOfDirectory(atPath: data.appendingPathComponent(name).path) where file.hasSuffix(".gz")
        {
            let reader = try LineReader(path: data.appendingPathComponent(name).appendingPathComponent(file).path)
            var (text, stories) = ("", 0)
            while let line = try reader.next() {
                if line.hasPrefix("1 ") { stories += 1 }
                if stories > 4 { break }
                text += line + "\n"
            }
            try Data(text.utf8).write(to: folder.appendingPathComponent(name).appendingPathComponent(file))
        }
    }

    /// Some of a file's lines: the first ones where they belong together, else from all over it, since some files are sorted.
    private static func writeExcerpt(of file: String, to folder: URL) throws {
        if file.hasPrefix("fsdd/") { return try linkSpokenDigits(to: folder.appendingPathComponent(file)) }
        let reader = try LineReader(path: data.appendingPathComponent(file).path)
        var lines: [String] = []
        while let line = try reader.next() { lines.append(line) }
        let excerpt =
            file.contains(".conllu")
            ? Array(lines[..<((lines.dropFirst(2_000).firstIndex(of: "") ?? lines.count - 1) + 1)])
            : stride(from: 0, to: lines.count, by: max(1, lines.count / 400)).map { lines[$0] }
        let url = folder.appendingPathComponent(file)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(excerpt.map { $0 + "\n" }.joined().utf8).write(to: url)
    }

    /// The smallest part of the recordings in place of each.
    private static func linkSpokenDigits(to table: URL) throws {
        try FileManager.default.createDirectory(at: table.deletingLastPathComponent(), withIntermediateDirectories: true)
        for (name, end) in [("test.tsv", "tsv"), ("test.s16le.gz", "s16le.gz")] {
            let link = table.deletingPathExtension().appendingPathExtension(end)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: data.appendingPathComponent("fsdd/\(name)"))
        }
    }

    @Test func thereAreSome() {
        #expect(Self.names.count > 4)
        for name in Self.absent { print("\(name) is not run: set UNROLL_DATA to the folder with its data") }
    }

    @Test(arguments: names)
    func isValidAndComplete(_ name: String) throws {
        let recipe = try RecipeDecoder().decode(Recipe.self, fromText: try Self.text(name), name: name)
        let written = try RecipeEncoder().encode(recipe)
        #expect(try RecipeDecoder().decode(Recipe.self, fromText: written, name: name) == recipe)
    }

    @Test(arguments: names.filter { hasData($0) })
    func trainsForAFewUpdates(_ name: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-recipes-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var text = try Self.text(name)
        for file in Self.files(text) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: Self.data.appendingPathComponent(file).path, isDirectory: &isFolder)
            if isFolder.boolValue {
                try Self.writeExcerpts(ofFolder: file, to: folder)
            } else if !FileManager.default.fileExists(atPath: folder.appendingPathComponent(file).path) {
                try Self.writeExcerpt(of: file, to: folder)
            }
        }
        text = text.replacing("$UNROLL_DATA", with: folder.path)
        var overrides = ["training.steps=2", "training.validate_every=2", "training.log_every=1"]
        if text.contains("byte_pair") { overrides.append("text.merges=100") }
        if text.contains("validation_sentences") || text.contains("best: bleu") { overrides.append("training.validation_sentences=2") }
        if text.contains("batch_sentences") { overrides.append("training.batch_sentences=4") }
        if text.contains("stories:") { overrides += ["data.stories.train=50", "data.stories.validation=10"] }
        if text.contains("programs:") {
            overrides += ["data.programs.held_out=20", "data.programs.mistakes=1", "training.batch_tokens=2000"]
        } else if text.contains("held_out:") {
            overrides.append("data.held_out=20")
        }
        if text.contains("task: audio") { overrides.append("training.batch_recordings=4") }
        if text.contains("task: algorithm") { overrides += ["data.validation=4", "training.batch_sequences=2"] }
        if text.contains("adding:") { overrides += ["data.adding.length=20", "data.adding.validation=10"] }
        if text.contains("brackets:") {
            overrides += ["data.brackets.longest=20", "data.brackets.train=400", "data.brackets.validation=10"]
        }
        if text.contains("copying:") { overrides += ["data.copying.train=50", "data.copying.validation=4"] }
        let recipe = try RecipeDecoder().decode(Recipe.self, fromText: text, name: name, overrides: overrides)
        var losses: [Double] = []
        let outcome = try recipe.prepared().train(in: folder.appendingPathComponent("run")) { event in
            switch event {
            case .progress(let progress): losses.append(progress.loss)
            case .validated(_, let validation, let isBest, _):
                losses.append(validation.loss)
                #expect(isBest)
            case .resumed: Issue.record("nothing was resumed")
            }
        }
        #expect(outcome == .finished)
        #expect(losses.count == 3 && losses.allSatisfy { $0 > 0 && $0.isFinite })
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("run/best.safetensors").path))
    }
}
