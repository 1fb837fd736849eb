import Foundation
import Unroll

/// What a translation model reached on a test set.
struct TranslationQuality {
    private let bleu: BLEU.Score
    private let chrf: ChrF.Score
    private let exact: ExactMatch
    private let perplexity: Double

    init(_ model: TranslationModel, _ pairs: [SentencePair], _ outputs: [String]) throws {
        let references = pairs.map(\.target)
        bleu = try BLEU().score(of: outputs, against: [references])
        chrf = try ChrF().score(of: outputs, against: [references])
        exact = try ExactMatch(of: outputs, against: references)
        perplexity = exp(try model.meanLoss(on: pairs.filter(\.hasText)))
    }

    var text: String {
        "\(bleu)\n\(chrf)\nexact match = \(exact)\nperplexity = \(perplexity.fixed(3))"
    }

    func json() throws -> String { try ResultWriter.json(listing) }

    /// What `--json` prints.
    var listing: any Encodable {
        struct Result: Encodable {
            let bleu, chrf, exactMatch, perplexity: Double
            let signature, chrfSignature: String
            let sentences: Int
        }
        return Result(
            bleu: bleu.score, chrf: chrf.score, exactMatch: exact.share, perplexity: perplexity, signature: bleu.signature,
            chrfSignature: chrf.signature, sentences: exact.total)
    }
}
