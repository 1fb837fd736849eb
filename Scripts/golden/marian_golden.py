#!/usr/bin/env python3
"""Makes Marian models with random weights, as directories of Hugging Face's transformers, and writes what that library makes of sentences.

    python3 Scripts/golden/marian_golden.py                     the tiny model that stands in the tests, with its golden values
    python3 Scripts/golden/marian_golden.py --real FOLDER       one of the size of the Opus-MT models, in FOLDER/model, with 200 sentences of val.de

Needs torch, transformers, sentencepiece and safetensors (written with 2.15.0, 5.24.0, 0.2.3 and 0.8.0), and for the large one the folder multi30k of the
data: `UNROLL_DATA`, or `../shared/data`. It takes about ten minutes on one core, and writes 350 MB. The test `RealMarianTests` compares:

    UNROLL_MARIAN=FOLDER swift test --filter RealMarianTests
"""

import argparse
import gzip
import itertools
import json
import os
import shutil
import warnings
from pathlib import Path

import sentencepiece
import torch
import transformers
from safetensors.torch import save_file
from transformers import GenerationConfig, MarianConfig, MarianMTModel, MarianTokenizer

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "Tests" / "UnrollApplicationsTests" / "Golden" / "marian"
DATA = Path(os.environ.get("UNROLL_DATA", ROOT.parent / "shared" / "data"))
SEED = 11


def tiny_sentences():
    """A small text of our own in German and English, line by line."""
    persons = [("die Frau", "the woman"), ("ein alter Mann", "an old man"), ("das Kind", "the child"), ("niemand", "nobody"),
               ("meine Schwester", "my sister"), ("der Lehrer", "the teacher")]
    deeds = [("sieht", "sees"), ("trägt", "carries"), ("sucht", "looks for"), ("malt", "paints"), ("vergisst", "forgets"), ("verkauft", "sells")]
    things = [("den Hund", "the dog"), ("ein rotes Boot", "a red boat"), ("zwei Äpfel", "two apples"), ("die Brücke", "the bridge"),
              ("den Brief", "the letter"), ("ein offenes Fenster", "an open window")]
    return [
        tuple(f"{person[side]} {deed[side]} {thing[side]}." for side in (0, 1))
        for person, deed, thing in itertools.product(persons, deeds, things)
    ]


TINY_TESTS = [
    ("die Frau sieht den Hund.", "the woman sees the dog."),
    ("ein alter Mann trägt zwei Äpfel.", "an old man carries two apples."),
    ("niemand malt die Brücke.", "nobody paints the bridge."),
    # Spaces that go, letters that no piece spells, and one that only the other language's pieces spell.
    ("  das  Kind sucht: 7 Žaby, why? ", "the child looks for 7 frogs, žaba."),
    ("Hund", "a"),
    ("niemand vergisst den Brief, niemand verkauft die Brücke.", "nobody sees."),
]


def subwords(lines, path, **options):
    """Trains a SentencePiece model and returns its pieces, in their order."""
    with open(path, "wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines), model_writer=file, minloglevel=2, num_threads=1, bos_id=-1, **options)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [
        processor.id_to_piece(number) for number in range(processor.get_piece_size())
        if not processor.is_control(number) and not processor.is_unknown(number)
    ]


def vocabulary(pairs, folder, **options):
    """Writes the two SentencePiece models and the vocabulary of both: the end first, the unknown token, all pieces, the padding last."""
    pieces = [subwords([pair[side] for pair in pairs], folder / f"{name}.spm", **options) for side, name in enumerate(("source", "target"))]
    tokens = ["</s>", "<unk>", *dict.fromkeys(pieces[0] + pieces[1]), "<pad>"]
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}, ensure_ascii=False, indent=0))
    (folder / "tokenizer_config.json").write_text('{"source_lang": "de", "target_lang": "en", "model_max_length": 512}\n')
    return len(tokens)


def configuration(size, width, layers, heads, inner):
    """What the Opus-MT models on the Hub have, with the keys that only older versions of the library wrote."""
    return MarianConfig(
        vocab_size=size, decoder_vocab_size=size, d_model=width, encoder_layers=layers, decoder_layers=layers, encoder_attention_heads=heads,
        decoder_attention_heads=heads, encoder_ffn_dim=inner, decoder_ffn_dim=inner, activation_function="swish", scale_embedding=True,
        max_position_embeddings=512 if layers > 2 else 64, pad_token_id=size - 1, decoder_start_token_id=size - 1, eos_token_id=0,
        forced_eos_token_id=0, static_position_embeddings=True, normalize_before=False, normalize_embedding=False, add_final_layer_norm=False,
        add_bias_logits=False)


