#!/usr/bin/env python3
"""Trains tiny SentencePiece models, and writes the golden pieces and texts that the tests of UnrollText compare with.

Needs the reference library (written with 0.2.3): pip install sentencepiece==0.2.3
Run from the root of the package: python3 Scripts/golden/sentencepiece_golden.py
"""

import io
import json
import os
import random
from pathlib import Path

import sentencepiece

GOLDEN = Path(__file__).resolve().parents[2] / "Tests" / "UnrollTextTests" / "Golden"


def sentences():
    """A small text of our own, in five languages, to learn pieces from."""
    parts = [
        ("{} {} {}.", ["The cat", "A small dog", "The old teacher", "My sister", "Every river", "Nobody"],
         ["sees", "carries", "has forgotten", "is looking for", "will remember", "paints"],
         ["the red boat", "a loaf of bread", "twenty-three apples", "the letter", "an open window", "1,250 stones"]),
        ("{} {} {}.", ["Die Katze", "Ein kleiner Hund", "Der alte Lehrer", "Meine Schwester", "Jeder Fluss", "Niemand"],
         ["sieht", "trägt", "hat vergessen:", "sucht", "überquert", "malt"],
         ["das rote Boot", "die Brücke", "23 Äpfel", "den Brief", "ein offenes Fenster", "größere Steine"]),
        ("{} {} {} !", ["Le chat", "Un petit chien", "Le vieux maître", "Ma sœur", "L’élève", "Personne"],
         ["regarde", "porte", "a oublié", "cherche", "traverse", "peint"],
         ["le bateau rouge", "le pain", "vingt-trois pommes", "la lettre", "une fenêtre ouverte", "1 250 pierres"]),
        ("{} {} {}.", ["گربه", "یک سگ کوچک", "معلم پیر", "خواهرم", "هر رودخانه", "هیچ‌کس"],
         ["را می‌بیند", "می‌برد", "فراموش کرده‌است", "می‌جوید", "به یاد می‌آورد", "می‌کشد"],
         ["قایق سرخ", "نان", "۲۳ سیب", "نامه", "پنجرهٔ باز", "سنگ‌ها"]),
        ("{}{}{}。", ["猫", "一只小狗", "老师", "我的妹妹", "每条河", "没有人"], ["看见", "带着", "忘记了", "寻找", "记得", "画"],
         ["红色的船", "面包", "二十三个苹果", "信", "开着的窗户", "石头"]),
    ]
    return [
        form.format(first, second, third)
        for form, firsts, seconds, thirds in parts
        for place, first in enumerate(firsts)
        for second in seconds[place % 2::2]
        for third in thirds
    ]


TEXTS = [
    "", " ", "   ", "\t", "\n", "\u00a0", "\u3000\u2003 \t", "\u200b", "a", " a", "a ", "  a  b   c ", "\ta\tb\n",
    "The cat sees the red boat.", "the old dog carries twenty-three letters", "THE CAT", "My sister's boat isn't red — is it?",
    "Die Katze sucht größere Äpfel.", "Überquert niemand die Brücke?", "Straßenbahnhaltestelle", "L’élève a oublié sa sœur !", "où ça ?",
    "گربه قایق سرخ را می‌بیند.", "می\u200cخواهم کتاب\u200cها را بخوانم", "هیچ‌کس نمی‌داند", "۱۲۳٫۵", "\u200f(سلام)\u200e", "پنجرهٔ باز",
    "猫看见红色的船。", "老师带着二十三个苹果，没有人记得！", "我在1990年去了北京", "ひらがなカタカナ漢字", "ｶﾀｶﾅﾞ", "한국어 \u1112\u1161\u11ab",
    "cafe\u0301 e\u0301e\u0300 a\u0323\u0302", "\u0301", "\u0301\u0308x", "A\u030a\u212b\u00c5", "ﬁne ﬂow ﬃ", "ＦＵＬＬ　ｗｉｄｔｈ１２３！", "①②③ ㍿ ㎏ ½ x² ™ …",
    "ﷺ", "ﷲ ﻻ", "Ⅷ ĳ ǆ ſ", "~ ～ 〜", "“quoted” ‘single’ «guillemets»", "soft\u00adhyphen", "zero\u200bwidth\u2060joiner\ufeff", "\ufeffstart",
    "👍", "👍🏽 👩\u200d👩\u200d👧 ❤\ufe0f 🇩🇪", "a👍b", "emoji😀😀😀end", "\U0001f3fb", "\U00020000\U0010ffff", "\ue000\ufffd\uffff",
    "\x00", "a\x00b", "\x01\x02\x7f\x85", "line\u2028separator\u2029end", "▁", "▁▁", "a▁b", " ▁ ", "▁The▁cat", "The▁", "％2581",
    "<unk>", "<s>", "</s>", "<pad>", "<s>The cat</s>", "<0x41>", "<0x4", "<0xE2><0x96><0x81>", " ⁇ ", "⁇",
    "<sep>", "a<sep>b", "The cat <sep> sees<sep><sep>the", "<sep", "<sep>>", "<2de> Die Katze", "ＡＢ!", "ＡＢ", "ab ＡＢ!ＡＢ! cd", "x  <sep>  y",
    "1234567890", "1,250.75", "3.14 15:30 2024-01-31", "1.000.000,00", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abababababababababababab",
    "the the the the the the the the", "ttttthhhhheeeee", "xyzzy plugh qwrtpsdfg", "ÄÖÜäöüßẞ", "İıŞş", "Ελληνικά και ς", "Русский ё й", "עִבְרִית",
    "हिन्दी में", "ภาษาไทย", "ქართული", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "http://example.org/a?b=c&d=%20#e", "{\"key\": [1, 2]}", "C:\\path\\file.txt", "a_b-c+d*e/f=g", "\r\n\r\n",
    "don't", "don\u2019t", "\u2019", "''", "``", "--", "---", "...", "....", "!?", "¿Qué?", "¡Sí!", "naïve façade", "Ångström", "e.g. i.e.",
]

