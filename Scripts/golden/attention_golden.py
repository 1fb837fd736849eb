"""Golden values and gradients of attention, from plain tensor operations in float64.

Sequences are time-major; queries [target, batch, query], keys [source, batch, key], values [source, batch, value].
"""

import math

import numpy
import torch

from golden_file import Tensors, record, write

TARGET, SOURCE, BATCH, UNITS, VALUE = 4, 5, 3, 7, 2
LENGTHS = [5, 3, 1]

ABOUT = (
    "queries [target, batch, query size], keys [source, batch, key size], values [source, batch, value size]; "
    "weights = softmax over the source of the scores, those at and after the sentence's length left out; weights are [target, batch, source]; "
    "output[t, b] = sum over s of weights[t, b, s] * values[s, b]. "
    "additive (Bahdanau 2014): score = v . tanh(query_weight q + key_weight k + bias); general (Luong 2015): score = q . (weight k); "
    "dot: q . k; scaled_dot: q . k / sqrt(size). "
    "loss = sum(output * loss_weights.output) + sum(weights * loss_weights.weights). Results are written in float64."
)


def additive(q, k, p):
    queries = q @ p["query_weight"].T
    keys = k @ p["key_weight"].T + p["bias"]
    return torch.einsum("u,tsbu->tbs", p["v"], torch.tanh(queries[:, None] + keys[None]))


def general(q, k, p):
    return torch.einsum("tbq,qk,sbk->tbs", q, p["weight"], k)


def dot(q, k, p):
    return torch.einsum("tbd,sbd->tbs", q, k)


def scaled_dot(q, k, p):
    return dot(q, k, p) / math.sqrt(q.shape[-1])


def case(name, score, query, key, shapes, lengths):
    tensors = Tensors()
    given = {
        "queries": tensors.make([TARGET, BATCH, query], 1.0),
        "keys": tensors.make([SOURCE, BATCH, key], 1.0),
        "values": tensors.make([SOURCE, BATCH, VALUE], 1.0),
    }
    parameters = {parameter: tensors.make(shape, 0.6) for parameter, shape in shapes.items()}
    loss_weights = {"output": tensors.make([TARGET, BATCH, VALUE], 1.0), "weights": tensors.make([TARGET, BATCH, SOURCE], 1.0)}

    leaves = {key: tensor.clone().requires_grad_() for key, tensor in (given | parameters).items()}
    scores = score(leaves["queries"], leaves["keys"], leaves)
    if lengths is not None:
        padding = torch.arange(SOURCE)[None] >= torch.tensor(lengths)[:, None]
        scores = scores.masked_fill(padding[None], -math.inf)
    weights = torch.softmax(scores, dim=-1)
    output = torch.einsum("tbs,sbv->tbv", weights, leaves["values"])
    results = {"weights": weights, "output": output}
    loss = sum((results[key] * fixed).sum() for key, fixed in loss_weights.items())
    loss.backward()

    def recorded(group, kind=numpy.float32):
        return {key: record(tensor, kind) for key, tensor in group.items()}

    return {
        "name": name, "lengths": lengths,
        "given": recorded(given), "parameters": recorded(parameters), "loss_weights": recorded(loss_weights),
        "results": recorded(results, numpy.float64), "loss": record(loss, numpy.float64)["values"][0],
        "gradients": recorded({key: leaf.grad for key, leaf in leaves.items()}, numpy.float64),
    }


bahdanau = {"query_weight": [UNITS, 4], "key_weight": [UNITS, 6], "bias": [UNITS], "v": [UNITS]}
cases = []
for lengths in (None, LENGTHS):
    cases.append(case("additive", additive, 4, 6, bahdanau, lengths))
    cases.append(case("general", general, 4, 6, {"weight": [4, 6]}, lengths))
    cases.append(case("dot", dot, 6, 6, {}, lengths))
    cases.append(case("scaled_dot", scaled_dot, 6, 6, {}, lengths))
write("Modules", "attention", ABOUT, cases)
