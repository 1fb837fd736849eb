import UnrollModules

/// What a neural Turing machine is made of.
public struct TuringMachineConfiguration: Codable, Sendable, Equatable {
    /// What tells the heads what to do.
    public enum Controller: String, Codable, Sendable, CaseIterable {
        /// An LSTM, which has a memory of its own.
        case lstm
        /// A tanh layer, which has none: what it knows stands in the memory.
        case feedForward = "feed_forward"
    }

    /// What stands in the memory before the first step.
    public enum InitialMemory: String, Codable, Sendable, CaseIterable {
        /// 1e-6 everywhere.
        case constant
        /// Normal numbers of deviation 0.5, drawn anew for every sequence in training; in use always the same.
        case random
        /// A parameter.
        case learned
    }

    /// The controller.
    public var controller = Controller.lstm
    /// Its units.
    public var hidden = 100
    /// Rows of the memory.
    public var slots = 128
    /// Numbers of a row.
    public var width = 20
    /// Heads that read.
    public var readHeads = 1
    /// Heads that write.
    public var writeHeads = 1
    /// How far a head can shift at a step, in all: 3 are one slot back, none, and one on.
    public var shifts = 3
    /// What stands in the memory first.
    public var initialMemory = InitialMemory.constant

    /// The defaults: those of the copying experiment of Graves 2014.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        controller = try values.value(.controller, default: controller)
        hidden = try values.count(.hidden, default: hidden)
        slots = try values.count(.slots, default: slots)
        width = try values.count(.width, default: width)
        readHeads = try values.count(.readHeads, default: readHeads)
        writeHeads = try values.count(.writeHeads, default: writeHeads)
        shifts = try values.count(.shifts, default: shifts)
        initialMemory = try values.value(.initialMemory, default: initialMemory)
        guard shifts % 2 == 1, shifts <= slots else {
            throw values.invalid(.shifts, "must be an odd number of at most 'slots', \(slots), not \(shifts)")
        }
    }

    /// Numbers that the controller says to all heads.
    var saidToHeads: Int { readHeads * (width + 3 + shifts) + writeHeads * (3 * width + 3 + shifts) }

    /// A lower bound of the numbers that the machine learns, found without drawing it.
    func leastParameterCount(inputs: Int, outputs: Int) -> Double {
        let (hidden, read, slots) = (Double(hidden), Double(readHeads) * Double(width), Double(slots))
        let seen = Double(inputs) + read
        let control = controller == .lstm ? 4 * hidden * (seen + hidden) : hidden * seen
        let first = initialMemory == .learned ? slots * Double(width) : 0
        let said = Double(readHeads) * Double(width) + 3 * Double(writeHeads) * Double(width)
        return control + hidden * said + Double(outputs) * (hidden + read) + Double(readHeads + writeHeads) * slots + first
    }

    /// The equations in use, in one line.
    public var equations: String {
        "\(controller == .lstm ? "lstm" : "feed-forward") controller of \(hidden); memory \(slots) × \(width), \(initialMemory.rawValue) at first; "
            + "\(readHeads) read and \(writeHeads) write heads, \(shifts) shifts"
    }
}