# What is long is made from a unit here and in the test; only a fingerprint of the numbers is kept.
LONG = [("a", 100_000), ("the cat sees ", 8_000), ("猫", 100_000), ("\U0001f600", 50_000), ("می‌برد ", 15_000), (" ", 100_000), ("xq", 50_000),
        ("<sep>", 5_000), ("e\u0301", 20_000)]


def random_texts(count):
    """Texts from an alphabet that is rich in what normalisation and symbols look at."""
    generator = random.Random(27)
    pieces = ["The", "cat", " ", " ", "  ", "sees", "the", "red", "boat", ".", "ä", "ß", "e\u0301", "گربه", "می\u200c", "猫", "老师", "。", "<sep>", "<2de>", "▁",
              "ＡＢ!", "ＡＢ", "ﬁ", "①", "\t", "\u00a0", "\u3000", "\u200b", "\u00ad", "👍", "🏽", "\u200d", "1", "25", ",", "-", "</s>", "<0x41>", "x", "q", "\x00"]
    return ["".join(generator.choice(pieces) for _ in range(generator.randrange(1, 14))) for _ in range(count)]


def excerpt():
    """The rules of nmt_nfkc for what the texts hold: the whole table has 240 kB, and is compared on real text instead."""
    held = set("".join(TEXTS + sentences()))
    rules = sentencepiece.SentencePieceNormalizer(rule_name="nmt_nfkc").Decompile()
    return sentencepiece.SentencePieceNormalizer(norm_map=[(source, target) for source, target in rules if set(source) <= held])


def fields(message):
    """The fields of a protobuf message, each as its number and its bytes with the tag."""
    place = 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = message[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while place < len(message):
        start = place
        tag = varint()
        kind = tag & 7
        length = varint() if kind == 2 else 8 if kind == 1 else 4 if kind == 5 else 0
        if kind == 0:
            varint()
        body = place
        place += length
        yield tag >> 3, message[start:place], message[body:place]


def varint(value):
    result = b""
    while value > 127:
        result += bytes([value & 127 | 128])
        value >>= 7
    return result + bytes([value])


def with_unused(model, texts):
    """A model some of whose pieces may not be used: the type of a piece is its field 3, and 5 means unused."""
    result = b""
    for number, whole, body in fields(model):
        texts_of_piece = [value.decode() for field, _, value in fields(body) if field == 1] if number == 1 else []
        if texts_of_piece and texts_of_piece[0] in texts:
            body += b"\x18\x05"
            whole = b"\x0a" + varint(len(body)) + body
        result += whole
    return result


def train(**options):
    writer = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences()), model_writer=writer, minloglevel=2, num_threads=1, hard_vocab_limit=False, **options)
    return writer.getvalue()


