/// `Codable`'s view of one place that is being written.
struct RecipeSlotEncoder: Encoder {
    let slot: RecipeSlot

    var codingPath: [any CodingKey] { slot.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        slot.openMapping()
        return KeyedEncodingContainer(RecipeMappingWriter(slot: slot))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        slot.openList()
        return RecipeListWriter(slot: slot)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        RecipeValueWriter(slot: slot)
    }
}

struct RecipeMappingWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let slot: RecipeSlot

    var codingPath: [any CodingKey] { slot.codingPath }

    func encodeNil(forKey key: Key) {
        slot.child(key).storeNil()
    }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try slot.child(key, keepsKeys: T.self is any KeyedByText.Type).store(value)
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy keyType: NestedKey.Type, forKey key: Key) -> KeyedEncodingContainer<NestedKey> {
        RecipeSlotEncoder(slot: slot.child(key)).container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        RecipeSlotEncoder(slot: slot.child(key)).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        RecipeSlotEncoder(slot: slot.child(RecipeKey(stringValue: "super")))
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        RecipeSlotEncoder(slot: slot.child(key))
    }
}

struct RecipeListWriter: UnkeyedEncodingContainer {
    let slot: RecipeSlot

    var codingPath: [any CodingKey] { slot.codingPath }
    var count: Int { slot.count }

    func encodeNil() {
        slot.append().storeNil()
    }

    func encode<T: Encodable>(_ value: T) throws {
        try slot.append(keepsKeys: T.self is any KeyedByText.Type).store(value)
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy keyType: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        RecipeSlotEncoder(slot: slot.append()).container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        RecipeSlotEncoder(slot: slot.append()).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        RecipeSlotEncoder(slot: slot.append())
    }
}

struct RecipeValueWriter: SingleValueEncodingContainer {
    let slot: RecipeSlot

    var codingPath: [any CodingKey] { slot.codingPath }

    func encodeNil() {
        slot.storeNil()
    }

    func encode<T: Encodable>(_ value: T) throws {
        try slot.store(value)
    }
}
