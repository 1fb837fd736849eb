import Foundation
import UnrollInsight
import UnrollText

/// Several models on one test set, by the length of the source: which is better, and on which lengths.
public struct ModelComparison: Codable, Sendable, Equatable {
    /// What one model reached.
    public struct Entry: Codable, Sendable, Equatable {
        /// What the model is called.
        public let label: String
        /// What its outputs reached.
        public let quality: QualityByLength

        /// A model's result.
        public init(_ label: String, _ quality: QualityByLength) {
            self.label = label
            self.quality = quality
        }
    }

    /// The models, in the order given.
    public let models: [Entry]

    /// Compares results on one test set, made with one width and unit.
    public init(_ models: [Entry]) {
        precondition(
            models.allSatisfy { $0.quality.buckets.map(\.sentences) == models[0].quality.buckets.map(\.sentences) },
            "the models were not measured on the same sources")
        self.models = models
    }

    /// Names for models by their files: the file's name, or the folder's where all files are called the same, or else the whole path.
    public static func labels(forPaths paths: [String]) -> [String] {
        let files = paths.map { URL(fileURLWithPath: $0) }
        let names = files.map { $0.deletingPathExtension().lastPathComponent }
        let folders = files.map { $0.deletingLastPathComponent().lastPathComponent }
        return [names, folders].first { Set($0).count == paths.count } ?? paths
    }

    /// A measure against the length of the source, a line for each model. Each point stands at the mean length of its bucket.
    ///
    /// - Parameters:
    ///   - measure: what to draw.
    ///   - title: the chart's headline.
    public func chart(_ measure: QualityByLength.Measure, title: String = "Quality by source length") -> LineChart {
        let unit = models.first?.quality.unit ?? .word
        let sentences = models.first?.quality.overall.sentences ?? 0
        return LineChart(
            title: title,
            subtitle: "\(sentences) \(sentences == 1 ? "sequence" : "sequences"), by the number of \(unit.plural) in the source",
            xAxis: .init("source length in \(unit.plural)"), yAxis: .init(measure.axisTitle(unit), range: 0...100),
            series: models.map { model in
                .init(model.label, model.quality.buckets.map { .init($0.meanLength, $0.percent(measure)) })
            })
    }
}

extension QualityByLength.Unit {
    /// The unit's name for several of it.
    var plural: String { rawValue + "s" }
}

extension QualityByLength.Measure {
    /// What an axis says, from 0 to 100.
    func axisTitle(_ unit: QualityByLength.Unit) -> String {
        switch self {
        case .accuracy: "right \(unit.plural), place by place, %"
        case .exact: "outputs that are right as a whole, %"
        case .bleu: "BLEU"
        }
    }

    /// What a table says.
    var heading: String {
        switch self {
        case .accuracy: "token accuracy, %"
        case .exact: "exact match, %"
        case .bleu: "BLEU"
        }
    }
}
