import Foundation

/// A C program that does not compile, and the same one repaired.
public struct RepairedProgram: Sendable, Equatable {
    /// How a program is read.
    public enum Form: String, Codable, Sendable, CaseIterable {
        /// As it was written.
        case characters
        /// As tokens with blanks between them, in which names and literals are replaced by their types.
        case tokens
    }

    /// A program in both forms.
    public struct Text: Sendable, Equatable {
        /// As it was written.
        public let characters: String
        /// As tokens with blanks between them.
        public let tokens: String

        /// The text in a form.
        public subscript(form: Form) -> String { form == .characters ? characters : tokens }
    }

    /// The program that does not compile.
    public let broken: Text
    /// The program that does.
    public let repaired: Text
    /// The line of the file that both stand in, counted from 1.
    public let lineNumber: Int

    /// The words that C keeps for itself.
    static let keywords: Set<String> = [
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto",
        "if",
        "inline", "int", "long", "register", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union",
        "unsigned", "void", "volatile", "while",
    ]

    /// Reads the pairs of a file in the format of TRACER's (Ahmed 2018), plain or gzip: an object of JSON on each line. Pairs that are not marked as
    /// ones that a compiler of today tells apart, by `clang_agrees`, are passed over, and so are empty lines.
    ///
    /// - Throws: `CorpusError`, with the line: what `LineReader` throws; a line that is no such object; a file without any pair.
    public static func read(_ path: String) throws -> [RepairedProgram] {
        struct Row: Decodable {
            let broken, fixed, brokenTokens, fixedTokens: String
            let clangAgrees: Bool
        }
        let lines = try LineReader(path: path)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        var programs: [RepairedProgram] = []
        while let line = try lines.next() {
            guard !line.isBlank else { continue }
            guard let row = try? decoder.decode(Row.self, from: Data(line.utf8)) else {
                throw CorpusError(
                    .malformed, path: path, line: lines.lineNumber,
                    "the line must be an object of JSON with the texts 'broken', 'fixed', 'broken_tokens' and 'fixed_tokens', and with "
                        + "'clang_agrees', true or false.")
            }
            guard row.clangAgrees else { continue }
            programs.append(
                RepairedProgram(
                    broken: Text(characters: row.broken, tokens: row.brokenTokens),
                    repaired: Text(characters: row.fixed, tokens: row.fixedTokens), lineNumber: lines.lineNumber))
        }
        guard !programs.isEmpty else { throw CorpusError(.empty, path: path, "there is no pair with 'clang_agrees'.") }
        return programs
    }
}
