/// A value by which the keys beside it are read: where it is wrong, nothing can be said about them.
protocol DecidesTheRest {}

/// One pass over a recipe's values: what turns a place into a value, and where the problems gather.
final class RecipeReading {
    enum Mode {
        /// The first problem is thrown.
        case strict
        /// A keyed value that fails is reported, and a stand-in takes its place so that reading goes on.
        case collecting
        /// As collecting, but nothing is reported: the stand-in itself is being made.
        case silent
    }

    /// Thrown where a problem is already reported and no stand-in exists.
    struct Abandoned: Error {}

    private struct Report {
        let problem: RecipeError.Problem
        /// For an unknown key the path of the key it was probably meant to be, for a missing key its own path.
        let key: String?
    }

    let name: String
    let mode: Mode
    private var reports: [Report] = []

    init(name: String, mode: Mode) {
        self.name = name
        self.mode = mode
    }

    /// The problems; a key that is missing only because it is misspelt is not told twice.
    var problemsWithoutConsequences: [RecipeError.Problem] {
        let misspelt = reports.filter { $0.problem.kind == .unknownKey }.compactMap(\.key)
        return reports.filter { report in
            guard report.problem.kind == .missingKey, let key = report.key else { return true }
            return !misspelt.contains(key)
        }
        .map(\.problem)
    }

    func report(_ problem: RecipeError.Problem, key: String? = nil) {
        if mode != .silent { reports.append(Report(problem: problem, key: key)) }
    }

    func problem(_ kind: RecipeError.Kind, at origin: RecipeNode.Origin, _ message: String) -> RecipeError.Problem {
        switch origin {
        case .line(let line):
            return RecipeError.Problem(kind: kind, place: "\(name):\(line)", line: line, message: message)
        case .override(let text):
            return RecipeError.Problem(kind: kind, place: "--set \(RecipeNode.shortened(text))", line: nil, message: message)
        }
    }

    func expected(_ expectation: String, at place: RecipePlace) -> RecipeError.Problem {
        problem(.wrongType, at: place.origin, "\(place.subject) must be \(expectation), found \(place.node.found)")
    }

    // MARK: - Values

    /// Reads a value, then looks for keys that it did not ask for.
    func value<T: Decodable>(_ type: T.Type, at place: RecipePlace) throws -> T {
        if let scalar = type as? any RecipeScalar.Type {
            return try self.scalar(scalar, at: place) as! T
        }
        let opened = OpenedMappings()
        let decoder = RecipeNodeDecoder(reading: self, place: place, opened: opened, keepsKeys: type is any KeyedByText.Type)
        let reportsBefore = reports.count
        let value: T
        do {
            value = try T(from: decoder)
        } catch let error as DecodingError {
            // A type that refuses a stand-in only repeats what was already said.
            guard reports.count == reportsBefore else { throw Abandoned() }
            if let misspelt = misspelling(refusedBy: error, opened, at: place) { throw misspelt }
            throw invalidChoice(type, at: place) ?? refused(error, at: place)
        } catch let problem as RecipeError.Problem {
            throw problem.kind == .wrongType ? invalidChoice(type, at: place) ?? problem : problem
        } catch let abandoned as Abandoned {
            throw abandoned
        } catch {
            guard reports.count == reportsBefore else { throw Abandoned() }
            throw problem(.invalidValue, at: place.origin, "\(place.subject): \(error)")
        }
        try checkKeys(opened, at: place)
        return value
    }

    private func scalar<S: RecipeScalar>(_ type: S.Type, at place: RecipePlace) throws -> S {
        guard case .scalar(let text, let isQuoted) = place.node.content, !place.node.isNull,
            let value = S(recipeText: text, isQuoted: isQuoted)
        else { throw expected(S.expectation, at: place) }
        return value
    }

    /// Reads the value of a key; where it fails in a collecting pass, reports that and returns a stand-in.
    func keyedValue<T: Decodable>(_ type: T.Type, at place: RecipePlace) throws -> T {
        do {
            return try value(type, at: place)
        } catch let problem as RecipeError.Problem where mode != .strict {
            report(problem)
        } catch is Abandoned {}
        return try standIn(for: type, at: place)
    }

    /// A stand-in for a missing key, or the error that it is missing.
    func missingValue<T: Decodable>(_ type: T.Type, key: String, in place: RecipePlace) throws -> T {
        let missing = problem(.missingKey, at: place.origin, "missing key '\(key)'\(place.suffix)")
        guard mode != .strict else { throw missing }
        do {
            let value = try standIn(for: type, at: place)
            report(missing, key: place.path(to: key))
            return value
        } catch let abandoned as Abandoned {
            // Reading ends here, so that nobody will look for keys that are unknown.
            report(misspelling(of: key, in: place) ?? missing)
            throw abandoned
        }
    }

    /// The problem of a key that is probably meant to be another one.
    private func misspelling(of key: String, in place: RecipePlace) -> RecipeError.Problem? {
        guard case .mapping(let entries) = place.node.content,
            let entry = entries.first(where: { Spelling.nearest(to: $0.key, among: [key]) != nil })
        else { return nil }
        let found = RecipeNode.shortened(entry.key)
        return problem(.unknownKey, at: entry.origin, "unknown key '\(found)'\(place.suffix); did you mean '\(key)'?")
    }

