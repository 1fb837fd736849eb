/// Reading a configuration whose keys all have defaults, with the ranges that its values must keep.
extension KeyedDecodingContainer {
    /// The key's value, or the default where the key is absent.
    package func value<Value: Decodable>(_ key: Key, default value: Value) throws -> Value {
        try decodeIfPresent(Value.self, forKey: key) ?? value
    }

    /// A whole number of at least `minimum`.
    package func count(_ key: Key, default value: Int, minimum: Int = 1) throws -> Int {
        let value = try decodeIfPresent(Int.self, forKey: key) ?? value
        guard value >= minimum else { throw invalid(key, "must be at least \(minimum), not \(value)") }
        return value
    }

    /// A number in 0..<1.
    package func probability(_ key: Key, default value: Double) throws -> Double {
        let value = try decodeIfPresent(Double.self, forKey: key) ?? value
        guard value >= 0, value < 1 else { throw invalid(key, "must be at least 0 and below 1, not \(value)") }
        return value
    }

    /// A number above zero.
    package func positive(_ key: Key, default value: Double) throws -> Double {
        let value = try decodeIfPresent(Double.self, forKey: key) ?? value
        guard value > 0, value.isFinite else { throw invalid(key, "must be above 0, not \(value)") }
        return value
    }

    /// The error of a key whose value is of the right type but cannot be.
    package func invalid(_ key: Key, _ message: String) -> DecodingError {
        .dataCorruptedError(forKey: key, in: self, debugDescription: message)
    }
}
