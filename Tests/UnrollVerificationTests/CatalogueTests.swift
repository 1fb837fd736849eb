import Testing
import UnrollVerification

/// Every entry of the catalogue, each a test case of its own.
@Suite struct CatalogueTests {
    @Test(arguments: Catalogue.all)
    func checks(_ entry: CatalogueEntry) {
        let results = entry.check()
        #expect(results.map(\.check).contains(.reference) == entry.hasReference)
        for result in results { #expect(result.passed, "\(result)") }
    }

    @Test func namesAreUnique() {
        let names = Catalogue.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(!Catalogue.all.contains { $0.equation.isEmpty })
    }

    @Test func aSelectionIsReportedInOrder() {
        let entries = Array(Catalogue.all.prefix(2))
        var reported: [String] = []
        let results = Catalogue.check(entries) { reported.append($0.description) }
        #expect(results.map(\.description) == reported)
        #expect(Set(results.map(\.entry)) == Set(entries.map(\.name)))
        #expect(!results.contains { !$0.passed })
    }
}
