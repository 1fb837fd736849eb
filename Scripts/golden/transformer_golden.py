"""Golden values and gradients of torch.nn.TransformerEncoderLayer and TransformerDecoderLayer, in float64, without dropout.

Sequences are [time, batch, features]. PyTorch keeps the three projections of an attention as one matrix; here they are three.
"""

import torch

from golden_file import Tensors, record, write

FEATURES, HEADS, INNER, BATCH, TIME, SOURCE = 4, 2, 5, 3, 4, 5

ABOUT = (
    "x [time, batch, features]; a decoder's layer reads memory [source, batch, features] and is causal. lengths: how many steps of x count, or of the "
    "memory where there is one. loss = sum(output * loss_weights.output) over the steps of x that count."
)


def attention_weights(tensors, prefix):
    return {
        f"{prefix}.{part}.{kind}": tensors.make([FEATURES] * (2 if kind == "weight" else 1), 0.6 if kind == "weight" else 0.3)
        for part in ("query", "key", "value", "output") for kind in ("weight", "bias")
    }


def case(name, decoder, norm_first, activation, lengths):
    tensors = Tensors()
    given = {"x": tensors.make([TIME, BATCH, FEATURES], 1.0)}
    if decoder:
        given["memory"] = tensors.make([SOURCE, BATCH, FEATURES], 1.0)
    attentions = ["self_attn", "multihead_attn"] if decoder else ["self_attn"]
    for attention in attentions:
        given |= attention_weights(tensors, attention)
    given |= {
        "linear1.weight": tensors.make([INNER, FEATURES], 0.8), "linear1.bias": tensors.make([INNER], 0.3),
        "linear2.weight": tensors.make([FEATURES, INNER], 0.8), "linear2.bias": tensors.make([FEATURES], 0.3),
    }
    for place in range(1, len(attentions) + 2):
        given |= {f"norm{place}.weight": tensors.make([FEATURES], 0.9), f"norm{place}.bias": tensors.make([FEATURES], 0.4)}
    leaves = {key: tensor.clone().requires_grad_() for key, tensor in given.items()}

    parameters = {key: leaf for key, leaf in leaves.items() if key.startswith(("linear", "norm"))}
    for attention in attentions:
        for kind in ("weight", "bias"):
            parts = [leaves[f"{attention}.{part}.{kind}"] for part in ("query", "key", "value")]
            parameters[f"{attention}.in_proj_{kind}"] = torch.cat(parts)
            parameters[f"{attention}.out_proj.{kind}"] = leaves[f"{attention}.output.{kind}"]

    kind = torch.nn.TransformerDecoderLayer if decoder else torch.nn.TransformerEncoderLayer
    function = {"relu": torch.nn.functional.relu, "gelu": torch.nn.functional.gelu, "silu": torch.nn.functional.silu}[activation]
    module = kind(FEATURES, HEADS, INNER, dropout=0, activation=function, norm_first=norm_first, dtype=torch.float64)
    steps = SOURCE if decoder else TIME
    padding = None if lengths is None else torch.arange(steps)[None] >= torch.tensor(lengths)[:, None]
    if decoder:
        arguments = (leaves["x"], leaves["memory"])
        options = {"tgt_mask": torch.ones(TIME, TIME).triu(1).bool(), "memory_key_padding_mask": padding}
    else:
        arguments, options = (leaves["x"],), {"src_key_padding_mask": padding}
    output = torch.func.functional_call(module, parameters, arguments, options)

    weights = tensors.make(list(output.shape), 1.0)
    counted = torch.ones(TIME, BATCH)
    if lengths is not None and not decoder:
        counted = (~padding).T.double()
    (output * weights * counted[:, :, None]).sum().backward()
    return {
        "name": name, "decoder": decoder, "norm": "pre" if norm_first else "post", "activation": activation, "heads": HEADS, "inner": INNER,
        "lengths": lengths, "given": {key: record(tensor) for key, tensor in given.items()},
        "loss_weights": {"output": record(weights)}, "results": {"output": record(output * counted[:, :, None])},
        "gradients": {key: record(leaf.grad) for key, leaf in leaves.items()},
    }


write("Modules", "transformer", ABOUT, [
    case("encoder, post-norm, ReLU", False, False, "relu", None),
    case("encoder, pre-norm, GELU, padded", False, True, "gelu", [4, 1, 3]),
    case("decoder, post-norm, GELU, padded", True, False, "gelu", [2, 5, 1]),
    case("decoder, pre-norm, SiLU", True, True, "silu", None),
])
