"""Golden values and gradients of the operations that stand between layers."""

import torch
import torch.nn.functional as F

from golden_file import Tensors, record, write

ABOUT = "loss = sum(output * loss_weights.output), except for cross_entropy, whose output is the loss. "


def case(name, function, given, options=None, fixed=None, output_amplitude=1.0, tensors=None):
    """Runs `function` over the given tensors; `fixed` holds tokens and the like, which have no gradient."""
    leaves = {key: tensor.clone().requires_grad_() for key, tensor in given.items()}
    output = function(**leaves, **(fixed or {}))
    result = {"name": name} | (options or {})
    result["given"] = {key: record(tensor) for key, tensor in given.items()}
    for key, tensor in (fixed or {}).items():
        result[key] = {"shape": list(tensor.shape), "values": tensor.reshape(-1).tolist()}
    if output.dim() == 0:
        loss = output
    else:
        weights = tensors.make(list(output.shape), output_amplitude)
        result["loss_weights"] = {"output": record(weights)}
        loss = (output * weights).sum()
    loss.backward()
    result["results"] = {"output": record(output)}
    result["gradients"] = {key: record(leaf.grad) for key, leaf in leaves.items()}
    return result


def layer_norm():
    for epsilon, amplitude in ((1e-5, 1.0), (1e-3, 0.01)):
        tensors = Tensors()
        given = {"input": tensors.make([3, 2, 7], amplitude), "weight": tensors.make([7], 1.5), "bias": tensors.make([7], 0.5)}
        yield case(
            f"layer_norm, epsilon {epsilon}", lambda input, weight, bias: F.layer_norm(input, [7], weight, bias, epsilon), given,
            {"operation": "layer_norm", "epsilon": epsilon}, tensors=tensors)


def softmaxes():
    for operation in (F.softmax, F.log_softmax):
        for amplitude in (2.0, 500.0):
            tensors = Tensors()
            yield case(
                f"{operation.__name__}, amplitude {amplitude}", lambda input: operation(input, dim=-1),
                {"input": tensors.make([4, 11], amplitude)}, {"operation": operation.__name__}, tensors=tensors)


def cross_entropies():
    targets = torch.tensor([3, 0, 8, 0, 1, 5])
    for reduction in ("sum", "mean"):
        for smoothing in (0.0, 0.1):
            for ignored in (None, 0):
                options = {"operation": "cross_entropy", "reduction": reduction, "label_smoothing": smoothing, "ignore_index": ignored}
                yield case(
                    f"cross_entropy, {reduction}, smoothing {smoothing}, ignoring {ignored}",
                    lambda logits, targets: F.cross_entropy(
                        logits, targets, reduction=reduction, label_smoothing=smoothing, ignore_index=-100 if ignored is None else ignored),
                    {"logits": Tensors().make([6, 9], 3.0)}, options, {"targets": targets})


def embeddings():
    tokens = torch.tensor([[2, 7, 2, 0], [9, 2, 7, 1]])
    for padding in (None, 0):
        tensors = Tensors()
        yield case(
            f"embedding, padding {padding}", lambda weight, tokens: F.embedding(tokens, weight, padding_idx=padding),
            {"weight": tensors.make([10, 5], 1.0)}, {"operation": "embedding", "padding_index": padding}, {"tokens": tokens}, tensors=tensors)


write("Tensors", "operations", ABOUT + "With a padding index the gradient of that row is zero.", [
    *layer_norm(), *softmaxes(), *cross_entropies(), *embeddings(),
])
