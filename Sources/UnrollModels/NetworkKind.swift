/// What a network reads sequences with, as the key `kind` of a recipe's `model` names it. It says which keys the others are.
public enum NetworkKind: String, Codable, Sendable, CaseIterable {
    /// Recurrent layers.
    case recurrent
    /// The layers of a Transformer.
    case transformer

    /// The network's `kind`, recurrent where it is absent.
    init(in decoder: any Decoder) throws {
        self = try decoder.container(keyedBy: CodingKeys.self).value(.kind, default: .recurrent)
    }

    /// Writes it as `kind` among the network's other keys.
    func write(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(self, forKey: .kind)
    }

    private enum CodingKeys: CodingKey {
        case kind
    }
}
