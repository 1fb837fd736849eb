/// The mistakes of some programs, to be made in others: so a small corpus has many wrong programs to learn from.
///
/// What a pair of programs differs in is one passage: this stands in the repaired one, that in the broken one, and there is a lexeme on either side that
/// is no white space. The mistake fits wherever a program has the same passage between the same two lexemes.
struct ProgramMistakes {
    private struct Mistake {
        /// The lexemes of the repaired program, and those of the broken one in their place.
        let right, wrong: ArraySlice<Int>
        /// The nearest lexemes that are no white space; −1 at the program's start and end.
        let before, after: Int
    }

    /// A mistake has at most so many lexemes on each side: more is a rewriting that fits nowhere else.
    private static let longest = 8
    /// How many mistakes are tried on a program.
    private static let tries = 100

    private var lexemes: ProgramLexemes
    private var mistakes: [Mistake] = []

    /// Collects the mistakes of some pairs, as often as each was made.
    init(of programs: [RepairedProgram], form: RepairedProgram.Form) {
        lexemes = ProgramLexemes(form: form)
        for program in programs {
            let (right, wrong) = (lexemes.numbers(of: program.repaired[form]), lexemes.numbers(of: program.broken[form]))
            let shorter = min(right.count, wrong.count)
            let start = (0..<shorter).first { right[$0] != wrong[$0] } ?? shorter
            let end = (0..<shorter - start).first { right[right.count - 1 - $0] != wrong[wrong.count - 1 - $0] } ?? shorter - start
            let mistake = Mistake(
                right: right[start..<right.count - end], wrong: wrong[start..<wrong.count - end],
                before: lexemes.last(before: start, in: right), after: lexemes.first(from: right.count - end, in: right))
            let isSmall = max(mistake.right.count, mistake.wrong.count) <= Self.longest
            if isSmall, !mistake.right.elementsEqual(mistake.wrong) { mistakes.append(mistake) }
        }
    }

    /// A correct program with one of the mistakes; nil where none of those that were tried fits.
    mutating func made(in program: String, _ generator: inout SplitMix64) -> String? {
        guard !mistakes.isEmpty else { return nil }
        let numbers = lexemes.numbers(of: program)
        for _ in 0..<Self.tries {
            let mistake = mistakes[generator.next(below: mistakes.count)]
            // A name that the program knows may well be right where the mistake puts it.
            guard !mistake.wrong.contains(where: { lexemes.isName[$0] && numbers.contains($0) }) else { continue }
            let places = places(for: mistake, in: numbers)
            guard !places.isEmpty else { continue }
            let place = places[generator.next(below: places.count)]
            var changed = numbers
            changed.replaceSubrange(place..<place + mistake.right.count, with: mistake.wrong)
            return lexemes.text(of: changed)
        }
        return nil
    }

    private func places(for mistake: Mistake, in program: [Int]) -> [Int] {
        guard mistake.right.count <= program.count else { return [] }
        return (0...program.count - mistake.right.count).filter { place in
            let end = place + mistake.right.count
            return program[place..<end].elementsEqual(mistake.right) && lexemes.last(before: place, in: program) == mistake.before
                && lexemes.first(from: end, in: program) == mistake.after
        }
    }
}

/// Programs as numbers of their lexemes: words, single other characters, and white space in one piece; of programs that are tokens already, what stands
/// between white space.
private struct ProgramLexemes {
    private let form: RepairedProgram.Form
    private var numbers: [String: Int] = [:]
    private var texts: [String] = []
    private var isBlank: [Bool] = []
    /// Whether a lexeme is a name that a programmer gave: never so in tokens, which have types in their place.
    private(set) var isName: [Bool] = []

    init(form: RepairedProgram.Form) { self.form = form }

    /// A program's lexemes; new ones get the next number.
    mutating func numbers(of program: String) -> [Int] {
        split(program).map { text in
            if let number = numbers[text] { return number }
            numbers[text] = texts.count
            texts.append(text)
            isBlank.append(text.isBlank)
            let isWord = text.utf8.first.map { Self.kind(of: $0) == .word && !(0x30...0x39).contains($0) } ?? false
            isName.append(form == .characters && isWord && !RepairedProgram.keywords.contains(text))
            return texts.count - 1
        }
    }

    func text(of program: [Int]) -> String { program.map { texts[$0] }.joined() }

    func last(before place: Int, in program: [Int]) -> Int { program[..<place].last { !isBlank[$0] } ?? -1 }

    func first(from place: Int, in program: [Int]) -> Int { program[place...].first { !isBlank[$0] } ?? -1 }

    private enum Kind { case blank, word, other }

    private static func kind(of byte: UInt8) -> Kind {
        switch byte {
        case 0x20, 0x09...0x0d: .blank
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x80...: .word
        default: .other
        }
    }

    private func split(_ program: String) -> [String] {
        let bytes = Array(program.utf8)
        var pieces: [String] = []
        var start = 0
        for place in bytes.indices {
            let kind = Self.kind(of: bytes[place])
            let next = place + 1 < bytes.count ? Self.kind(of: bytes[place + 1]) : nil
            let goesOn = form == .tokens ? next.map { ($0 == .blank) == (kind == .blank) } ?? false : kind != .other && next == kind
            guard !goesOn else { continue }
            pieces.append(String(decoding: bytes[start...place], as: UTF8.self))
            start = place + 1
        }
        return pieces
    }
}
