/// A value given beside the recipe, as in `--set training.steps=100`.
struct RecipeOverride {
    let text: String
    let path: [String]
    let value: RecipeNode

    /// - Throws: `RecipeError.Problem` for text that is not `key.path=value`, or whose value is absent or not YAML.
    init(_ text: String) throws {
        self.text = text
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !path.contains("") else {
            throw Self.problem(text, "an override is written as key.path=value, such as training.steps=100")
        }
        // Most likely a script's variable that is not set: the default in its place would be a training nobody asked for.
        guard !parts[1].allSatisfy(\.isWhitespace) else {
            throw Self.problem(text, "there is no value; for the default, write \(parts[0])=null")
        }
        self.path = path
        do {
            value = Self.marked(try RecipeNode.parse(String(parts[1]), name: ""), text)
        } catch let problem as RecipeError.Problem {
            throw Self.problem(text, problem.message)
        }
    }

    /// Puts the value in its place, over what the recipe says; sections on the way that the recipe does not have are added, so that
    /// whoever reads them can tell whether there is such a key.
    ///
    /// - Throws: `RecipeError.Problem` where the path leads through a value that has no keys, or outside a list.
    func apply(to root: inout RecipeNode) throws {
        try apply(to: &root, depth: 0)
    }

    private func apply(to node: inout RecipeNode, depth: Int) throws {
        guard depth < path.count else {
            node = value
            return
        }
        let key = path[depth]
        switch node.content {
        case .mapping(var entries):
            if let index = entries.firstIndex(where: { $0.key == key }) {
                try apply(to: &entries[index].value, depth: depth + 1)
                if depth + 1 == path.count { entries[index].origin = .override(text) }
            } else {
                var added = RecipeNode(content: .mapping([]), origin: .override(text))
                try apply(to: &added, depth: depth + 1)
                entries.append(RecipeNode.Entry(key: key, origin: .override(text), value: added))
            }
            node.content = .mapping(entries)
        case .list(var elements):
            guard let index = Int(key), elements.indices.contains(index) else {
                let valid = elements.isEmpty ? "it is empty" : "its indices are 0 to \(elements.count - 1)"
                throw Self.problem(text, "'\(reached(depth))' is a list and has no '\(key)'; \(valid)")
            }
            try apply(to: &elements[index], depth: depth + 1)
            node.content = .list(elements)
        case .scalar:
            guard node.isNull else {
                throw Self.problem(text, "'\(reached(depth))' is \(node.found) and has no keys")
            }
            node = RecipeNode(content: .mapping([]), origin: node.origin)
            try apply(to: &node, depth: depth)
        }
    }

    private func reached(_ depth: Int) -> String {
        depth == 0 ? "the recipe" : path[..<depth].joined(separator: ".")
    }

    private static func marked(_ node: RecipeNode, _ text: String) -> RecipeNode {
        let content: RecipeNode.Content
        switch node.content {
        case .scalar: content = node.content
        case .list(let elements): content = .list(elements.map { marked($0, text) })
        case .mapping(let entries):
            content = .mapping(
                entries.map { RecipeNode.Entry(key: $0.key, origin: .override(text), value: marked($0.value, text)) })
        }
        return RecipeNode(content: content, origin: .override(text))
    }

    private static func problem(_ text: String, _ message: String) -> RecipeError.Problem {
        RecipeError.Problem(kind: .invalidOverride, place: "--set \(RecipeNode.shortened(text))", line: nil, message: message)
    }
}
