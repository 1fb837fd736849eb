/// How a sentence's hypotheses go on: with the best continuations, or with ones that are drawn.
extension SearchedSentence {
    mutating func keepBest(_ step: Step) {
        // 2 · beam are enough that `beam` of them do not end.
        var candidates = Candidates(wanted: 2 * min(options.beam, beams.count * step.logProbabilities.shape[1]))
        for (number, beam) in beams.enumerated() {
            candidates.add(step.values(number), to: beam.logProbability, beam: number, except: barred(after: beam))
        }
        var growing = 0
        var kept: [Continuation] = []
        for (rank, candidate) in candidates.best.enumerated() {
            if candidate.token == end {
                // One that ends counts only among the best: further down it would crowd out better ones that still grow.
                guard rank < options.beam else { continue }
            } else {
                guard growing < options.beam else { continue }
                growing += 1
            }
            kept.append((candidate.beam, candidate.token, candidate.logProbability, 0))
        }
        replace(kept, step)
        dropHopeless()
    }

    mutating func draw(_ step: Step) {
        // Until the first token is drawn, all samples share one hypothesis.
        let growing = length == prefix.count ? samplers.indices.map { (0, $0) } : beams.enumerated().map { ($0, $1.sample) }
        var drawn: [Continuation] = []
        for (number, sample) in growing {
            let beam = beams[number]
            let values = step.values(number)
            if let token = samplers[sample].token(Array(values), at: length, except: barred(after: beam)) {
                drawn.append((number, token, beam.logProbability + Double(values[Int(token)]), sample))
            } else {
                end(beam, sample: sample, isComplete: false)
            }
        }
        replace(drawn, step)
    }
}
