import Foundation
import Testing

@testable import UnrollInsight

@Suite("Heat maps") struct HeatMapTests {
    @Test func aPictureIsAPNG() throws {
        let image = PixelImage(width: 3, height: 2, pixels: [0, 1, 2, 2, 1, 0], palette: [0x000000, 0xFF8000, 0xFFFFFF])
        let bytes = [UInt8](image.png)
        #expect(bytes[..<8] == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        // Length, type, 3 × 2, eight bits, palette; and the checksum of that header as any other encoder writes it.
        #expect(bytes[8..<29] == [0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0])
        #expect(bytes[29..<33] == [0xAA, 0xAA, 0x96, 0x28])
        let end = [UInt8]("IEND".utf8) + [0xAE, 0x42, 0x60, 0x82]
        #expect(bytes.suffix(8) == end[...])
        let data = try #require(image.png.range(of: Data("IDAT".utf8)))
        // The header of zlib, one stored block of 8 bytes, and Adler-32 over a zero before each row.
        #expect([UInt8](image.png[data.upperBound..<data.upperBound + 7]) == [0x78, 0x01, 1, 8, 0, 0xF7, 0xFF])
        #expect([UInt8](image.png[data.upperBound + 7..<data.upperBound + 15]) == [0, 0, 1, 2, 0, 2, 1, 0])
        #expect([UInt8](image.png[data.upperBound + 15..<data.upperBound + 19]) == [0, 32, 0, 7])
    }

    @Test func aLargePictureHasSeveralBlocks() {
        let image = PixelImage(width: 300, height: 300, pixels: [UInt8](repeating: 1, count: 90_000), palette: [0, 1])
        #expect(image.png.count == 8 + 25 + 12 + 6 + 12 + (300 * 301 + 2 * 5 + 6) + 12)
    }

    @Test func placesOfNumbers() {
        func map(_ scale: HeatMap.Scale, _ values: [Double]) -> [Double?] {
            let map = HeatMap(title: "t", columns: values.map { _ in "x" }, values: [values], scale: scale)
            return values.map(map.position)
        }
        #expect(map(.sequential(0...2), [0, 1, 2, 3, -1, .nan]) == [0, 0.5, 1, 1, 0, nil])
        #expect(map(.diverging(4), [-4, 0, 2]) == [0, 0.5, 0.75])
        let logarithmic = map(.logarithmic, [1e-3, 1e-1, 1, 0]).map { $0 ?? .nan }
        #expect(zip(logarithmic, [0, 2 / 3, 1, 0]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(map(.logarithmic, [1, 1e-20]) == [1, 0])
        #expect(map(.logarithmic, [0, 0]) == [0, 0])
        #expect(map(.logarithmic, [3, 3]) == [1, 1])
    }

    @Test func rightToLeftStepsRunFromTheRight() throws {
        let left = HeatMap(title: "t", columns: ["a", "b"], rows: ["r"], values: [[0, 1]], scale: .sequential(0...1)).svg
        let right = HeatMap(title: "t", columns: ["سلام", "دنیا"], rows: ["r"], values: [[0, 1]], scale: .sequential(0...1)).svg
        func picture(_ svg: String) throws -> Substring {
            try #require(svg.split(separator: "<image").last?.firstMatch(of: /base64,([A-Za-z0-9+\/=]+)/)?.1)
        }
        #expect(try picture(left) != picture(right))
        let first = try #require(right.range(of: "سلام"))
        let second = try #require(right.range(of: "دنیا"))
        // The first word stands further to the right, and so is written after the second.
        #expect(second.lowerBound < first.lowerBound)
    }

    @Test func manyStepsHaveLabelsThatDoNotMeet() {
        for count in [1, 12, 60, 700, 2000] {
            let map = HeatMap(
                title: "t", columns: (0..<count).map { "word\($0)" }, values: [(0..<count).map { Double($0) }], scale: .logarithmic)
            let places = map.svg.matches(of: #/translate\(([0-9.]+) /#).compactMap { Double($0.1) }
            #expect(places.count >= 1 && places.count <= count)
            #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= 13 })
        }
    }

    @Test func emptyMapsAreDrawn() {
        #expect(HeatMap(title: "<t>", columns: [], values: [], scale: .logarithmic).svg.contains("&lt;t&gt;"))
        #expect(HeatMap(title: "t", columns: [], values: [[]], scale: .diverging(1)).svg.hasSuffix("</svg>\n"))
    }
}
