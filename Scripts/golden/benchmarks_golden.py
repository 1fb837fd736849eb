"""Golden results of `Benchmarks/pytorch.py`: that both sides of a comparison of speeds compute the same thing.

Each case is a workload in small sizes whose parameters are closed forms; its results are those of its first steps, so that gradients, clipping
and the optimiser show in all but the first.
"""

import pathlib
import sys

import torch

from golden_file import Tensors, write

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Benchmarks"))
import pytorch  # noqa: E402

STEPS = 4

SMALL = [
    "lm-ptb-small-lstm:vocabulary=31,hidden=6,batch=3,time=5",
    "lm-ptb-medium-lstm:vocabulary=29,layers=3,hidden=5,batch=2,time=7",
    "lm-char-gru256:vocabulary=23,hidden=7,batch=3,time=6",
    "lm-char-rnn256:vocabulary=23,hidden=7,batch=3,time=6",
    "seq2seq-attention:source-vocabulary=19,target-vocabulary=17,embedding=5,hidden=6,batch=3,source-time=4,target-time=5",
    "transformer:source-vocabulary=19,target-vocabulary=17,width=6,heads=2,inner=5,encoder-layers=2,decoder-layers=1,batch=3,"
    "source-time=4,target-time=5,dropout=0",
    "lstm-adding400:hidden=7,batch=4,time=11",
    "lstm-adding400:input=3,hidden=5,batch=2,time=1",
    "memn2n-babi:vocabulary=23,hops=2,embedding=5,sentences=6,words=3,batch=4",
    "memn2n-babi:vocabulary=9,hops=3,embedding=3,sentences=1,words=1,batch=1",
    "ntm-copy20-b1:bits=3,length=4,hidden=5,slots=7,width=4,batch=2",
    "ntm-copy20-b16:bits=1,length=1,hidden=2,slots=3,width=1,batch=3",
    "tiny-ops:repetitions=5,side=3",
    "lstm-forward-b1:input=5,hidden=6,time=4",
    "lstm-forward-b32:input=7,hidden=4,batch=3,time=5",
    "lstm-forward-h128:input=4,hidden=5,batch=2,time=3",
    "gemm:rows=5,inputs=7,outputs=4",
    "gemm-unpacked:rows=5,inputs=7,outputs=4",
    "bandwidth:elements=9",
]

# What the translator's parameters are called here; the other models' names are the same on both sides.
TRANSLATOR = {"source_embedding": "source_embedding", "encoder": "encoder", "bridge": "bridge.0.hidden", "embedding": "decoder.embedding",
              "decoder": "decoder", "output": "output"}


class Joined:
    """Parameters of PyTorch's that are the rows of one of ours."""

    def __init__(self, *parts):
        self.parts = parts
        self.shape = [sum(len(part) for part in parts), *parts[0].shape[1:]]

    def copy_(self, rows):
        for part, values in zip(self.parts, rows.split([len(part) for part in self.parts])):
            part.copy_(values)


def named(module):
    """The parameters by our names; a name of ours may mean a part of one of PyTorch's."""
    if module is None:
        return {}
    if isinstance(module, pytorch.MemoryNetwork):
        pairs = zip(module.tables, module.ages)
        return {f"encoder.tables.{place}": Joined(table.weight.data, ages.data) for place, (table, ages) in enumerate(pairs)}
    if isinstance(module, pytorch.Transformer):
        result = {}
        for name, parameter in module.named_parameters():
            if ".in_proj_" in name:
                for part, rows in zip(("query", "key", "value"), parameter.data.chunk(3)):
                    result[name.replace("in_proj_", f"{part}.")] = rows
            else:
                result[name.replace(".out_proj.", ".output.")] = parameter.data
        return result
    if not isinstance(module, pytorch.Translator):
        return {name: parameter.data for name, parameter in module.named_parameters() if parameter.requires_grad}
    hidden = module.attention.v.in_features
    result = {
        "decoder.attention.query.weight": module.attention.attn.weight.data[:, :hidden],
        "decoder.attention.key.weight": module.attention.attn.weight.data[:, hidden:],
        "decoder.attention.key.bias": module.attention.attn.bias.data,
        "decoder.attention.v": module.attention.v.weight.data[0],
    }
    for name, parameter in module.named_parameters():
        first, _, rest = name.partition(".")
        if first in TRANSLATOR:
            result[f"{TRANSLATOR[first]}.{rest}"] = parameter.data
    return result


def case(text, **options):
    _, prepare, sizes = pytorch.workload(text)
    options = pytorch.Options(one_bias=True, **options)
    module, step = prepare(sizes, options)
    if module is not None:
        options.parameters(module)
    tensors = Tensors()
    parameters = []
    for name, value in named(module).items():
        tensor = tensors.make(list(value.shape), 0.4)
        value.copy_(tensor)
        parameters.append({"name": name, "shape": list(value.shape)} | tensor.closed_form)
    return {"workload": text, "parameters": parameters, "results": [step()() for _ in range(STEPS)]}


def count(name):
    _, prepare, sizes = pytorch.workload(name)
    options = pytorch.Options(one_bias=True)
    with torch.device("meta"):
        module, _ = prepare(sizes, options)
    result = {"workload": name, "sizes": list(sizes), "values": list(sizes.values()), "operations": pytorch.operations(name, sizes)}
    if module is None:
        return result | {"learnt": 0, "second_biases": 0}
    learnt = sum(parameter.numel() for parameter in options.parameters(module))
    return result | {"learnt": learnt, "second_biases": sum(parameter.numel() for parameter in module.parameters()) - learnt}


def main():
    torch.set_default_dtype(torch.float64)
    cases = [case(text) for text in SMALL]
    once = case(SMALL[4], projection_once=True)
    assert all(abs(a - b) < 1e-12 for a, b in zip(once["results"], cases[4]["results"])), "projecting once computes something else"
    write(
        "Benchmarks", "steps",
        "The results are those of a workload's first steps: the loss of a training step, else a number that everything computed went into. "
        "Where PyTorch has two biases that are added to each other, the second one is zero and not trained.", cases)
    write(
        "Benchmarks", "sizes",
        "The usual sizes, the operations of a step's matrix products, and how many numbers are learnt; second_biases counts those of "
        "PyTorch's that are added to another bias.", [count(name) for name in pytorch.WORKLOADS])


if __name__ == "__main__":
    main()
