import Foundation
import Testing

@testable import UnrollText

/// Scores equal to sacreBLEU's; `Scripts/golden/sacrebleu_golden.py` writes the file.
@Suite struct GoldenScoreTests {
    struct Golden: Decodable {
        let sacrebleu: String
        let corpora: [Corpus]
    }

    struct Corpus: Decodable, CustomTestStringConvertible {
        let name: String
        let hypotheses: [String]
        let references: [[String]]
        let words: [[String]]
        let bleu: GoldenBLEU
        let chrf: GoldenChrF
        let sentences: [Sentence]

        var testDescription: String { name }
    }

    struct Sentence: Decodable {
        let bleu: GoldenBLEU
        let chrf: GoldenChrF
    }

    struct GoldenBLEU: Decodable {
        let score: Double
        let precisions: [Double]
        let brevityPenalty: Double
        let matches: [Int]
        let totals: [Int]
        let hypothesisLength: Int
        let referenceLength: Int
        let signature: String
        let line: String
    }

    struct GoldenChrF: Decodable {
        let score: Double
        let signature: String
        let line: String
    }

    static let golden: Golden = {
        guard let url = Bundle.module.url(forResource: "sacrebleu", withExtension: "json", subdirectory: "Golden"),
            let data = try? Data(contentsOf: url), let golden = try? JSONDecoder().decode(Golden.self, from: data)
        else { fatalError("Golden/sacrebleu.json is missing or broken; run Scripts/golden/sacrebleu_golden.py") }
        return golden
    }()

    static let tolerance = 1e-10

    @Test func thereAreManyCorpora() {
        #expect(Self.golden.corpora.count >= 79)
        #expect(Self.golden.corpora.filter { $0.bleu.score > 0 && $0.bleu.score < 99 }.count >= 40)
    }

    @Test(arguments: golden.corpora) func words(_ corpus: Corpus) {
        for (hypothesis, words) in zip(corpus.hypotheses, corpus.words) {
            #expect(Tokenizer13a.words(in: hypothesis).map { Array($0.utf8) } == words.map { Array($0.utf8) })
        }
    }

    @Test(arguments: golden.corpora) func corpusScores(_ corpus: Corpus) throws {
        let bleu = try BLEU().score(of: corpus.hypotheses, against: corpus.references)
        expect(bleu, equals: corpus.bleu)
        let chrF = try ChrF().score(of: corpus.hypotheses, against: corpus.references)
        expect(chrF, equals: corpus.chrf)
    }

    @Test(arguments: golden.corpora) func sentenceScores(_ corpus: Corpus) throws {
        var bleuSum = BLEU.Statistics()
        var chrFSum = ChrF.Statistics()
        for (index, sentence) in corpus.sentences.enumerated() {
            let references = corpus.references.map { $0[index] }
            let bleu = BLEU(effectiveOrder: true)
            let bleuStatistics = bleu.statistics(of: corpus.hypotheses[index], against: references)
            expect(bleu.score(of: bleuStatistics, referenceCount: references.count), equals: sentence.bleu)
            let chrFStatistics = ChrF().statistics(of: corpus.hypotheses[index], against: references)
            expect(ChrF().score(of: chrFStatistics, referenceCount: references.count), equals: sentence.chrf)
            bleuSum = bleuSum + bleuStatistics
            chrFSum = chrFSum + chrFStatistics
        }
        expect(BLEU().score(of: bleuSum, referenceCount: corpus.references.count), equals: corpus.bleu)
        expect(ChrF().score(of: chrFSum, referenceCount: corpus.references.count), equals: corpus.chrf)
    }

    func expect(_ score: BLEU.Score, equals golden: GoldenBLEU, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(abs(score.score - golden.score) < Self.tolerance, sourceLocation: sourceLocation)
        #expect(score.precisions.count == golden.precisions.count, sourceLocation: sourceLocation)
        for (precision, expected) in zip(score.precisions, golden.precisions) {
            #expect(abs(precision - expected) < Self.tolerance, sourceLocation: sourceLocation)
        }
        #expect(abs(score.brevityPenalty - golden.brevityPenalty) < Self.tolerance, sourceLocation: sourceLocation)
        #expect(score.statistics.matches == golden.matches, sourceLocation: sourceLocation)
        #expect(score.statistics.totals == golden.totals, sourceLocation: sourceLocation)
        #expect(score.statistics.hypothesisLength == golden.hypothesisLength, sourceLocation: sourceLocation)
        #expect(score.statistics.referenceLength == golden.referenceLength, sourceLocation: sourceLocation)
        #expect(score.signature == withOurVersion(golden.signature), sourceLocation: sourceLocation)
        #expect(score.description == withOurVersion(golden.line), sourceLocation: sourceLocation)
    }

    func expect(_ score: ChrF.Score, equals golden: GoldenChrF, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(abs(score.score - golden.score) < Self.tolerance, sourceLocation: sourceLocation)
        #expect(score.signature == withOurVersion(golden.signature), sourceLocation: sourceLocation)
        #expect(score.description == withOurVersion(golden.line), sourceLocation: sourceLocation)
    }

    func withOurVersion(_ text: String) -> String {
        text.replacingOccurrences(of: "version:\(Self.golden.sacrebleu)", with: "version:\(ScoreSignature.version)")
    }
}
