/// A value of a recipe's YAML, with the place it comes from.
struct RecipeNode {
    indirect enum Content {
        /// `isQuoted` marks text that was written in quotes or as a block, and so is never a number, a truth value or nothing.
        case scalar(String, isQuoted: Bool)
        case list([RecipeNode])
        case mapping([Entry])
    }

    struct Entry {
        var key: String
        var origin: Origin
        var value: RecipeNode
    }

    /// Where a value or a key was written.
    enum Origin: Equatable {
        case line(Int)
        /// The text of an override, as in `training.steps=100`.
        case override(String)
    }

    var content: Content
    var origin: Origin

    /// Whether the value is YAML's null: an empty value, `~` or `null`.
    var isNull: Bool {
        guard case .scalar(let text, isQuoted: false) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The value in words, as messages show what they found.
    var found: String {
        switch content {
        case .scalar(let text, let isQuoted):
            if isNull { return "nothing" }
            return isQuoted ? "the quoted text '\(Self.shortened(text))'" : "'\(Self.shortened(text))'"
        case .list: return "a list"
        case .mapping: return "a mapping"
        }
    }

    /// Text for a message: on one line, without control characters, not longer than a line.
    static func shortened(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(60) {
            result += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: false) : String(scalar)
        }
        return text.unicodeScalars.count > 60 ? result + "…" : result
    }
}

/// A value at its path from the root of the recipe.
struct RecipePlace {
    var node: RecipeNode
    /// The origin of the key that holds the value, or of the value where no key does (the root, an element of a list).
    var origin: RecipeNode.Origin
    /// The path as the recipe spells it: `training.batch`, `data.files[0]`; empty at the root.
    var path: String
    var codingPath: [any CodingKey]

    init(root: RecipeNode) {
        node = root
        origin = root.origin
        path = ""
        codingPath = []
    }

    private init(node: RecipeNode, origin: RecipeNode.Origin, path: String, codingPath: [any CodingKey]) {
        self.node = node
        self.origin = origin
        self.path = path
        self.codingPath = codingPath
    }

    func path(to key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    func child(_ entry: RecipeNode.Entry) -> RecipePlace {
        RecipePlace(
            node: entry.value, origin: entry.origin, path: path(to: entry.key),
            codingPath: codingPath + [RecipeKey(stringValue: entry.key)])
    }

    func element(_ index: Int, _ node: RecipeNode) -> RecipePlace {
        RecipePlace(
            node: node, origin: node.origin, path: "\(path)[\(index)]",
            codingPath: codingPath + [RecipeKey(intValue: index)])
    }

    /// The same place holding another value.
    func replacing(_ content: RecipeNode.Content) -> RecipePlace {
        var place = self
        place.node.content = content
        return place
    }

    /// " in 'training'", or nothing at the root.
    var suffix: String { path.isEmpty ? "" : " in '\(path)'" }

    /// The path in quotes as the subject of a sentence.
    var subject: String { path.isEmpty ? "the recipe" : "'\(path)'" }
}

/// A key or an index as `Codable` knows it.
struct RecipeKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}