    /// The misspelt key for whose lack a type has probably refused a mapping as a whole.
    private func misspelling(refusedBy error: DecodingError, _ opened: OpenedMappings, at place: RecipePlace) -> RecipeError.Problem? {
        guard case .dataCorrupted(let context) = error, context.codingPath.count == place.codingPath.count else { return nil }
        for mapping in opened.mappings {
            for entry in mapping.entries where !mapping.asked.contains(entry.key) {
                let (problem, meant) = unknownKey(entry, in: mapping)
                if meant != nil { return problem }
            }
        }
        return nil
    }

    /// Some value that a recipe could hold in this place, so that reading can go on.
    private func standIn<T: Decodable>(for type: T.Type, at place: RecipePlace) throws -> T {
        if type is any DecidesTheRest.Type { throw Abandoned() }
        var candidates: [RecipeNode.Content] = [.mapping([]), .list([]), .scalar("0", isQuoted: false), .scalar("false", isQuoted: false)]
        candidates += (Self.choices(of: type) ?? [""]).map { .scalar($0, isQuoted: true) }
        let silent = RecipeReading(name: name, mode: .silent)
        for candidate in candidates {
            if let value = try? silent.value(type, at: place.replacing(candidate)) { return value }
        }
        throw Abandoned()
    }

    // MARK: - Refusals

    private func refused(_ error: DecodingError, at place: RecipePlace) -> RecipeError.Problem {
        let context: DecodingError.Context
        switch error {
        case .dataCorrupted(let found), .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found):
            context = found
        @unknown default:
            return problem(.invalidValue, at: place.origin, "\(place.subject): \(error)")
        }
        var target = place
        var path = place.path
        for key in context.codingPath.dropFirst(place.codingPath.count) {
            if let index = key.intValue, case .list(let elements) = target.node.content, elements.indices.contains(index) {
                target = target.element(index, elements[index])
                path = target.path
            } else if case .mapping(let entries) = target.node.content,
                let entry = entries.first(where: { $0.key == key.stringValue || $0.key == RecipeKeyStyle.recipeKey(key.stringValue) })
            {
                target = target.child(entry)
                path = target.path
            } else {
                // The value is not in the file (a default, or a missing key): the line is that of what would hold it.
                path = (path.isEmpty ? "" : path + ".") + RecipeKeyStyle.recipeKey(key.stringValue)
            }
        }
        let subject = path.isEmpty ? "the recipe" : "'\(path)'"
        let separator = context.debugDescription.hasPrefix("must ") ? " " : ": "
        return problem(.invalidValue, at: target.origin, subject + separator + context.debugDescription)
    }

    private func invalidChoice<T>(_ type: T.Type, at place: RecipePlace) -> RecipeError.Problem? {
        guard let choices = Self.choices(of: type) else { return nil }
        var message = "\(place.subject) must be \(Self.alternatives(choices)), found \(place.node.found)"
        if case .scalar(let text, _) = place.node.content, let near = Spelling.nearest(to: text, among: choices) {
            message += "; did you mean '\(near)'?"
        }
        return problem(.invalidChoice, at: place.origin, message)
    }

    /// The raw values of an enumeration with string raw values, in the order of its cases; none for other types.
    static func choices<T>(of type: T.Type) -> [String]? {
        func rawValues<C: RawRepresentable & CaseIterable>(_ type: C.Type) -> [String]? {
            let values = type.allCases.compactMap { $0.rawValue as? String }
            return values.isEmpty ? nil : values
        }
        guard let type = type as? any (RawRepresentable & CaseIterable).Type else { return nil }
        return rawValues(type)
    }

    private static func alternatives(_ words: [String]) -> String {
        let quoted = words.map { "'\($0)'" }
        guard quoted.count > 1 else { return quoted[0] }
        return "one of " + quoted.dropLast().joined(separator: ", ") + " or " + quoted[quoted.count - 1]
    }

    // MARK: - Unknown keys

    private func checkKeys(_ opened: OpenedMappings, at place: RecipePlace) throws {
        if !opened.readsOtherwise, opened.mappings.isEmpty, case .mapping = place.node.content {
            opened.open(place)
        }
        for mapping in opened.mappings {
            for entry in mapping.entries where !mapping.asked.contains(entry.key) {
                let (problem, meant) = unknownKey(entry, in: mapping)
                guard mode != .strict else { throw problem }
                report(problem, key: meant)
            }
        }
    }

    private func unknownKey(_ entry: RecipeNode.Entry, in mapping: OpenedMappings.Mapping) -> (RecipeError.Problem, meant: String?) {
        let present = mapping.entries.map(\.key)
        let free = mapping.asked.filter { !present.contains($0) }
        let key = RecipeNode.shortened(entry.key)
        var message = "unknown key '\(key)'\(mapping.place.suffix)"
        let near = Spelling.nearest(to: entry.key, among: free)
        if let near {
            message += "; did you mean '\(near)'?"
        } else if free.isEmpty {
            message += mapping.asked.isEmpty ? "; no key is expected here" : "; every valid key is already there"
        } else {
            message += "; valid keys: " + free.joined(separator: ", ")
        }
        return (problem(.unknownKey, at: entry.origin, message), near.map(mapping.place.path(to:)))
    }
}
