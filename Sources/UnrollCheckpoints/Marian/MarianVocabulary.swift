import Foundation
import UnrollTensors
import UnrollText

/// A vocabulary of a Marian directory, and the order that its tokens have here.
///
/// Marian puts the end first, the unknown token second and the padding last, and begins a target with the padding. Here the four special tokens come first,
/// and the start is one of its own: it takes the padding's row. All other tokens follow in Marian's order.
struct MarianVocabulary {
    /// For each of our tokens the row of Marian's tables that is its own.
    let rows: [Int32]
    /// The same tokens in our order.
    let vocabulary: Vocabulary
    /// How many tokens Marian's tables have.
    let count: Int
    /// Marian's number of the unknown token.
    let unknown: Int

    /// Reads the JSON object of a token's number by its text.
    ///
    /// - Throws: `CheckpointError` for a file that is none, or whose tokens are not those of the configuration.
    init(contentsOf url: URL, _ configuration: MarianConfiguration, count: Int, key: String) throws {
        let file = try OpenFile(url)
        let refusal = { CheckpointError(kind: .mismatch, path: file.path, message: $0) }
        let entries = try Self.entries(of: file)
        guard entries.count == count else {
            throw refusal("has \(entries.count) tokens, and config.json '\(key)' \(count); both must be of one model")
        }
        var tokens = [String?](repeating: nil, count: count)
        for (name, number) in entries {
            guard number < count, tokens[number] == nil else {
                throw refusal(
                    "gives the token \(name.quoted) the number \(number); \(count) tokens have the numbers 0 to \(count - 1), each once")
            }
            tokens[number] = name
        }
        let names = tokens.map { $0! }
        let special = try ["<pad>", "<unk>", "</s>"].map { name in
            guard let number = names.firstIndex(of: name) else { throw refusal("has no token \(name.quoted)") }
            return number
        }
        for (key, wanted, found) in [("pad_token_id", configuration.padding, special[0]), ("eos_token_id", configuration.end, special[2])] {
            guard wanted == found else {
                throw refusal(
                    "gives \(names[found].quoted) the number \(found), and config.json has '\(key)' \(wanted); both must be of one model")
            }
        }
        let ordinary = names.indices.filter { !special.contains($0) }
        rows = ([special[0], special[1], special[0], special[2]] + ordinary).map { Int32($0) }
        vocabulary = try Vocabulary(ordinaryTokens: ordinary.map { names[$0] })
        self.count = count
        unknown = special[1]
    }

    private static func entries(of file: OpenFile) throws -> [(name: String, number: Int)] {
        var scanner = HeaderScanner(try file.bytes(0..<file.size))
        do {
            let entries = try scanner.numberedNames()
            try scanner.expectEnd()
            return entries
        } catch {
            throw CheckpointError(
                kind: .malformed, path: file.path,
                message: "is no JSON object of numbers: \(error.message) at byte \(error.position.grouped); copy it again")
        }
    }

    /// A table [Marian's tokens, width] in our order.
    func arranged(_ table: Tensor) -> Tensor { gathered(table, Tensor(rows, shape: [rows.count])) }
}