def models():
    symbols = {"user_defined_symbols": ["<sep>", "ＡＢ!", "<2de>"], "control_symbols": ["<mask>"]}
    table = excerpt()
    # A relative path, since the model keeps it.
    os.chdir(GOLDEN)
    rules = Path("rules.tsv")
    rules.write_text("2019\t27\n20 21\t21\n20 2E\t2E\n")
    try:
        restored = train(model_type="unigram", vocab_size=220, normalization_rule_name="identity", denormalization_rule_tsv=str(rules),
                         treat_whitespace_as_suffix=True)
    finally:
        rules.unlink()
    pairs = train(model_type="bpe", vocab_size=330, normalizer=table, character_coverage=0.98, pad_id=3, **symbols)
    return {
        # As translation models have them.
        "unigram": train(model_type="unigram", vocab_size=400, normalizer=table, character_coverage=0.98, unk_surface="⁇", **symbols),
        # As language models have them: nothing is lost.
        "unigram-bytes": train(model_type="unigram", vocab_size=600, normalization_rule_name="identity", byte_fallback=True,
                               remove_extra_whitespaces=False, allow_whitespace_only_pieces=True, character_coverage=0.98, **symbols),
        "unigram-suffix": restored,
        "bpe": pairs,
        "bpe-bytes": train(model_type="bpe", vocab_size=550, normalization_rule_name="identity", byte_fallback=True, split_digits=True,
                           remove_extra_whitespaces=False, add_dummy_prefix=False, character_coverage=0.98, **symbols),
        "bpe-unused": with_unused(pairs, ["▁the", "the", "he", "at", "▁boat", "se", "▁s", "می", "ee", "<sep>"]),
        "word": train(model_type="word", vocab_size=120, normalizer=table, **symbols),
        "char": train(model_type="char", vocab_size=150, normalizer=table, **symbols),
    }


def pieces(processor, text):
    """The numbers of a text's pieces; what is unknown is its own text."""
    return [
        spelling if number == processor.unk_id() else number
        for number, spelling in zip(processor.encode(text, out_type=int), processor.encode(text, out_type=str))
    ]


def fingerprint(numbers):
    """FNV-1a over the numbers, each as four bytes, little-endian."""
    value = 0xCBF29CE484222325
    for number in numbers:
        for byte in number.to_bytes(4, "little"):
            value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def decodings(processor):
    """Sequences of numbers that no text gives, and what they read."""
    generator = random.Random(5)
    size = processor.get_piece_size()
    special = [number for number in range(size) if processor.is_control(number) or processor.is_unknown(number)]
    byte = [number for number in range(size) if processor.is_byte(number)]
    blank = [number for number in range(size) if processor.id_to_piece(number).startswith("▁")]
    for _ in range(60):
        source = [list(range(size)), list(range(size)), special, byte or special, blank or special]
        numbers = [generator.choice(generator.choice(source)) for _ in range(generator.randrange(0, 9))]
        yield {"ids": numbers, "text": processor.decode(numbers)}


def spellings(processor):
    """Sequences of pieces with some that the model does not have, and what they read."""
    for tokens in [["▁The", "▁zzz", "q"], ["zzz"], ["▁"], ["▁", "▁", "a"], ["", "a"], ["<unk>", "▁a"], ["<s>", "▁a", "</s>"], ["<sep>", "▁a"],
                   ["▁▁a"], ["a▁b▁"], ["<0x41>", "<0xE2>", "<0x96>", "<0x81>", "▁x"], ["<0xE2>", "▁x"], ["<mask>", "▁", "▁a"]]:
        yield {"tokens": tokens, "text": processor.decode(tokens)}


def main():
    GOLDEN.mkdir(parents=True, exist_ok=True)
    texts = TEXTS + random_texts(60)
    lines = []
    for name, model in models().items():
        (GOLDEN / f"{name}.model").write_bytes(model)
        processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        lines.append(json.dumps({
            "model": name, "size": processor.get_piece_size(), "pieces": [pieces(processor, text) for text in texts],
            "decoded": [processor.decode(processor.encode(text)) for text in texts],
            "decodings": list(decodings(processor)), "spellings": list(spellings(processor)),
            "long": [
                {"unit": unit, "count": count, "length": len(numbers), "fingerprint": fingerprint(numbers)}
                for unit, count in LONG for numbers in [processor.encode(unit * count)]
            ],
        }, ensure_ascii=True, sort_keys=True))
    # ASCII only, so that no editor and no tool can change what the odd characters are; a model a line, so that changes can be read.
    models_text = ",\n".join(lines)
    (GOLDEN / "sentencepiece.json").write_text(
        f'{{"sentencepiece": "{sentencepiece.__version__}", "texts": {json.dumps(texts)},\n"models": [\n{models_text}\n]}}\n')


if __name__ == "__main__":
    main()
