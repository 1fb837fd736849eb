extension String {
    /// Calls `body` with the UTF-8 bytes of the string, without a copy where the string is stored as such.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var contiguous = self
        return contiguous.withUTF8(body)
    }

    /// Whether both hold the same bytes. `==` would also accept canonically equivalent strings ("é" in one scalar or in two).
    func hasSameBytes(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }

    /// Whether the bytes come first in the order of unsigned bytes, which is the order of the scalars too.
    func precedesInBytes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}
