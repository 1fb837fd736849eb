#!/usr/bin/env python3
"""The workloads of `unroll bench` in PyTorch, as its users write them: the same shapes, the same data, the same steps.

    Benchmarks/pytorch.py lm-ptb-small-lstm
    Benchmarks/pytorch.py lm-char-gru256:hidden=512,batch=8 --threads 1 --json

A training step is zero_grad, forward, loss, backward, clip_grad_norm_ and the optimiser's step. Times of tiny-ops are for one of its
operations. Names and sizes are those that `unroll bench --list` prints.
"""

import argparse
import json
import statistics
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

# Data: closed forms, the same on both sides.


def spread(count, start=0):
    """Numbers in [0, 1) without an obvious order: number i is i * 2654435761 mod 2**32, over 2**32 (Knuth's multiplicative hash)."""
    index = numpy.arange(start, start + count, dtype=numpy.uint64)
    return ((index * numpy.uint64(2654435761)) % numpy.uint64(2**32)).astype(numpy.float64) / 2**32


def numbers(*shape):
    """Numbers in [-1, 1)."""
    values = (2 * spread(int(numpy.prod(shape))) - 1).astype(numpy.float32).reshape(shape)
    return torch.from_numpy(values).to(torch.get_default_dtype())


def tokens(count, vocabulary, first=0, start=0):
    """Tokens from `first` to `vocabulary` - 1."""
    return torch.from_numpy((first + (spread(count, start) * (vocabulary - first))).astype(numpy.int64))


# Workloads: each makes, from its sizes and the options, the module (or None) and a step. A step returns a function that gives a number which
# everything computed went into; it is called outside of what is timed.


