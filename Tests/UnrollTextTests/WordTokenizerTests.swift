import Testing

@testable import UnrollText

@Suite struct WordTokenizerTests {
    let tokenizer = WordTokenizer()

    @Test(arguments: [
        ("Hello, world!", ["Hello", "￭,", "world", "￭!"]),
        ("He said: \"No, (1,000 times) no!\"", ["He", "said", "￭:", "\"￭", "No", "￭,", "(￭", "1,000", "times", "￭)", "no", "￭!", "￭\""]),
        ("don't l’homme 'quoted'", ["don't", "l’homme", "'￭", "quoted", "￭'"]),
        ("T-Shirt 3.14 12:30 v2.", ["T", "￭-￭", "Shirt", "3.14", "12:30", "v2", "￭."]),
        ("a - b", ["a", "-", "b"]),
        (" a  b ", ["％0020￭", "a", "％0020￭", "b", "￭％0020"]),
        ("a\tb\u{A0}c", ["a", "￭％0009￭", "b", "￭％00A0￭", "c"]),
        ("￭ ％ x￭", ["％FFED", "％FF05", "x", "￭％FFED"]),
        ("<pad>", ["<￭", "pad", "￭>"]),
        ("می\u{200C}خواهم، ۱۲٫۵", ["می\u{200C}خواهم", "￭،", "۱۲", "￭٫￭", "۵"]),
        ("\u{200F}שלום", ["％200F￭", "שלום"]),
        (" ", ["％0020"]),
        ("😀😀", ["😀", "￭😀"]),
    ])
    func tokens(_ text: String, _ tokens: [String]) {
        #expect(tokenizer.tokens(in: text).map(scalars) == tokens.map(scalars))
        #expect(scalars(tokenizer.text(from: tokens)) == scalars(text))
    }

    @Test func whatAModelProducesReadsAsItShould() {
        #expect(tokenizer.text(from: ["Hello", "￭,", "world", "￭."]) == "Hello, world.")
        #expect(tokenizer.text(from: ["￭,", "a"]) == ", a")
        #expect(tokenizer.text(from: ["(￭", "￭)"]) == "()")
        #expect(tokenizer.text(from: ["a", "(￭"]) == "a (")
        #expect(tokenizer.text(from: ["a", "<unk>", "￭."]) == "a <unk>.")
        #expect(tokenizer.text(from: ["￭"]).isEmpty)
        #expect(tokenizer.text(from: ["％zzzz", "％110000", "％12"]) == "％zzzz ％110000 ％12")
    }
}
