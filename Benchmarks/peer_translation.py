#!/usr/bin/env python3
"""Translates lines with CTranslate2, and prints a line of JSON: seconds to open the model, tokens, seconds to translate.

    Benchmarks/peer_translation.py converted --source-pieces source.spm --target-pieces target.spm --lines lines.txt --beam 4 --batch 32 --length 20 --threads 2 --precision int8

Everything is translated once before it is timed. The time includes the pieces of the source and the text of the result, as `unroll translate` has them.
"""

import argparse
import json
import time

import ctranslate2
import sentencepiece


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--source-pieces", required=True)
    parser.add_argument("--target-pieces", required=True)
    parser.add_argument("--lines", required=True)
    parser.add_argument("--beam", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--precision", required=True)
    arguments = parser.parse_args()
    start = time.perf_counter()
    translator = ctranslate2.Translator(
        arguments.model, device="cpu", compute_type=arguments.precision, inter_threads=1, intra_threads=arguments.threads)
    opening = time.perf_counter() - start
    source = sentencepiece.SentencePieceProcessor(arguments.source_pieces)
    target = sentencepiece.SentencePieceProcessor(arguments.target_pieces)
    with open(arguments.lines, encoding="utf-8") as file:
        lines = file.read().splitlines()

    def translate():
        count = 0
        for first in range(0, len(lines), arguments.batch):
            pieces = [source.encode(line, out_type=str) + ["</s>"] for line in lines[first:first + arguments.batch]]
            results = translator.translate_batch(
                pieces, beam_size=arguments.beam, min_decoding_length=arguments.length, max_decoding_length=arguments.length)
            for result in results:
                target.decode(result.hypotheses[0])
                count += len(result.hypotheses[0])
        return count

    translate()
    start = time.perf_counter()
    tokens = translate()
    seconds = time.perf_counter() - start
    print(json.dumps({"opening_seconds": opening, "tokens": tokens, "seconds": seconds, "tokens_per_second": tokens / seconds}))


if __name__ == "__main__":
    main()
