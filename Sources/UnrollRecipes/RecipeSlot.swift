import Yams

/// A place that is being written; containers fill it and may do so after the encoder has handed them out.
final class RecipeSlot {
    enum Content {
        case empty
        case scalar(Node.Scalar)
        case list([RecipeSlot])
        case mapping([(key: String, value: RecipeSlot)])
    }

    let codingPath: [any CodingKey]
    let keepsKeys: Bool
    private var content = Content.empty

    init(codingPath: [any CodingKey], keepsKeys: Bool) {
        self.codingPath = codingPath
        self.keepsKeys = keepsKeys
    }

    var node: Node {
        switch content {
        case .empty: return Node([(Node, Node)]())
        case .scalar(let scalar): return .scalar(scalar)
        case .list(let slots):
            let nodes = slots.map(\.node)
            // Short lists of words and numbers read best on one line.
            let isFlat = nodes.allSatisfy { $0.scalar != nil }
            return .sequence(Node.Sequence(nodes, .implicit, isFlat ? .flow : .block))
        case .mapping(let pairs):
            let ordered = keepsKeys ? pairs.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : pairs
            return .mapping(
                Node.Mapping(ordered.map { (.scalar($0.key.represented()), $0.value.node) }, .implicit, ordered.isEmpty ? .flow : .block))
        }
    }

    func openMapping() {
        if case .mapping = content { return }
        content = .mapping([])
    }

    func openList() {
        if case .list = content { return }
        content = .list([])
    }

    var count: Int {
        guard case .list(let slots) = content else { return 0 }
        return slots.count
    }

    func child(_ key: any CodingKey, keepsKeys: Bool = false) -> RecipeSlot {
        openMapping()
        guard case .mapping(var pairs) = content else { preconditionFailure("a mapping was just opened") }
        let spelling = self.keepsKeys ? key.stringValue : RecipeKeyStyle.recipeKey(key.stringValue)
        let slot = RecipeSlot(codingPath: codingPath + [key], keepsKeys: keepsKeys)
        if let index = pairs.firstIndex(where: { $0.key == spelling }) {
            pairs[index].value = slot
        } else {
            pairs.append((spelling, slot))
        }
        content = .mapping(pairs)
        return slot
    }

    func append(keepsKeys: Bool = false) -> RecipeSlot {
        openList()
        guard case .list(var slots) = content else { preconditionFailure("a list was just opened") }
        let slot = RecipeSlot(codingPath: codingPath + [RecipeKey(intValue: slots.count)], keepsKeys: keepsKeys)
        slots.append(slot)
        content = .list(slots)
        return slot
    }

    func storeNil() {
        content = .scalar(Node.Scalar("null"))
    }

    func store<T: Encodable>(_ value: T) throws {
        switch value {
        case let text as String: content = .scalar(text.represented())
        case let truth as Bool: content = .scalar(Node.Scalar(truth ? "true" : "false"))
        case let whole as any FixedWidthInteger: content = .scalar(Node.Scalar(String(describing: whole)))
        case let number as Double: content = .scalar(try scalar(number))
        case let number as Float: content = .scalar(try scalar(number))
        default: try value.encode(to: RecipeSlotEncoder(slot: self))
        }
    }

    private func scalar<F: BinaryFloatingPoint & CustomStringConvertible & Encodable>(_ number: F) throws -> Node.Scalar {
        guard !number.isNaN else {
            throw EncodingError.invalidValue(
                number, EncodingError.Context(codingPath: codingPath, debugDescription: "a recipe cannot hold a number that is NaN"))
        }
        guard number.isFinite else { return Node.Scalar(number < 0 ? "-.inf" : ".inf") }
        let text = number.description
        // Readers of YAML 1.1 take an exponent for a number only after a point.
        guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return Node.Scalar(text) }
        return Node.Scalar(text[..<exponent] + ".0" + text[exponent...])
    }
}
