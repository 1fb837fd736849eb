"""Golden values and gradients of PyTorch's recurrent layers.

Sequences are time-major, [time, batch, features]; weights have PyTorch's names and layouts. The loss is the sum of the outputs times
fixed weights plus the sum of the final states times fixed weights; every input, initial state and parameter has its gradient.
"""

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from golden_file import Tensors, record, write

TIME, BATCH, INPUT, HIDDEN = 5, 3, 4, 6
LENGTHS = [3, 5, 1]

ABOUT = (
    "Sequences are [time, batch, features], states [layers * directions, batch, hidden]; parameters have PyTorch's names and layouts. "
    "loss = sum(output * loss_weights.output) + sum(final state * loss_weights of that state). "
    "Where lengths are given, the input is packed with enforce_sorted=False: the padding of the input is not zero and must not matter, "
    "outputs in the padding are zero, and final states are those of each sequence's own last step."
)

FAMILIES = {
    "rnn_tanh": (lambda **options: torch.nn.RNN(nonlinearity="tanh", **options), ["h"]),
    "rnn_relu": (lambda **options: torch.nn.RNN(nonlinearity="relu", **options), ["h"]),
    "lstm": (torch.nn.LSTM, ["h", "c"]),
    "gru": (torch.nn.GRU, ["h"]),
}

CASES = [
    {"name": "single layer", "layers": 1, "bidirectional": False, "lengths": None},
    {"name": "single layer, padded", "layers": 1, "bidirectional": False, "lengths": LENGTHS},
    {"name": "three layers", "layers": 3, "bidirectional": False, "lengths": None},
    {"name": "bidirectional", "layers": 1, "bidirectional": True, "lengths": None},
    {"name": "bidirectional, two layers, padded", "layers": 2, "bidirectional": True, "lengths": LENGTHS},
]


def case(make, states, name, layers, bidirectional, lengths):
    tensors = Tensors()
    directions = 2 if bidirectional else 1
    state_shape = [layers * directions, BATCH, HIDDEN]
    module = make(input_size=INPUT, hidden_size=HIDDEN, num_layers=layers, bidirectional=bidirectional).double()

    given = {"input": tensors.make([TIME, BATCH, INPUT], 1.0)}
    for state in states:
        given[f"{state}_0"] = tensors.make(state_shape, 0.5)
    parameters = {key: tensors.make(list(old.shape), 0.4) for key, old in module.named_parameters()}
    loss_weights = {"output": tensors.make([TIME, BATCH, directions * HIDDEN], 1.0)}
    for state in states:
        loss_weights[f"{state}_n"] = tensors.make(state_shape, 1.0)

    with torch.no_grad():
        for key, old in module.named_parameters():
            old.copy_(parameters[key])
    leaves = {key: tensor.clone().requires_grad_() for key, tensor in given.items()}
    initial = tuple(leaves[f"{state}_0"] for state in states)
    initial = initial if len(states) > 1 else initial[0]
    if lengths is None:
        output, final = module(leaves["input"], initial)
    else:
        packed = pack_padded_sequence(leaves["input"], torch.tensor(lengths), enforce_sorted=False)
        output, final = module(packed, initial)
        output, _ = pad_packed_sequence(output, total_length=TIME)
    final = final if len(states) > 1 else (final,)

    results = {"output": output} | {f"{state}_n": tensor for state, tensor in zip(states, final)}
    loss = sum((results[key] * weights).sum() for key, weights in loss_weights.items())
    loss.backward()
    gradients = {key: leaf.grad for key, leaf in leaves.items()}
    gradients |= {key: parameter.grad for key, parameter in module.named_parameters()}

    def recorded(group):
        return {key: record(tensor) for key, tensor in group.items()}

    return {
        "name": name, "layers": layers, "bidirectional": bidirectional,
        "time": TIME, "batch": BATCH, "input_size": INPUT, "hidden_size": HIDDEN, "lengths": lengths,
        "given": recorded(given), "parameters": recorded(parameters), "loss_weights": recorded(loss_weights),
        "results": recorded(results), "loss": record(loss)["values"][0], "gradients": recorded(gradients),
    }


for family, (make, states) in FAMILIES.items():
    write("Modules", family, ABOUT, [case(make, states, **options) for options in CASES])