class LanguageModel(nn.Module):
    def __init__(self, kind, vocabulary, layers, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.recurrence = kind(hidden, hidden, layers)
        self.output = nn.Linear(hidden, vocabulary)

    def forward(self, tokens, state):
        outputs, state = self.recurrence(self.embedding(tokens), state)
        return self.output(outputs), state


def detached(state):
    return tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()


def language_model(kind):
    def prepare(sizes, options):
        vocabulary, batch, steps = sizes["vocabulary"], sizes["batch"], sizes["time"]
        model = LanguageModel(kind, vocabulary, sizes["layers"], sizes["hidden"])
        text = tokens((steps + 1) * batch, vocabulary)
        inputs, targets = text[:-batch].view(steps, batch), text[batch:]
        parameters = options.parameters(model)
        optimizer = torch.optim.SGD(parameters, lr=1.0)
        criterion = nn.CrossEntropyLoss()

        @options.compiled
        def forward(inputs, targets, state):
            logits, state = model(inputs, state)
            return criterion(logits.view(-1, vocabulary), targets), state

        state = None

        def step():
            nonlocal state
            optimizer.zero_grad()
            loss, state = forward(inputs, targets, state)
            loss.backward()
            clip_grad_norm_(parameters, 5)
            optimizer.step()
            state = detached(state)
            return loss.item

        return model, step

    return prepare


class Attention(nn.Module):
    """Additive attention (Bahdanau 2014). Encoder outputs are [source time, batch, 2 * hidden]."""

    def __init__(self, hidden):
        super().__init__()
        self.attn = nn.Linear(hidden + 2 * hidden, hidden)
        self.v = nn.Linear(hidden, 1, bias=False)

    def forward(self, state, encoded):
        """As the tutorial has it: the encoder's outputs are projected anew at each step."""
        repeated = state.unsqueeze(0).expand(encoded.shape[0], -1, -1)
        energy = torch.tanh(self.attn(torch.cat((repeated, encoded), dim=2)))
        return torch.softmax(self.v(energy).squeeze(2), dim=0)

    def keys(self, encoded):
        hidden = self.v.in_features
        return nn.functional.linear(encoded, self.attn.weight[:, hidden:], self.attn.bias)

    def with_keys(self, state, keys):
        """The same with the encoder's outputs projected once."""
        hidden = self.v.in_features
        energy = torch.tanh(nn.functional.linear(state, self.attn.weight[:, :hidden]) + keys)
        return torch.softmax(self.v(energy).squeeze(2), dim=0)


class Translator(nn.Module):
    def __init__(self, sizes, projects_once):
        super().__init__()
        embedding, hidden = sizes["embedding"], sizes["hidden"]
        self.projects_once = projects_once
        self.source_embedding = nn.Embedding(sizes["source-vocabulary"], embedding)
        self.encoder = nn.GRU(embedding, hidden, bidirectional=True)
        self.bridge = nn.Linear(2 * hidden, hidden)
        self.embedding = nn.Embedding(sizes["target-vocabulary"], embedding)
        self.attention = Attention(hidden)
        self.decoder = nn.GRU(embedding + 2 * hidden, hidden)
        self.output = nn.Linear(hidden + 2 * hidden + embedding, sizes["target-vocabulary"])

    def forward(self, source, target):
        encoded, last = self.encoder(self.source_embedding(source))
        state = torch.tanh(self.bridge(torch.cat((last[0], last[1]), dim=1)))
        keys = self.attention.keys(encoded) if self.projects_once else None
        logits = []
        for token in target:
            embedded = self.embedding(token)
            a = self.attention.with_keys(state, keys) if self.projects_once else self.attention(state, encoded)
            context = torch.bmm(a.t().unsqueeze(1), encoded.transpose(0, 1)).squeeze(1)
            output, state = self.decoder(torch.cat((embedded, context), dim=1).unsqueeze(0), state.unsqueeze(0))
            output, state = output.squeeze(0), state.squeeze(0)
            logits.append(self.output(torch.cat((output, context, embedded), dim=1)))
        return torch.stack(logits)


def translation(make):
    return lambda sizes, options: train_translator(make(sizes, options), sizes, options)


def train_translator(model, sizes, options):
    batch, source_time, target_time = sizes["batch"], sizes["source-time"], sizes["target-time"]
    source = tokens(source_time * batch, sizes["source-vocabulary"], first=1).view(source_time, batch)
    text = tokens((target_time + 1) * batch, sizes["target-vocabulary"], first=1, start=source_time * batch)
    target, targets = text[:-batch].view(target_time, batch), text[batch:]
    parameters = options.parameters(model)
    optimizer = torch.optim.Adam(parameters, lr=0.001)
    criterion = nn.CrossEntropyLoss()

    @options.compiled
    def forward(source, target, targets):
        logits = model(source, target)
        return criterion(logits.view(-1, logits.shape[-1]), targets)

    def step():
        optimizer.zero_grad()
        loss = forward(source, target, targets)
        loss.backward()
        clip_grad_norm_(parameters, 1)
        optimizer.step()
        return loss.item

    return model, step


class Transformer(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        width, dropout = sizes["width"], sizes["dropout"] / 100
        shape = (width, sizes["heads"], sizes["inner"], dropout)
        self.scale = width**0.5
        self.source_embedding = nn.Embedding(sizes["source-vocabulary"], width)
        self.target_embedding = nn.Embedding(sizes["target-vocabulary"], width)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(*shape), sizes["encoder-layers"], enable_nested_tensor=False)
        self.decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(*shape), sizes["decoder-layers"])
        self.output = nn.Linear(width, sizes["target-vocabulary"])
        self.dropout = nn.Dropout(dropout)
        longest, half = max(sizes["source-time"], sizes["target-time"]), (width + 1) // 2
        place = torch.arange(longest, device="cpu", dtype=torch.get_default_dtype()).unsqueeze(1)
        feature = torch.arange(width, device="cpu", dtype=torch.get_default_dtype()) % half
        angles = place * 10_000 ** (-2 * feature / width)
        waves = torch.cat([angles[:, :half].sin(), angles[:, half:].cos()], dim=1)
        self.register_buffer("positions", waves.unsqueeze(1), persistent=False)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(sizes["target-time"], device="cpu"), persistent=False)

    def embedded(self, tokens, embedding):
        return self.dropout(embedding(tokens) * self.scale + self.positions[: len(tokens)])

    def forward(self, source, target):
        encoded = self.encoder(self.embedded(source, self.source_embedding))
        decoded = self.decoder(self.embedded(target, self.target_embedding), encoded, tgt_mask=self.mask, tgt_is_causal=True)
        return self.output(decoded)


