import Yams

extension RecipeNode {
    /// More values than any recipe has; aliases of aliases would otherwise grow without bound.
    static let valueLimit = 100_000

    /// Reads YAML text; an empty text is an empty mapping.
    ///
    /// - Throws: `RecipeError.Problem` for text that is not one YAML document, and for duplicate keys.
    static func parse(_ text: String, name: String) throws -> RecipeNode {
        // A byte-order mark, as some editors put it before every text.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw problem(error, text: text, name: name)
        }
        guard let root else { return RecipeNode(content: .mapping([]), origin: .line(1)) }
        var count = 0
        return try converted(root, line: 1, name: name, count: &count)
    }

    private static func converted(_ node: Node, line: Int, name: String, count: inout Int) throws -> RecipeNode {
        count += 1
        let line = node.mark?.line ?? line
        guard count <= valueLimit else {
            throw RecipeError.Problem(
                kind: .syntax, place: "\(name):\(line)", line: line,
                message: "more than \(valueLimit) values; a recipe is smaller than that")
        }
        let content: Content
        switch node {
        case .scalar(let scalar):
            content = .scalar(scalar.string, isQuoted: scalar.style != .plain && scalar.style != .any)
        case .sequence(let sequence):
            content = .list(try sequence.map { try converted($0, line: line, name: name, count: &count) })
        case .mapping(let mapping):
            content = .mapping(
                try mapping.map { pair in
                    let keyLine = pair.key.mark?.line ?? line
                    guard case .scalar(let key) = pair.key else {
                        throw RecipeError.Problem(
                            kind: .syntax, place: "\(name):\(keyLine)", line: keyLine,
                            message: "a key must be a word, not a list or a mapping")
                    }
                    let value = try converted(pair.value, line: keyLine, name: name, count: &count)
                    return Entry(key: key.string, origin: .line(keyLine), value: value)
                })
        case .alias:
            throw RecipeError.Problem(kind: .syntax, place: "\(name):\(line)", line: line, message: "an alias that points nowhere")
        }
        return RecipeNode(content: content, origin: .line(line))
    }

    private static func problem(_ error: YamlError, text: String, name: String) -> RecipeError.Problem {
        func syntax(_ line: Int, _ context: YamlError.Context?, _ message: String) -> RecipeError.Problem {
            let context = context.map { "\($0.text.trimmed): " } ?? ""
            return RecipeError.Problem(
                kind: .syntax, place: "\(name):\(line)", line: line, message: "not valid YAML: \(context)\(message.trimmed)")
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return syntax(mark.line, context, problem)
        case .reader(let problem, let offset, _, _):
            let line = text.prefix(offset ?? 0).utf8.count(where: { $0 == UInt8(ascii: "\n") }) + 1
            return syntax(line, nil, problem)
        case .duplicatedKeysInMapping(let keys, let context):
            return duplicate(key: keys.first ?? "", firstLine: context.mark.line, column: context.mark.column, text: text, name: name)
        default:
            return RecipeError.Problem(kind: .syntax, place: name, line: nil, message: "not valid YAML: \(error)")
        }
    }

    /// The parser tells where the key first stands; the second one is looked for at the same indentation.
    private static func duplicate(key: String, firstLine: Int, column: Int, text: String, name: String) -> RecipeError.Problem {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let second = lines.indices.dropFirst(firstLine).first { index in
            let rest = lines[index].unicodeScalars.dropFirst(column - 1)
            let indentation = lines[index].unicodeScalars.prefix(column - 1)
            let word = String(String.UnicodeScalarView(rest)).drop { "\"'".contains($0) }
            return indentation.allSatisfy { $0 == " " } && word.hasPrefix(key)
                && word.dropFirst(key.count).drop { "\"' ".contains($0) }.first == ":"
        }
        guard let second else {
            return RecipeError.Problem(
                kind: .duplicateKey, place: "\(name):\(firstLine)", line: firstLine, message: "the key '\(key)' appears twice; keep one")
        }
        return RecipeError.Problem(
            kind: .duplicateKey, place: "\(name):\(second + 1)", line: second + 1,
            message: "the key '\(key)' appears twice, first on line \(firstLine); keep one")
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
