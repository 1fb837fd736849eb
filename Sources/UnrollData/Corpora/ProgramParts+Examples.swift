extension ProgramParts {
    /// Texts of pairs with their labels: of each both programs, and so many times more the repaired one, without some of its statements, beside itself
    /// with a mistake of some pair.
    ///
    /// - Parameters:
    ///   - programs: pairs, one of the parts.
    ///   - form: which text.
    ///   - mistakes: how many mistakes are made in each repaired program; those of `programs` themselves.
    ///   - leftOut: the probability that a statement on a line of its own is left out before that.
    ///   - seed: of the draws.
    /// - Returns: texts labelled `correct` or `wrong`, with the line of their pair.
    public static func examples(
        _ programs: [RepairedProgram], form: RepairedProgram.Form, mistakes: Int = 0, leftOut: Double = 0, seed: UInt64 = 0
    ) -> [LabelledText] {
        var known = mistakes > 0 ? ProgramMistakes(of: programs, form: form) : nil
        return programs.flatMap { program -> [LabelledText] in
            func labelled(_ text: String, isCorrect: Bool) -> LabelledText {
                let labels = BracketGenerator.labels
                return LabelledText(text: text, label: isCorrect ? labels.correct : labels.wrong, lineNumber: program.lineNumber)
            }
            let repaired = program.repaired[form]
            var examples = [labelled(program.broken[form], isCorrect: false), labelled(repaired, isCorrect: true)]
            var generator = SplitMix64(seed, 0x6572_7273, UInt64(program.lineNumber))
            for _ in 0..<mistakes {
                let shorter = ProgramShortening.shortened(repaired, share: leftOut, &generator)
                guard let wrong = known?.made(in: shorter, &generator) else { continue }
                examples += [labelled(wrong, isCorrect: false), labelled(shorter, isCorrect: true)]
            }
            return examples
        }
    }
}
