/// Places on a grid, told by who lies which way of whom, and a question for the two steps between two of them.
struct StoryMap {
    private static let directions: [(name: String, x: Int, y: Int)] = [("north", 0, 1), ("east", 1, 0), ("south", 0, -1), ("west", -1, 0)]

    /// The story with its one question.
    let story: Story

    /// Five neighbourhoods of six places.
    init(_ generator: inout SplitMix64) {
        var names = StoryWorld.places
        generator.shuffle(&names)
        var spots = [(x: 0, y: 0)]
        /// Of each place but the first: the one that it was put beside, and on which side.
        var origins: [(place: Int, direction: Int)] = []
        while spots.count < names.count {
            let (from, direction) = (generator.next(below: spots.count), generator.next(below: 4))
            let step = Self.directions[direction]
            let spot = (x: spots[from].x + step.x, y: spots[from].y + step.y)
            guard !spots.contains(where: { $0 == spot }) else { continue }
            spots.append(spot)
            origins.append((from, direction))
        }
        // Which neighbourhood is told at which place of the story.
        var order = Array(origins.indices)
        generator.shuffle(&order)
        var facts = [Int](repeating: 0, count: origins.count)
        var sentences: [String] = []
        for (told, index) in order.enumerated() {
            let (origin, direction) = origins[index]
            facts[index] = told
            let isTurned = generator.next(below: 2) == 0
            let (subject, object) = isTurned ? (origin, index + 1) : (index + 1, origin)
            let side = Self.directions[isTurned ? (direction + 2) % 4 : direction].name
            sentences.append("The \(names[subject]) is \(side) of the \(names[object]).")
        }
        // A step goes along one neighbourhood, either way.
        var steps: [(from: Int, to: Int, direction: Int, fact: Int)] = []
        for (index, (origin, direction)) in origins.enumerated() {
            steps.append((origin, index + 1, direction, facts[index]))
            steps.append((index + 1, origin, (direction + 2) % 4, facts[index]))
        }
        let pairs = steps.flatMap { first in steps.filter { $0.from == first.to && $0.to != first.from }.map { (first, $0) } }
        let (first, second) = pairs[generator.next(below: pairs.count)]
        let answer = [first, second].map { String(Self.directions[$0.direction].name.prefix(1)) }.joined(separator: ",")
        story = Story(
            sentences: sentences,
            questions: [
                Story.Question(
                    text: "How do you go from the \(names[first.from]) to the \(names[second.to])?", answer: answer,
                    facts: [first.fact, second.fact], sentenceCount: sentences.count, lineNumber: sentences.count + 1)
            ])
    }
}
