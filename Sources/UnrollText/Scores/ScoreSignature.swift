#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What all scores print in common.
enum ScoreSignature {
    /// Stands where sacreBLEU prints its own version. It changes when a change could move a score.
    static let version = "unroll-0.1.0"

    /// Key and value pairs as sacreBLEU writes them, the version at the end.
    static func joined(_ pairs: KeyValuePairs<String, String>) -> String {
        (pairs.map { "\($0.key):\($0.value)" } + ["version:\(version)"]).joined(separator: "|")
    }

    /// `value` with this many decimals, rounded as C's `printf` does.
    static func fixed(_ value: Double, decimals: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList([decimals, value]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
        return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
