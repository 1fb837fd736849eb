/// The mappings that one value opened while it was read, and the keys that it asked each of them for.
final class OpenedMappings {
    final class Mapping {
        let place: RecipePlace
        let entries: [RecipeNode.Entry]
        /// The keys asked for, in the recipe's spelling and in the order of the first question.
        private(set) var asked: [String] = []

        init(place: RecipePlace, entries: [RecipeNode.Entry]) {
            self.place = place
            self.entries = entries
        }

        func ask(_ key: String) -> RecipeNode.Entry? {
            if !asked.contains(key) { asked.append(key) }
            return entries.first { $0.key == key }
        }
    }

    private(set) var mappings: [Mapping] = []
    /// Whether the value was read as a list or as a whole, so that another reading answers for its keys.
    var readsOtherwise = false

    /// The mapping at a place, the same one when it is opened again; none where there is no mapping.
    @discardableResult
    func open(_ place: RecipePlace) -> Mapping? {
        if let known = mappings.first(where: { $0.place.path == place.path }) { return known }
        guard case .mapping(let entries) = place.node.content else { return nil }
        let mapping = Mapping(place: place, entries: entries)
        mappings.append(mapping)
        return mapping
    }
}