def drawn(configuration, scale):
    """A model with weights that make long and different outputs.

    With small weights, as before a training, greedy search says one token for ever. Here the feed-forward layers scramble each step's token and
    position, and what attention brings is small beside that; their second matrices have rows of mean 0, since the mean of what SiLU makes would be the
    same for every step. `scale` multiplies the logits, and so their rounding, which grows from layer to layer; it changes no order of tokens.
    """
    model = MarianMTModel(configuration).eval()
    width, inner = configuration.d_model, configuration.encoder_ffn_dim
    deviations = {"shared": 0.9, "q_proj": 1.4, "k_proj": 1.4, "v_proj": 1.4, "out_proj": 0.45, "fc1": 2.0, "fc2": 4.0}
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            part = next((part for part in deviations if part in name), None)
            if "embed_positions" in name:
                continue
            if parameter.dim() == 1:
                noise = torch.randn(parameter.shape, generator=generator)
                parameter.copy_(1 + 0.1 * noise if "norm.weight" in name else 0.05 * noise)
                continue
            fan = inner if part == "fc2" else width
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * deviations[part] / fan**0.5)
            if part == "fc2":
                parameter -= parameter.mean(dim=1, keepdim=True)
        model.model.decoder.layers[-1].final_layer_norm.weight *= 1.8 * scale
        # Some tokens are frequent and most are rare, as in text, so that an output of a few tokens is not far more probable than one of many.
        ranks = torch.randperm(configuration.vocab_size, generator=generator)
        model.final_logits_bias.copy_(-0.8 * scale * torch.log(1 + ranks.float()))
    model.tie_weights()
    unknown, padding = 1, configuration.pad_token_id
    model.generation_config = GenerationConfig(
        max_length=configuration.max_position_embeddings, num_beams=4, bad_words_ids=[[padding], [unknown]], pad_token_id=padding,
        decoder_start_token_id=padding, eos_token_id=0, forced_eos_token_id=0)
    return model


# The most tokens of an output: a sentence whose output is still longer is left out, since what happens at a limit is no question of the network.
LIMIT = 200


def generate(model, inputs, **options):
    """The tokens of the best output, without start, end and padding, and log p of a beam's."""
    limit = min(LIMIT, model.config.max_position_embeddings)
    with torch.no_grad():
        found = model.generate(**inputs, do_sample=False, max_length=limit, output_scores=True, return_dict_in_generate=True, **options)
    special = (model.config.eos_token_id, model.config.pad_token_id)
    return [token for token in found.sequences[0].tolist() if token not in special], found.get("sequences_scores", torch.zeros(1)).item()


def endless(model, inputs, tokens):
    """The greedy outputs of exactly so many tokens: the decoder's states [tokens, sentences, width] and the logits [tokens, sentences, vocabulary]."""
    result = model.generate(
        **inputs, do_sample=False, num_beams=1, min_new_tokens=tokens, max_new_tokens=tokens, output_logits=True, output_hidden_states=True,
        return_dict_in_generate=True, forced_eos_token_id=None)
    return torch.stack([step[-1][:, 0] for step in result.decoder_hidden_states]), torch.stack(result.logits)


def set_end(model, inputs, tokens, scale):
    """Lets the end be the likelier the later, and greedy outputs have so many tokens in the mean."""
    with torch.no_grad():
        states, _ = endless(model, inputs, 2 * tokens)
        towards_end = (states[tokens:] - states[:tokens]).mean(dim=(0, 1))
        model.model.shared.weight[0] = scale * tokens * towards_end / towards_end.square().sum()
        _, logits = endless(model, inputs, 2 * tokens)
        end = logits[:, :, 0].clone()
        logits[:, :, [0, 1, model.config.pad_token_id]] = -torch.inf
        # Up to its end an output does not depend on this bias, so that one run tells the length for each.
        margins = logits.amax(dim=2) - end
        lengths = {bias: (margins > bias).int().cumprod(dim=0).sum(dim=0).float().mean().item() for bias in torch.linspace(-40, 40, 801).tolist()}
        model.final_logits_bias[0, 0] += min(lengths, key=lambda bias: abs(lengths[bias] - tokens))


