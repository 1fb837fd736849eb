#!/usr/bin/env python3
"""Writes the golden scores that the tests of UnrollText compare with.

Needs sacreBLEU (written with 2.6.0): pip install sacrebleu==2.6.0
Run from the root of the package: python3 Scripts/golden/sacrebleu_golden.py
"""

import json
import random
from pathlib import Path

import sacrebleu
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

GOLDEN = Path(__file__).resolve().parents[2] / "Tests" / "UnrollTextTests" / "Golden"

# Each corpus: its name, the hypotheses, and one list of references or several.
CORPORA = [
    ("identical", ["The cat sat on the mat."], [["The cat sat on the mat."]]),
    ("one word wrong", ["The cat sat on a mat."], [["The cat sat on the mat."]]),
    ("nothing in common", ["alpha beta gamma delta"], [["one two three four"]]),
    ("empty hypothesis", [""], [["The cat sat on the mat."]]),
    ("empty reference", ["The cat sat."], [[""]]),
    ("both empty", [""], [[""]]),
    ("white space only", [" \t "], [["\u3000\u00a0"]]),
    ("one empty of three", ["A man sleeps.", "", "Two dogs run."], [["A man sleeps.", "A cat.", "Two dogs are running."]]),
    ("one word", ["Yes"], [["Yes"]]),
    ("two words", ["Yes sir"], [["Yes sir"]]),
    ("three words", ["a b c"], [["a b d"]]),
    ("no bigram matches", ["a x b y c z"], [["a b c d e f"]]),
    ("no four-gram matches", ["the small cat sat there today"], [["the small cat slept there today"]]),
    ("too short", ["The cat sat"], [["The cat sat on the mat and did not move at all."]]),
    ("too long", ["the the the the the the the the"], [["the cat"]]),
    ("clipping with two references", ["the the the the the the the"], [["the cat is on the mat"], ["there is a cat on the mat"]]),
    ("closest length, tie", ["a b c d e"], [["a b c d e f g"], ["a b c"]]),
    ("closest length, order", ["a b c d e"], [["a b c"], ["a b c d e f g"]]),
    ("three references", ["It is a guide to action.", "He read the book."],
     [["It is a guide to action that ensures it.", "He was reading the book."],
      ["It is the guiding principle.", "He read the book because he was interested."],
      ["It is the practical guide for the army.", "The book was read by him."]]),
    ("chrf picks among references", ["ab cd"], [["abcd"], ["ab ce"], [""]]),
    ("chrf, a later reference ties", ["abab"], [["ab"], ["ba ba"]]),
    ("chrf, references tie without a match", ["xyz", "hello there"], [["abc", "hello there"], ["abcdefghij", "hello world"]]),
    ("numbers", ["It cost 1,000.50 dollars, 3.14 and .5 or 5. in 1990-1995, not -3 or 4-."],
     [["It cost 1,000.50 dollars, 3.14 and 0.5 or 5 in 1990 - 1995, not - 3 or 4 -."]]),
    ("points", ["a,,b ..., c.d,e 1.,2 ,3 4, .", "...", ",", "1.2.3.4,5"],
     [["a, ,b ... , c.d, e 1. ,2 ,3 4 , .", "..", ".", "1.2.3.4 , 5"]]),
    ("symbols", ["{a}~[b]^_`c` !\"#$%&(d)*+:;<=>?@/e\\f'g'|h-i"],
     [["{ a } ~ [ b ] ^ _ ` c ` ! \" # $ % & ( d ) * + : ; < = > ? @ / e \\ f'g' | h-i"]]),
    ("entities", ["&quot;Hello&quot; &amp; &lt;b&gt; &amp;lt; &amp;quot; &apos; &nbsp; &"], [["\"Hello\" & <b> &lt; &quot; ' &nbsp; &"]]),
    ("skipped", ["a <skipped> b <skip<skipped>ped> c"], [["a b <skipped> c"]]),
    ("line ends", ["hyphen-\nated and\nbroken\r\nlines\rhere-\n"], [["hyphenated and broken lines here-"]]),
    ("separators of all kinds", ["a\u001cb\u001fc\u0085d\u00a0e\u2003f\u2028g\u202fh\u3000i\u1680j\u205fk\u200bl\ufeffm\x0bn\x0co"],
     [["a b c d e f g h i j k l m n o"]]),
    ("white space at the ends", ["\u00a0 \tA dog. \u2003\n"], [["A dog."]]),
    ("nul and controls", ["a\u0000b \u0001 c\u007fd"], [["a\u0000b \u0001 c d"]]),
    ("canonical equivalents differ", ["caf\u00e9 \u212b au lait noir"], [["cafe\u0301 \u00c5 au lait noir"]]),
    ("german", ["Ein älterer Mann überquert „langsam“ die Straße.", "Zwei Hunde spielen im Schnee – 3,5 km vor Köln."],
     [["Ein alter Mann überquert „langsam“ die Straße.", "Zwei Hunde spielen im Schnee – 3,5 km von Köln entfernt."]]),
    ("french", ["L’homme qu'on a vu dit : « Ça va ? » n° 3.", "Où est-il allé, Noël dernier ?"],
     [["L'homme qu’on a vu a dit : « Ça va ? » n° 3.", "Où est-il parti, à Noël ?"]]),
    ("chinese", ["他在1990年去了北京，很高兴。", "我喜欢吃苹果、香蕉。"], [["他1990年去北京，非常高兴。", "我喜欢吃苹果和香蕉。"]]),
    ("persian and arabic", ["این کتاب‌ها را، ۱۲۳٫۵ بخوان؟", "ذهب الولد، إلى المدرسة."], [["این کتاب ها را ، ۱۲۳.۵ بخوان؟", "ذهب الولد الى المدرسة."]]),
    ("emoji", ["👩‍👩‍👧 ❤️ 🇩🇪, ok 👍🏽."], [["👩‍👩‍👦 ❤ 🇩🇪, ok 👍."]]),
    ("case matters", ["the CAT Sat On The Mat ."], [["The cat sat on the mat."]]),
    ("non-ASCII before a point", ["é.é,ü.1 ß,2 1é.2"], [["é . é , ü . 1 ß , 2 1é . 2"]]),
]


