import UnrollData

/// All that a training must keep to go on as if it had never stopped, beside the weights and the optimiser's memory.
struct TrainingState: Codable, Equatable {
    /// Updates made.
    var step = 0
    /// Where the data goes on.
    var position = BatchPosition()
    /// The best quality so far.
    var bestQuality: Double?
    /// Validations since the best one.
    var sinceBest = 0
    /// How often a plateau has reduced the learning rate, and validations since the last reduction or improvement.
    var reductions = 0
    var sincePlateau = 0
    /// Sums since the last line of progress.
    var window = Window()

    struct Window: Codable, Equatable {
        var loss = 0.0
        var tokens = 0
        var gradientNorm = 0.0
        /// The same by parameter, where it is asked for.
        var gradientNorms: [Double]?
        var updates = 0
    }
}