def expectations(model, tokenizer, tests, count):
    """What the library makes of each sentence; for the given translations its logits, computed in double precision; and how far single precision is off."""
    entries, inputs, logits, error = [], [], {}, 0
    limit = min(LIMIT, model.config.max_position_embeddings)
    for source, target in tests:
        given = tokenizer([source], return_tensors="pt")
        greedy, _ = generate(model, given, num_beams=1)
        # Plain log p, which can only fall: then no rule of when to stop changes what is found.
        beam, score = generate(model, given, num_beams=4, length_penalty=0.0)
        if max(len(greedy), len(beam)) > limit - 3:
            continue
        target_ids = tokenizer(text_target=[target], return_tensors="pt")["input_ids"]
        start = torch.tensor([[model.config.decoder_start_token_id]])
        inputs.append(given | {"decoder_input_ids": torch.cat([start, target_ids[:, :-1]], dim=1)})
        entries.append({
            "source": source, "target": target, "source_ids": given["input_ids"][0].tolist(), "target_ids": target_ids[0].tolist(),
            "greedy": greedy, "greedy_text": tokenizer.decode(greedy, skip_special_tokens=True), "beam": beam,
            "beam_text": tokenizer.decode(beam, skip_special_tokens=True), "beam_log_probability": score,
        })
        if len(entries) == count:
            break
    with torch.no_grad():
        single = [model(**given).logits[0] for given in inputs]
        model.double()
        for number, (given, rounded) in enumerate(zip(inputs, single)):
            exact = model(**given).logits[0]
            error = max(error, (exact - rounded).abs().max().item())
            logits[f"logits.{number}"] = exact.float()
    return entries, logits, error


def write(pairs, tests, count, folder, expected, mean_length, scale, subword_options, **sizes):
    folder.mkdir(parents=True, exist_ok=True)
    size = vocabulary(pairs, folder, **subword_options)
    tokenizer = MarianTokenizer.from_pretrained(folder)
    # With the package sacremoses the library also changes punctuation; without it, as here, it does not.
    tokenizer.punc_normalizer = lambda text: text
    model = drawn(configuration(size, **sizes), scale)
    set_end(model, tokenizer([source for source, _ in tests[:16]], return_tensors="pt", padding=True), mean_length, scale)
    model.save_pretrained(folder)
    entries, logits, error = expectations(model, tokenizer, tests, count)
    about = {"torch": torch.__version__, "transformers": transformers.__version__, "sentencepiece": sentencepiece.__version__, "seed": SEED}
    lines = ",\n".join(json.dumps(entry, ensure_ascii=True) for entry in entries)
    (expected / "expected.json").write_text(f'{{"versions": {json.dumps(about)},\n"sentences": [\n{lines}\n]}}\n')
    save_file(logits, expected / "expected.safetensors")
    greedy, beam = [[entry[kind] for entry in entries] for kind in ("greedy", "beam")]
    print(f"{folder}: {size} tokens, {model.num_parameters()} parameters; the library's own logits in single precision are off by {error:.1e}")
    for kind, found in (("greedy", greedy), ("beam 4", beam)):
        print(f"{kind}: lengths {sorted(map(len, found))}, {len(set(map(tuple, found)))} different of {len(found)}")


def lines(name):
    with gzip.open(DATA / "multi30k" / name, "rt", encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\n") for line in file]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", type=Path, metavar="FOLDER")
    folder = parser.parse_args().real
    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    if folder is None:
        shutil.rmtree(TINY, ignore_errors=True)
        write(
            tiny_sentences(), TINY_TESTS, 6, TINY, TINY, 6, 1,
            {"vocab_size": 62, "normalization_rule_name": "identity", "hard_vocab_limit": False}, width=16, layers=2, heads=4, inner=24)
    else:
        pairs = list(zip(lines("train.de.gz"), lines("train.en.gz")))
        tests = list(zip(lines("val.de.gz"), lines("val.en.gz")))
        write(pairs, tests, 200, folder / "model", folder, 12, 0.5, {"vocab_size": 6000}, width=512, layers=6, heads=8, inner=2048)


if __name__ == "__main__":
    main()