def random_corpora():
    """Random strings from an alphabet that is rich in what the tokenizer's rules look at."""
    generator = random.Random(20)
    pieces = list(" .,-0123456789abé„“中&;<>'\"/\n\u00a0\u2009")
    pieces += ["&quot;", "&amp;", "&lt;", "&gt;", "<skipped>", "-\n", "1.5", "2-3", ", ", ". "]
    for number in range(40):
        def line():
            return "".join(generator.choice(pieces) for _ in range(generator.randrange(0, 60)))

        count = generator.randrange(1, 5)
        references = [[line() for _ in range(count)] for _ in range(generator.randrange(1, 4))]
        # Hypotheses are damaged references, so that longer n-grams match.
        hypotheses = []
        for reference in references[0]:
            characters = list(reference)
            for _ in range(generator.randrange(0, 4)):
                if characters:
                    characters[generator.randrange(len(characters))] = generator.choice(pieces)
            hypotheses.append("".join(characters))
        yield f"random {number}", hypotheses, references


def bleu(hypotheses, references, effective_order):
    metric = BLEU(effective_order=effective_order)
    score = metric.corpus_score(hypotheses, references)
    return {
        "score": score.score, "precisions": score.precisions, "brevityPenalty": score.bp, "matches": score.counts, "totals": score.totals,
        "hypothesisLength": score.sys_len, "referenceLength": score.ref_len, "signature": str(metric.get_signature()),
        "line": score.format(signature=str(metric.get_signature())),
    }


def chrf(hypotheses, references):
    metric = CHRF()
    score = metric.corpus_score(hypotheses, references)
    return {"score": score.score, "signature": str(metric.get_signature()), "line": score.format(signature=str(metric.get_signature()))}


def main():
    tokenizer = Tokenizer13a()
    corpora = []
    for name, hypotheses, references in CORPORA + list(random_corpora()):
        corpora.append({
            "name": name, "hypotheses": hypotheses, "references": references,
            "words": [tokenizer(line.rstrip()).split() for line in hypotheses],
            "bleu": bleu(hypotheses, references, False), "chrf": chrf(hypotheses, references),
            "sentences": [
                {"bleu": bleu([line], [[file[index]] for file in references], True),
                 "chrf": chrf([line], [[file[index]] for file in references])}
                for index, line in enumerate(hypotheses)
            ],
        })
    GOLDEN.mkdir(parents=True, exist_ok=True)
    # ASCII only, so that no editor and no tool can change what the odd characters are; a corpus a line, so that changes can be read.
    lines = ",\n".join(json.dumps(corpus, ensure_ascii=True, sort_keys=True) for corpus in corpora)
    (GOLDEN / "sacrebleu.json").write_text(f'{{"sacrebleu": "{sacrebleu.__version__}", "corpora": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
