import Foundation

/// A scale of colours for weights from 0 to 1, even to the eye: its stops are mixed in the OKLab space (Ottosson 2020).
struct ColourRamp {
    /// The colours are one for each of these steps of weight, so that a page needs no colour per cell.
    static let steps = 50

    /// On light paper: from the paper through amber and red to aubergine.
    static let light = ColourRamp(stops: [0xF3F1EC, 0xF7C97E, 0xE0653F, 0x8E2350, 0x2D123F])
    /// On a dark ground: from the ground through aubergine and red to pale amber.
    static let dark = ColourRamp(stops: [0x23242C, 0x582A66, 0xC13F5C, 0xF5935A, 0xFFF0BE])

    /// For numbers below zero beside `dark` for those above: from the same ground through blue to pale ice.
    static let cold = ColourRamp(stops: [0x23242C, 0x1F4470, 0x2F7FB8, 0x7CC4E6, 0xE3F6FF])

    private let stops: [UInt32]

    private init(stops: [UInt32]) {
        self.stops = stops
    }

    /// The step of a weight; weights outside 0 to 1 count as the nearer end.
    static func step(_ weight: Float) -> Int {
        Int((min(max(weight, 0), 1) * Float(steps)).rounded())
    }

    /// The colour of a step as CSS writes it.
    func colour(step: Int) -> String { rgb(step: Double(step)).hexadecimal }

    /// The colour of a step, or of a place between two, as 0xRRGGBB.
    func rgb(step: Double) -> UInt32 {
        let position = step / Double(Self.steps) * Double(stops.count - 1)
        let index = min(Int(position), stops.count - 2)
        return Self.mixed(stops[index], stops[index + 1], position - Double(index))
    }

    /// Whether white text reads better on a step's colour than black: its relative luminance (WCAG 2) is below the point of equal contrast.
    func wantsWhiteText(step: Int) -> Bool {
        let linear = Self.linear(rgb(step: Double(step)))
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < 0.179
    }

    private static func mixed(_ first: UInt32, _ second: UInt32, _ share: Double) -> UInt32 {
        let a = lab(first)
        let b = lab(second)
        return colour(lab: zip(a, b).map { $0 + ($1 - $0) * share })
    }

    private static func linear(_ colour: UInt32) -> [Double] {
        [16, 8, 0].map { shift in
            let value = Double((colour >> UInt32(shift)) & 0xFF) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
    }

    private static func lab(_ colour: UInt32) -> [Double] {
        let cone = product(
            [
                [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ],
            linear(colour)
        ).map { pow($0, 1.0 / 3) }
        return product(
            [
                [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ],
            cone)
    }

    private static func colour(lab: [Double]) -> UInt32 {
        let cone = product([[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]], lab)
            .map { $0 * $0 * $0 }
        let linear = product(
            [
                [4.0767416621, -3.3077115913, 0.2309699292], [-1.2684380046, 2.6097574011, -0.3413193965],
                [-0.0041960863, -0.7034186147, 1.7076147010],
            ],
            cone)
        return linear.reduce(0) { result, value in
            let value = min(max(value, 0), 1)
            let encoded = value <= 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055
            return result << 8 | UInt32((encoded * 255).rounded())
        }
    }

    private static func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
        matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }
}

extension UInt32 {
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
