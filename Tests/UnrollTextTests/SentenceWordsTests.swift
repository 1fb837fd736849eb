import Testing
import UnrollText

@Suite("The words of sentences") struct SentenceWordsTests {
    @Test(arguments: [
        ("Where is Mary?", ["where", "is", "mary"]), ("  apple,milk  ", ["apple,milk"]), ("It's 3 o'clock!", ["it's", "3", "o'clock"]),
        ("“Élan” – …", ["élan"]), ("", []), (" ?! ", []), ("کتاب کجاست؟", ["کتاب", "کجاست"]),
    ])
    func punctuationAroundWordsIsLeftOut(_ text: String, _ words: [String]) {
        #expect(SentenceWords.words(in: text) == words)
    }
}
