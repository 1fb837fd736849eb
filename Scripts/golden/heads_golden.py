"""Golden values and gradients of torch.nn.MultiheadAttention, in float64: to itself and to another sequence, padded and causal.

Sequences are [time, batch, features]. PyTorch keeps the three projections of a sequence to itself as one matrix; here they are three.
"""

import torch

from golden_file import Tensors, record, write

FEATURES, HEADS, BATCH = 6, 3, 3

ABOUT = (
    "x [target, batch, features], y [source, batch, memory features] where it reads another sequence; weights are [batch, heads, target, source]. "
    "lengths: how many steps of the source count; causal: no query sees a later step. "
    "loss = sum(output * loss_weights.output) + sum(weights * loss_weights.weights)."
)


def case(name, target, source, memory, lengths, causal):
    tensors = Tensors()
    given = {"x": tensors.make([target, BATCH, FEATURES], 1.0)}
    if source is not None:
        given["y"] = tensors.make([source, BATCH, memory], 1.0)
    width = FEATURES if source is None else memory
    for part, columns in (("query", FEATURES), ("key", width), ("value", width), ("output", FEATURES)):
        given |= {f"{part}.weight": tensors.make([FEATURES, columns], 0.6), f"{part}.bias": tensors.make([FEATURES], 0.4)}
    leaves = {key: tensor.clone().requires_grad_() for key, tensor in given.items()}

    module = torch.nn.MultiheadAttention(FEATURES, HEADS, kdim=width, vdim=width, dtype=torch.float64)
    module.requires_grad_(False)
    # Plain tensors in place of its parameters, so that gradients arrive at ours.
    for parameter in list(module._parameters):
        module._parameters[parameter] = None
    if module._qkv_same_embed_dim:
        module._parameters["in_proj_weight"] = torch.cat([leaves[f"{part}.weight"] for part in ("query", "key", "value")])
    else:
        for ours, theirs in (("query", "q_proj_weight"), ("key", "k_proj_weight"), ("value", "v_proj_weight")):
            module._parameters[theirs] = leaves[f"{ours}.weight"]
    module._parameters["in_proj_bias"] = torch.cat([leaves[f"{part}.bias"] for part in ("query", "key", "value")])
    module.out_proj._parameters["weight"] = leaves["output.weight"]
    module.out_proj._parameters["bias"] = leaves["output.bias"]

    read = leaves["x"] if source is None else leaves["y"]
    steps = read.shape[0]
    padding = None if lengths is None else torch.arange(steps)[None] >= torch.tensor(lengths)[:, None]
    mask = torch.ones(target, steps).triu(1).bool() if causal else None
    output, weights = module(leaves["x"], read, read, key_padding_mask=padding, attn_mask=mask, need_weights=True, average_attn_weights=False)
    fixed = {"output": tensors.make(list(output.shape), 1.0), "weights": tensors.make(list(weights.shape), 1.0)}
    ((output * fixed["output"]).sum() + (weights * fixed["weights"]).sum()).backward()
    return {
        "name": name, "heads": HEADS, "lengths": lengths, "causal": causal, "given": {key: record(tensor) for key, tensor in given.items()},
        "loss_weights": {key: record(tensor) for key, tensor in fixed.items()},
        "results": {"output": record(output), "weights": record(weights)},
        "gradients": {key: record(leaf.grad) for key, leaf in leaves.items()},
    }


write("Modules", "heads", ABOUT, [
    case("to itself", 5, None, None, None, False),
    case("to itself, padded", 5, None, None, [5, 3, 1], False),
    case("to itself, padded and causal", 5, None, None, [5, 3, 1], True),
    case("to another sequence", 4, 7, 5, None, False),
    case("to another sequence, padded", 1, 7, 5, [2, 7, 1], False),
])
