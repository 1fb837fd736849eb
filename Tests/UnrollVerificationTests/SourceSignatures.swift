import Foundation

/// The public declarations of the sources beside these tests, read from their text.
enum SourceSignatures {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The text of every Swift file below a folder of `Sources`.
    static func texts(_ folder: String) throws -> [String] {
        let directory = root.appending(path: "Sources/\(folder)")
        let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
        return try (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }.map {
            try String(contentsOf: $0, encoding: .utf8)
        }
    }

    /// Public functions: `linear(_:_:bias:columns:)`; operators with their types: `+(Tensor, Double)`.
    static func functions(in text: String) -> [String] {
        text.matches(of: /public (?:static )?(?:prefix )?func ([^\s(<]+)\s*(?:<[^>]*>)?\s*\(/).map { match in
            let name = String(match.output.1)
            let parameters = parameters(text[match.range.upperBound...])
            let isOperator = !name.contains(/\w/)
            let parts = parameters.map { parameter in
                let colon = parameter.firstIndex(of: ":") ?? parameter.endIndex
                let label = parameter[..<colon].split(separator: " ").first.map(String.init) ?? "_"
                let type = parameter[colon...].dropFirst().prefix { $0 != "=" }.trimmingCharacters(in: .whitespacesAndNewlines)
                return isOperator ? type : label + ":"
            }
            return "\(name)(\(parts.joined(separator: isOperator ? ", " : "")))"
        }
    }

    /// Public structs that conform to one of the given protocols.
    static func structs(conformingTo protocols: Set<String>, in text: String) -> [String] {
        text.matches(of: /public struct (\w+)[^:{]*:([^{]*)\{/).compactMap { match in
            let conformances = match.output.2.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            return protocols.isDisjoint(with: conformances) ? nil : String(match.output.1)
        }
    }

    /// The parameters up to the closing parenthesis, parted at the commas that no bracket encloses.
    private static func parameters(_ text: Substring) -> [String] {
        var parts: [String] = []
        var part = ""
        var depth = 0
        for character in text {
            if depth == 0, character == ")" { break }
            if "([{<".contains(character) { depth += 1 }
            if ")]}".contains(character) || (character == ">" && part.last != "-") { depth -= 1 }
            if depth == 0, character == "," {
                parts.append(part)
                part = ""
            } else {
                part.append(character)
            }
        }
        if !part.allSatisfy(\.isWhitespace) { parts.append(part) }
        return parts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    }
}
