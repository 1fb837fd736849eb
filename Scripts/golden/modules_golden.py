"""Golden values and gradients of convolutions over time and of the multiplicative layer, which PyTorch calls bilinear.

Sequences are time-major here, [time, batch, features]; PyTorch's convolutions want [batch, features, time], so they are turned and turned back.
Causal padding is zeros before the first step. Temporal blocks are Bai's (2018): PyTorch has their parts, and its weight normalisation.
"""

import torch
import torch.nn.functional as F

from golden_file import Tensors, record, write

ABOUT = (
    "Sequences are [time, batch, features]; parameters have PyTorch's names and layouts. loss = sum(output * loss_weights.output). "
    "A convolution is conv1d after (taps - 1) * dilation zeros; W = g v / |v| for each output where weight_g and weight_v are given."
)


def causal(x, weight, bias, dilation, stride):
    x = F.pad(x.permute(1, 2, 0), ((weight.shape[2] - 1) * dilation, 0))
    return F.conv1d(x, weight, bias, stride=stride, dilation=dilation).permute(2, 0, 1)


def normalised(v, g):
    return g * v / v.flatten(1).norm(dim=1).reshape(-1, 1, 1)


def case(name, function, tensors, given, options):
    leaves = {key: tensor.clone().requires_grad_() for key, tensor in given.items()}
    output = function(leaves)
    weights = tensors.make(list(output.shape), 1.0)
    (output * weights).sum().backward()
    return {
        "name": name, **options, "given": {key: record(tensor) for key, tensor in given.items()},
        "loss_weights": {"output": record(weights)}, "results": {"output": record(output)},
        "gradients": {key: record(leaf.grad) for key, leaf in leaves.items()},
    }


def convolutions():
    for time, taps, dilation, stride in ((7, 3, 1, 1), (9, 3, 4, 1), (10, 4, 1, 3), (8, 1, 1, 1), (2, 5, 2, 1)):
        tensors = Tensors()
        given = {"x": tensors.make([time, 3, 5], 1.0), "weight": tensors.make([6, 5, taps], 0.5), "bias": tensors.make([6], 0.5)}
        yield case(
            f"convolution, {time} steps, {taps} taps, dilation {dilation}, stride {stride}",
            lambda leaf: causal(leaf["x"], leaf["weight"], leaf["bias"], dilation, stride), tensors, given,
            {"kind": "convolution", "dilation": dilation, "stride": stride})


def blocks():
    for inputs in (2, 4):
        tensors = Tensors()
        given = {"x": tensors.make([8, 3, inputs], 1.0)}
        for name, width in (("conv1", inputs), ("conv2", 4)):
            given |= {
                f"{name}.weight_v": tensors.make([4, width, 3], 0.7), f"{name}.weight_g": tensors.make([4, 1, 1], 0.9),
                f"{name}.bias": tensors.make([4], 0.3),
            }
        if inputs != 4:
            given |= {"downsample.weight": tensors.make([4, inputs], 0.7), "downsample.bias": tensors.make([4], 0.3)}

        def block(leaf):
            y = leaf["x"]
            for name in ("conv1", "conv2"):
                weight = normalised(leaf[f"{name}.weight_v"], leaf[f"{name}.weight_g"])
                y = F.relu(causal(y, weight, leaf[f"{name}.bias"], 2, 1))
            x = leaf["x"]
            return F.relu(y + (F.linear(x, leaf["downsample.weight"], leaf["downsample.bias"]) if inputs != 4 else x))

        # The norm is PyTorch's own: its parametrisation of the same v and g gives the same weight.
        module = torch.nn.utils.parametrizations.weight_norm(torch.nn.Conv1d(inputs, 4, 3).double())
        module.parametrizations.weight.original0.data = given["conv1.weight_g"].clone()
        module.parametrizations.weight.original1.data = given["conv1.weight_v"].clone()
        assert torch.allclose(module.weight, normalised(given["conv1.weight_v"], given["conv1.weight_g"]), atol=1e-12)
        yield case(f"temporal block, {inputs} inputs", block, tensors, given, {"kind": "block", "dilation": 2, "stride": 1})


def multiplicative():
    tensors = Tensors()
    given = {"x": tensors.make([4, 5], 1.0), "z": tensors.make([4, 3], 1.0), "weight": tensors.make([6, 5, 3], 0.5)}
    yield case(
        "bilinear", lambda leaf: F.bilinear(leaf["x"], leaf["z"], leaf["weight"]), tensors, given,
        {"kind": "multiplicative", "dilation": 1, "stride": 1})


write("Modules", "modules", ABOUT, [*convolutions(), *blocks(), *multiplicative()])
