extension CatalogueEntry {
    /// Whether each word of the text stands in the entry's group or name, whatever the case of its letters: `lstm`, `fused reversed`.
    ///
    /// A text without words matches nothing.
    public func matches(_ text: String) -> Bool {
        let words = text.lowercased().split(separator: " ")
        let searched = "\(group.rawValue) \(name)".lowercased()
        return !words.isEmpty && words.allSatisfy { searched.contains($0) }
    }

    /// The words that `matches` can find in this entry, in lower case: runs of letters and digits, from three characters on.
    public var searchWords: [String] {
        "\(group.rawValue) \(name)".lowercased().split { !$0.isLetter && !$0.isNumber }.filter { $0.count > 2 }.map(String.init)
    }
}
