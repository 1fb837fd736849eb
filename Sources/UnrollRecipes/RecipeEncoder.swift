import Yams

/// Writes any `Encodable` value as a recipe in YAML that `RecipeDecoder` reads back: keys in snake_case and in the order in which the type
/// encodes them (for a synthesised type, the order of its declaration), a dictionary's keys as they are and sorted by their UTF-8 bytes.
///
/// The same value always gives the same bytes. A `Double` or `Float` is written with the fewest digits that read back to the same bits.
public struct RecipeEncoder: Sendable {
    /// Makes an encoder.
    public init() {}

    /// The recipe as text, ending in a line feed.
    ///
    /// - Throws: `EncodingError` for a value that a recipe cannot hold, such as a number that is NaN.
    public func encode<T: Encodable>(_ value: T) throws -> String {
        let slot = RecipeSlot(codingPath: [], keepsKeys: T.self is any KeyedByText.Type)
        try slot.store(value)
        return try Yams.serialize(node: slot.node, width: -1, allowUnicode: true)
    }
}
