/// `Codable`'s view of one place in a recipe.
struct RecipeNodeDecoder: Decoder {
    let reading: RecipeReading
    let place: RecipePlace
    let opened: OpenedMappings
    /// Whether keys are taken as they are, for a dictionary.
    let keepsKeys: Bool

    var codingPath: [any CodingKey] { place.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let mapping = opened.open(place) else { throw reading.expected("a mapping", at: place) }
        return KeyedDecodingContainer(
            RecipeMappingContainer(reading: reading, mapping: mapping, opened: opened, keepsKeys: keepsKeys))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        opened.readsOtherwise = true
        return try RecipeListContainer(reading: reading, place: place, opened: opened)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        opened.readsOtherwise = true
        return RecipeValueContainer(reading: reading, place: place)
    }
}

struct RecipeMappingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let reading: RecipeReading
    let mapping: OpenedMappings.Mapping
    let opened: OpenedMappings
    let keepsKeys: Bool

    var codingPath: [any CodingKey] { mapping.place.codingPath }

    var allKeys: [Key] {
        mapping.entries.compactMap { entry in
            if !keepsKeys, let key = Key(stringValue: RecipeKeyStyle.propertyName(entry.key)), spelling(key) == entry.key { return key }
            return Key(stringValue: entry.key)
        }
    }

    private func spelling(_ key: any CodingKey) -> String {
        keepsKeys ? key.stringValue : RecipeKeyStyle.recipeKey(key.stringValue)
    }

    private func child(_ key: any CodingKey) -> RecipePlace? {
        mapping.ask(spelling(key)).map(mapping.place.child)
    }

    /// The place of a key that must be there, for questions to which no stand-in could be the answer.
    private func required(_ key: any CodingKey) throws -> RecipePlace {
        guard let place = child(key) else {
            throw reading.problem(.missingKey, at: mapping.place.origin, "missing key '\(spelling(key))'\(mapping.place.suffix)")
        }
        return place
    }

    func contains(_ key: Key) -> Bool {
        child(key) != nil
    }

    func decodeNil(forKey key: Key) throws -> Bool {
        try required(key).node.isNull
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        guard let place = child(key) else { return try reading.missingValue(type, key: spelling(key), in: mapping.place) }
        return try reading.keyedValue(type, at: place)
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type, forKey key: Key) throws -> KeyedDecodingContainer<NestedKey> {
        try RecipeNodeDecoder(reading: reading, place: required(key), opened: opened, keepsKeys: false).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try RecipeListContainer(reading: reading, place: required(key), opened: opened)
    }

    func superDecoder() throws -> any Decoder {
        RecipeNodeDecoder(reading: reading, place: try required(RecipeKey(stringValue: "super")), opened: opened, keepsKeys: false)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        RecipeNodeDecoder(reading: reading, place: try required(key), opened: opened, keepsKeys: false)
    }
}

struct RecipeListContainer: UnkeyedDecodingContainer {
    let reading: RecipeReading
    let place: RecipePlace
    let opened: OpenedMappings
    private let elements: [RecipeNode]
    private(set) var currentIndex = 0

    init(reading: RecipeReading, place: RecipePlace, opened: OpenedMappings) throws {
        guard case .list(let elements) = place.node.content else { throw reading.expected("a list", at: place) }
        self.reading = reading
        self.place = place
        self.opened = opened
        self.elements = elements
    }

    var codingPath: [any CodingKey] { place.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    private func current() throws -> RecipePlace {
        guard !isAtEnd else {
            let count = elements.count == 1 ? "1 value" : "\(elements.count) values"
            throw reading.problem(.wrongType, at: place.origin, "\(place.subject) must have more values, found a list of \(count)")
        }
        return place.element(currentIndex, elements[currentIndex])
    }

    mutating func decodeNil() throws -> Bool {
        guard try current().node.isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try reading.keyedValue(type, at: current())
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) throws -> KeyedDecodingContainer<NestedKey> {
        try superDecoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try RecipeListContainer(reading: reading, place: next(), opened: opened)
    }

    mutating func superDecoder() throws -> any Decoder {
        RecipeNodeDecoder(reading: reading, place: try next(), opened: opened, keepsKeys: false)
    }

    private mutating func next() throws -> RecipePlace {
        let place = try current()
        currentIndex += 1
        return place
    }
}

struct RecipeValueContainer: SingleValueDecodingContainer {
    let reading: RecipeReading
    let place: RecipePlace

    var codingPath: [any CodingKey] { place.codingPath }

    func decodeNil() -> Bool { place.node.isNull }

    /// A type that tries one form after another must see a form fail, so no stand-in is made here.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try RecipeReading(name: reading.name, mode: .strict).value(type, at: place)
    }
}
