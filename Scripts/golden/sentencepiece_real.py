#!/usr/bin/env python3
"""Trains SentencePiece models on real text and writes what the reference library makes of it, for the test `SentencePieceRealTextTests`.

    python3 Scripts/golden/sentencepiece_real.py FOLDER [--lines 12000]
    UNROLL_SENTENCEPIECE=FOLDER swift test --filter SentencePieceRealTextTests

Needs the reference library (written with 0.2.3: pip install sentencepiece==0.2.3) and the folders multi30k and eng-fra of the data: `UNROLL_DATA`, or
`../shared/data`. It takes about a minute. Nothing of it is kept in the repository.
"""

import argparse
import gzip
import os
from pathlib import Path

import sentencepiece

DATA = Path(os.environ.get("UNROLL_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


def lines(name):
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\n") for line in file]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=12_000, help="how many lines are compared")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)

    pairs = [line.split("\t")[:2] for line in lines("eng-fra/eng-fra.txt.gz")]
    texts = lines("multi30k/train.de.gz") + lines("multi30k/train.en.gz") + lines("multi30k/train.fr.gz") + [side for pair in pairs for side in pair]
    sample = texts[::max(1, len(texts) // 60_000)]
    compared = texts[3::max(1, len(texts) // arguments.lines)]
    # Lines are compared that no table and no piece is made for, too.
    compared += ["  ".join(compared[place:place + 40]) + "\u00a0ﬁ①ﷺ e\u0301 می\u200cخواهم 猫👍🏽" for place in range(0, len(compared) - 40, 400)]
    (arguments.folder / "texts.txt").write_text("".join(text + "\n" for text in compared), encoding="utf-8")

    for name, options in {
        "unigram": {"model_type": "unigram", "vocab_size": 8000},
        "bpe": {"model_type": "bpe", "vocab_size": 8000},
        "unigram-folded": {"model_type": "unigram", "vocab_size": 4000, "normalization_rule_name": "nmt_nfkc_cf", "byte_fallback": True},
        "bpe-bytes": {
            "model_type": "bpe", "vocab_size": 4000, "normalization_rule_name": "identity", "byte_fallback": True, "remove_extra_whitespaces": False,
        },
    }.items():
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sample), model_prefix=str(arguments.folder / name), minloglevel=2, num_threads=2, **options)
        processor = sentencepiece.SentencePieceProcessor(model_file=str(arguments.folder / f"{name}.model"))
        encoded = [processor.encode(text) for text in compared]
        decoded = [processor.decode(numbers) for numbers in encoded]
        (arguments.folder / f"{name}.ids").write_text("".join(" ".join(map(str, numbers)) + "\n" for numbers in encoded))
        (arguments.folder / f"{name}.decoded").write_text("".join(text + "\n" for text in decoded), encoding="utf-8")
        print(f"{name}: {processor.get_piece_size()} pieces, {len(compared)} lines, {sum(map(len, encoded))} tokens")


if __name__ == "__main__":
    main()