class Adder(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.recurrence = nn.LSTM(inputs, hidden)
        self.output = nn.Linear(hidden, 1)

    def forward(self, inputs):
        _, (last, _) = self.recurrence(inputs)
        return self.output(last[0])


def adding(sizes, options):
    width, batch, steps = sizes["input"], sizes["batch"], sizes["time"]
    model = Adder(width, sizes["hidden"])
    inputs = spread(steps * batch * width).astype(numpy.float32).reshape(steps, batch, width)
    if width > 1:
        inputs[:, :, 1] = 0
    sums = numpy.zeros((batch, 1), dtype=numpy.float32)
    half = steps // 2
    for row in range(batch):
        for place in (7 * row % max(1, half), half + 11 * row % (steps - half)):
            sums[row] += inputs[place, row, 0]
            if width > 1:
                inputs[place, row, 1] = 1
    inputs = torch.from_numpy(inputs).to(torch.get_default_dtype())
    sums = torch.from_numpy(sums).to(torch.get_default_dtype())
    parameters = options.parameters(model)
    optimizer = torch.optim.Adam(parameters, lr=0.001)
    criterion = nn.MSELoss()

    @options.compiled
    def forward(inputs, sums):
        return criterion(model(inputs), sums)

    def step():
        optimizer.zero_grad()
        loss = forward(inputs, sums)
        loss.backward()
        clip_grad_norm_(parameters, 1)
        optimizer.step()
        return loss.item

    return model, step


SPECIAL_TOKENS = 4  # padding and its like are no answers


class MemoryNetwork(nn.Module):
    """An end-to-end memory network (Sukhbaatar 2015): adjacent tying, position and temporal encoding."""

    def __init__(self, vocabulary, hops, width, sentences, words):
        super().__init__()
        self.hops = hops
        self.tables = nn.ModuleList(nn.Embedding(vocabulary, width, padding_idx=0) for _ in range(hops + 1))
        self.ages = nn.ParameterList(nn.Parameter(torch.randn(sentences, width) * 0.1) for _ in range(hops + 1))
        for table in self.tables:
            nn.init.normal_(table.weight, std=0.1)
        place = (torch.arange(1, words + 1, device="cpu", dtype=torch.get_default_dtype()).unsqueeze(1) - 0.5) / words
        feature = torch.arange(1, width + 1, device="cpu", dtype=torch.get_default_dtype()) / width
        self.register_buffer("positions", 1 + 4 * (feature - 0.5) * (place - 0.5))

    def sentences(self, hop, stories):
        return (self.tables[hop](stories) * self.positions).sum(2) + self.ages[hop]

    def forward(self, stories, questions):
        state = (self.tables[0](questions) * self.positions).sum(1)
        for hop in range(self.hops):
            keys, values = self.sentences(hop, stories), self.sentences(hop + 1, stories)
            weights = torch.softmax((keys * state.unsqueeze(1)).sum(2), dim=1)
            state = state + (values * weights.unsqueeze(2)).sum(1)
        return nn.functional.linear(state, self.tables[-1].weight[SPECIAL_TOKENS:])


def memory(sizes, options):
    vocabulary, batch, sentences, words = max(sizes["vocabulary"], 5), sizes["batch"], sizes["sentences"], sizes["words"]
    model = MemoryNetwork(vocabulary, sizes["hops"], sizes["embedding"], sentences, words)
    count = batch * sentences * words
    stories = tokens(count, vocabulary, SPECIAL_TOKENS).reshape(batch, sentences, words)
    questions = tokens(batch * words, vocabulary, SPECIAL_TOKENS, count).reshape(batch, words)
    answers = tokens(batch, vocabulary, SPECIAL_TOKENS, count + batch * words) - SPECIAL_TOKENS
    parameters = options.parameters(model)
    optimizer = torch.optim.SGD(parameters, lr=0.01)
    criterion = nn.CrossEntropyLoss(reduction="sum")

    @options.compiled
    def forward(stories, questions, answers):
        return criterion(model(stories, questions), answers)

    def step():
        optimizer.zero_grad()
        loss = forward(stories, questions, answers)
        loss.backward()
        clip_grad_norm_(parameters, 40)
        optimizer.step()
        return loss.item

    return model, step


class TuringMachine(nn.Module):
    """A neural Turing machine (Graves 2014): an LSTM controller, a head that writes and one that reads."""

    def __init__(self, bits, hidden, slots, width):
        super().__init__()
        self.slots, self.width, self.addressed = slots, width, width + 6
        self.controller = nn.LSTMCell(bits + 1 + width, hidden)
        self.heads = nn.Linear(hidden, 2 * self.addressed + 2 * width)
        self.output = nn.Linear(hidden + width, bits)
        self.reads = nn.Parameter(torch.randn(width) * 0.1)
        self.places = nn.Parameter(torch.randn(2, slots) * 0.1)

    def address(self, memory, said, previous):
        key, strength, gate, sharpness, shift = said.split([self.width, 1, 1, 1, 3], dim=1)
        similarity = nn.functional.cosine_similarity(key.unsqueeze(1), memory, dim=2)
        content = torch.softmax(nn.functional.softplus(strength) * similarity, dim=1)
        gate = torch.sigmoid(gate)
        weights = gate * content + (1 - gate) * previous
        shift = torch.softmax(shift, dim=1)
        weights = sum(shift[:, place:place + 1] * torch.roll(weights, place - 1, dims=1) for place in range(3))
        weights = weights ** (1 + nn.functional.softplus(sharpness))
        return weights / weights.sum(1, keepdim=True)

    def forward(self, inputs):
        batch = inputs.shape[1]
        memory = torch.full((batch, self.slots, self.width), 1e-6)
        read = torch.tanh(self.reads).expand(batch, -1)
        writing, reading = (place.expand(batch, -1) for place in torch.softmax(self.places, dim=1))
        hidden = cell = torch.zeros(batch, self.controller.hidden_size)
        outputs = []
        for step in inputs:
            hidden, cell = self.controller(torch.cat([step, read], dim=1), (hidden, cell))
            write, erase, add, look = self.heads(hidden).split([self.addressed, self.width, self.width, self.addressed], dim=1)
            writing = self.address(memory, write, writing)
            share = writing.unsqueeze(2)
            memory = memory * (1 - share * torch.sigmoid(erase).unsqueeze(1)) + share * add.unsqueeze(1)
            reading = self.address(memory, look, reading)
            read = (reading.unsqueeze(1) @ memory).squeeze(1)
            outputs.append(self.output(torch.cat([hidden, read], dim=1)))
        return torch.stack(outputs)


def copying(sizes, options):
    bits, length, batch = sizes["bits"], sizes["length"], sizes["batch"]
    model = TuringMachine(bits, sizes["hidden"], sizes["slots"], sizes["width"])
    shown = (spread(length * batch * bits) >= 0.5).astype(numpy.float32).reshape(length, batch, bits)
    inputs = numpy.zeros((2 * length + 1, batch, bits + 1), dtype=numpy.float32)
    inputs[:length, :, :bits] = shown
    inputs[length, :, bits] = 1
    inputs = torch.from_numpy(inputs).to(torch.get_default_dtype())
    targets = torch.from_numpy(shown).to(torch.get_default_dtype())
    parameters = options.parameters(model)
    optimizer = torch.optim.RMSprop(parameters, lr=1e-4)
    criterion = nn.BCEWithLogitsLoss()

    @options.compiled
    def forward(inputs, targets):
        return criterion(model(inputs)[length + 1:], targets)

    def step():
        optimizer.zero_grad()
        loss = forward(inputs, targets)
        loss.backward()
        clip_grad_norm_(parameters, 10)
        optimizer.step()
        return loss.item

    return model, step


class Numbers(nn.Module):
    def __init__(self, side):
        super().__init__()
        self.y = nn.Parameter(numbers(side, side) * 0.5)


def tiny_operations(sizes, options):
    model = Numbers(sizes["side"])
    zeros = torch.zeros(sizes["side"], sizes["side"])
    repetitions = sizes["repetitions"]

    @options.compiled
    def forward(y):
        z = zeros
        for _ in range(repetitions):
            z = z * y + y
        return z.sum()

    def step():
        model.y.grad = None
        forward(model.y).backward()
        gradient = model.y.grad
        return lambda: gradient.sum().item()

    return model, step


def layer_forward(sizes, options):
    model = nn.LSTM(sizes["input"], sizes["hidden"])
    inputs = numbers(sizes["time"], sizes["batch"], sizes["input"])
    forward = options.compiled(model)

    @torch.inference_mode()
    def step():
        outputs, _ = forward(inputs)
        return lambda: outputs.square().mean().item()

    return model, step


def product(is_packed):
    def prepare(sizes, options):
        inputs = numbers(sizes["rows"], sizes["inputs"])
        model = nn.Linear(sizes["inputs"], sizes["outputs"], bias=False) if is_packed else None
        weight = None if is_packed else numbers(sizes["inputs"], sizes["outputs"])

        @torch.inference_mode()
        def step():
            outputs = model(inputs) if is_packed else inputs @ weight
            return lambda: outputs.square().mean().item()

        return model, step

    return prepare


def bandwidth(sizes, options):
    x, y = torch.full((sizes["elements"],), 1.0), torch.full((sizes["elements"],), 2.0)

    @torch.inference_mode()
    def step():
        z = x + y
        return lambda: z.mean().item()

    return None, step


WORKLOADS = {
    "lm-ptb-small-lstm": (
        language_model(nn.LSTM), {"vocabulary": 10_000, "layers": 2, "hidden": 200, "batch": 20, "time": 20}),
    "lm-ptb-medium-lstm": (
        language_model(nn.LSTM), {"vocabulary": 10_000, "layers": 2, "hidden": 650, "batch": 20, "time": 35}),
    "lm-char-gru256": (
        language_model(nn.GRU), {"vocabulary": 65, "layers": 2, "hidden": 256, "batch": 32, "time": 64}),
    "lm-char-rnn256": (
        language_model(nn.RNN), {"vocabulary": 65, "layers": 2, "hidden": 256, "batch": 32, "time": 64}),
    "seq2seq-attention": (
        translation(lambda sizes, options: Translator(sizes, options.projection_once)),
        {"source-vocabulary": 7_855, "target-vocabulary": 5_893, "embedding": 256, "hidden": 512, "batch": 128, "source-time": 14,
         "target-time": 14}),
    "transformer": (
        translation(lambda sizes, options: Transformer(sizes)),
        {"source-vocabulary": 8_000, "target-vocabulary": 8_000, "width": 256, "heads": 8, "inner": 512, "encoder-layers": 3,
         "decoder-layers": 3, "batch": 128, "source-time": 16, "target-time": 16, "dropout": 10}),
    "lstm-adding400": (adding, {"input": 2, "hidden": 128, "batch": 32, "time": 400}),
    "memn2n-babi": (memory, {"vocabulary": 180, "hops": 3, "embedding": 20, "sentences": 50, "words": 7, "batch": 32}),
    "ntm-copy20-b1": (copying, {"bits": 8, "length": 20, "hidden": 100, "slots": 128, "width": 20, "batch": 1}),
    "ntm-copy20-b16": (copying, {"bits": 8, "length": 20, "hidden": 100, "slots": 128, "width": 20, "batch": 16}),
    "tiny-ops": (tiny_operations, {"repetitions": 100, "side": 16}),
    "lstm-forward-b1": (layer_forward, {"input": 512, "hidden": 512, "batch": 1, "time": 100}),
    "lstm-forward-b32": (layer_forward, {"input": 512, "hidden": 512, "batch": 32, "time": 50}),
    "lstm-forward-h128": (layer_forward, {"input": 128, "hidden": 128, "batch": 64, "time": 100}),
    "gemm": (product(True), {"rows": 2_048, "inputs": 1_024, "outputs": 1_024}),
    "gemm-unpacked": (product(False), {"rows": 2_048, "inputs": 1_024, "outputs": 1_024}),
    "bandwidth": (bandwidth, {"elements": 32 << 20}),
}


def operations(name, sizes):
    """Floating-point operations of a step's matrix products; `unroll bench` counts the same."""
    s = {key.replace("-", "_"): value for key, value in sizes.items()}
    if name.startswith("lm-"):
        gates = {"lstm": 4, "gru2": 3, "rnn2": 1}[name.split("-")[-1][:4]]
        return 6 * s["time"] * s["batch"] * (s["layers"] * gates * 2 * s["hidden"] ** 2 + s["hidden"] * s["vocabulary"])
    if name == "seq2seq-attention":
        e, h, b = s["embedding"], s["hidden"], s["batch"]
        sources, targets = b * s["source_time"], b * s["target_time"]
        return 6 * (
            sources * (6 * h * (e + h) + 2 * h * h) + b * 2 * h * h
            + targets * (3 * h * (e + 3 * h) + h * h + s["source_time"] * 3 * h + (3 * h + e) * s["target_vocabulary"]))
    if name == "transformer":
        w, inner, b = s["width"], s["inner"], s["batch"]
        sources, targets = b * s["source_time"], b * s["target_time"]
        encoder = sources * (4 * w * w + 2 * s["source_time"] * w + 2 * w * inner)
        reading = targets * (2 * w * w + 2 * s["source_time"] * w) + sources * 2 * w * w
        decoder = targets * (4 * w * w + 2 * s["target_time"] * w + 2 * w * inner) + reading
        return 6 * (s["encoder_layers"] * encoder + s["decoder_layers"] * decoder + targets * w * s["target_vocabulary"])
    if name == "lstm-adding400":
        i, h, b = s["input"], s["hidden"], s["batch"]
        return 2 * (s["time"] * b * 4 * h * (2 * i + 3 * h) + 3 * b * h)
    if name == "memn2n-babi":
        return 6 * s["batch"] * s["embedding"] * (2 * s["hops"] * s["sentences"] + max(1, s["vocabulary"] - SPECIAL_TOKENS))
    if name.startswith("ntm-"):
        h, w = s["hidden"], s["width"]
        controller = 4 * h * (2 * (s["bits"] + 1) + 3 * w + 3 * h)
        heads = 3 * h * (2 * (w + 6) + 2 * w)
        memory = 3 * 3 * s["slots"] * w
        return 2 * (2 * s["length"] + 1) * s["batch"] * (controller + heads + 3 * (h + w) * s["bits"] + memory)
    if name.startswith("lstm-forward"):
        return 2 * s["time"] * s["batch"] * 4 * s["hidden"] * (s["input"] + s["hidden"])
    return 2 * s["rows"] * s["inputs"] * s["outputs"] if name.startswith("gemm") else 0


class Options:
    """What is asked for beside names: `torch.compile`, and the encoder projected once."""

    def __init__(self, compile=False, projection_once=False, one_bias=False):
        self.compile = compile
        self.projection_once = projection_once
        self.one_bias = one_bias

    def compiled(self, function):
        return torch.compile(function) if self.compile else function

    def parameters(self, model):
        """What is trained: all parameters, or all but the second of two biases that are added to each other."""
        if self.one_bias:
            for module in model.modules():
                if isinstance(module, (nn.LSTM, nn.LSTMCell, nn.RNN)):
                    for name, parameter in module.named_parameters():
                        if name.startswith("bias_hh"):
                            nn.init.zeros_(parameter).requires_grad_(False)
        return [parameter for parameter in model.parameters() if parameter.requires_grad]


def workload(text):
    """The function that prepares a workload and its sizes, from `name` or `name:size=value,...`."""
    name, _, changes = text.partition(":")
    if name not in WORKLOADS:
        sys.exit(f"pytorch.py: no workload is called '{name}'; there are {', '.join(WORKLOADS)}")
    prepare, usual = WORKLOADS[name]
    sizes = dict(usual)
    for change in changes.split(",") if changes else []:
        key, _, value = change.partition("=")
        if key not in sizes or not value.isdigit() or int(value) < (0 if key == "dropout" else 1):
            sys.exit(f"pytorch.py: '{change}' is not a size of '{name}'; its sizes are {', '.join(sizes)}")
        sizes[key] = int(value)
    return name, prepare, sizes


def measure(text, options, runs, warm_up=3):
    name, prepare, sizes = workload(text)
    _, step = prepare(sizes, options)
    for _ in range(warm_up):
        step()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1000)
    parts = 2 * sizes["repetitions"] if name == "tiny-ops" else 1
    return {
        "name": text, "median_ms": statistics.median(times) / parts, "best_ms": min(times) / parts,
        "floor_ms": operations(name, sizes) / 125e9 * 1000, "runs": runs, "threads": torch.get_num_threads()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="workloads; all where none is named")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each")
    parser.add_argument("--runs", type=int, default=12, help="steps to measure (default: 12)")
    parser.add_argument("--threads", type=int, help="threads to use (default: PyTorch's own choice)")
    parser.add_argument("--compile", action="store_true", help="with torch.compile")
    parser.add_argument("--projection-once", action="store_true", help="seq2seq-attention with the encoder's outputs projected once")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    options = Options(arguments.compile, arguments.projection_once)
    for text in arguments.names or WORKLOADS:
        result = measure(text, options, max(1, arguments.runs))
        if arguments.json:
            print(json.dumps(result, sort_keys=True), flush=True)
        else:
            print(f"{text:24}{result['median_ms']:12.4f}{result['best_ms']:12.4f} ms", flush=True)


if __name__ == "__main__":
    main()
