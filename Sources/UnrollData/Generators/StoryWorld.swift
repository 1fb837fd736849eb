/// Some people who go from place to place, and may take things along: what a generated story tells of.
struct StoryWorld {
    static let places = ["kitchen", "garden", "library", "cellar", "attic", "workshop"]
    private static let names = ["Anna", "Boris", "Clara", "David", "Elena"]
    private static let things = ["apple", "book", "lamp", "key"]
    private static let going = ["went to", "walked to", "moved to", "hurried to"]
    private static let taking = ["took", "picked up", "grabbed"]
    private static let dropping = ["dropped", "left", "put down"]
    private static let numbers = ["none", "one", "two", "three", "four"]

    /// Where someone is, and the sentence that told it.
    private struct Whereabouts {
        var place: Int
        var fact: Int
    }

    /// Where a thing is.
    private enum Keeping {
        case unseen
        /// Someone took it.
        case held(person: Int, fact: Int)
        /// It lies at a place: the sentences that it was dropped in, and by which the place is known.
        case lying(place: Int, facts: [Int])
    }

    private let people: [String]
    private let objects: [String]
    private var whereabouts: [Whereabouts?]
    private var keeping: [Keeping]
    /// The sentences in which each took or dropped something.
    private var handling: [[Int]]
    private var told = 0

    /// Four people, and four things where they are carried.
    init(carriesObjects: Bool, _ generator: inout SplitMix64) {
        var names = Self.names
        generator.shuffle(&names)
        people = Array(names.prefix(4))
        objects = carriesObjects ? Self.things : []
        whereabouts = people.map { _ in nil }
        keeping = objects.map { _ in .unseen }
        handling = people.map { _ in [] }
    }

    // MARK: - What happens

    /// Lets something happen, and tells it.
    mutating func event(_ generator: inout SplitMix64) -> String {
        defer { told += 1 }
        let person = generator.next(below: people.count)
        if let here = whereabouts[person], !objects.isEmpty, generator.next(below: 2) == 0 {
            let held = objects.indices.filter { isHeld($0, by: person) }
            let there = objects.indices.filter { lies($0, at: here.place) }
            if !there.isEmpty, held.isEmpty || generator.next(below: 3) > 0 { return take(there, person, &generator) }
            if !held.isEmpty { return drop(held, person, here, &generator) }
        }
        return move(person, &generator)
    }

    private func isHeld(_ object: Int, by person: Int) -> Bool {
        if case .held(person, _) = keeping[object] { true } else { false }
    }

    private func lies(_ object: Int, at place: Int) -> Bool {
        switch keeping[object] {
        case .unseen: true
        case .lying(place, _): true
        default: false
        }
    }

    private mutating func take(_ choices: [Int], _ person: Int, _ generator: inout SplitMix64) -> String {
        let object = choices[generator.next(below: choices.count)]
        keeping[object] = .held(person: person, fact: told)
        handling[person].append(told)
        return "\(people[person]) \(Self.drawn(Self.taking, &generator)) the \(objects[object]) there."
    }

    private mutating func drop(_ choices: [Int], _ person: Int, _ here: Whereabouts, _ generator: inout SplitMix64) -> String {
        let object = choices[generator.next(below: choices.count)]
        keeping[object] = .lying(place: here.place, facts: [told, here.fact])
        handling[person].append(told)
        return "\(people[person]) \(Self.drawn(Self.dropping, &generator)) the \(objects[object])."
    }

    private mutating func move(_ person: Int, _ generator: inout SplitMix64) -> String {
        var place = generator.next(below: Self.places.count - 1)
        if let here = whereabouts[person], place >= here.place { place += 1 }
        whereabouts[person] = Whereabouts(place: place, fact: told)
        return "\(people[person]) \(Self.drawn(Self.going, &generator)) the \(Self.places[place])."
    }

    private static func drawn(_ words: [String], _ generator: inout SplitMix64) -> String { words[generator.next(below: words.count)] }

    // MARK: - What can be asked

    /// A question of a kind with its answer and the sentences that it follows from; nil where nothing can be asked yet.
    func question(
        _ kind: StoryGenerator.Kind, _ generator: inout SplitMix64
    ) -> (text: String, answer: String, facts: [Int])? {
        switch kind {
        case .places, .paths: whereIsSomeone(&generator)
        case .yesNo: isSomeoneThere(&generator)
        case .objects: whereIsSomething(&generator)
        case .counting: howMany(&generator)
        }
    }

    private func someone(_ generator: inout SplitMix64) -> (name: String, Whereabouts)? {
        let known = people.indices.compactMap { person in whereabouts[person].map { (people[person], $0) } }
        return known.isEmpty ? nil : known[generator.next(below: known.count)]
    }

    private func whereIsSomeone(_ generator: inout SplitMix64) -> (text: String, answer: String, facts: [Int])? {
        someone(&generator).map { name, here in ("Where is \(name)?", Self.places[here.place], [here.fact]) }
    }

    private func isSomeoneThere(_ generator: inout SplitMix64) -> (text: String, answer: String, facts: [Int])? {
        guard let (name, here) = someone(&generator) else { return nil }
        let isThere = generator.next(below: 2) == 0
        var place = here.place
        if !isThere {
            place = generator.next(below: Self.places.count - 1)
            if place >= here.place { place += 1 }
        }
        return ("Is \(name) in the \(Self.places[place])?", isThere ? "yes" : "no", [here.fact])
    }

    private func whereIsSomething(_ generator: inout SplitMix64) -> (text: String, answer: String, facts: [Int])? {
        let known: [(object: String, place: Int, facts: [Int])] = objects.indices.compactMap { object in
            switch keeping[object] {
            case .unseen: return nil
            case .lying(let place, let facts): return (objects[object], place, facts)
            case .held(let person, let fact): return whereabouts[person].map { (objects[object], $0.place, [fact, $0.fact]) }
            }
        }
        guard !known.isEmpty else { return nil }
        let (object, place, facts) = known[generator.next(below: known.count)]
        return ("Where is the \(object)?", Self.places[place], facts)
    }

    private func howMany(_ generator: inout SplitMix64) -> (text: String, answer: String, facts: [Int])? {
        let active = people.indices.filter { !handling[$0].isEmpty }
        guard !active.isEmpty else { return nil }
        let person = active[generator.next(below: active.count)]
        let count = objects.indices.filter { isHeld($0, by: person) }.count
        return ("How many objects is \(people[person]) carrying?", Self.numbers[count], handling[person])
    }
}
