"""PyTorch modules as `state_dict()` gives them, with what they make of an input, in one safetensors file.

The tensors of a module stand under its name; what it is given and what it gives stand under `given.` and `result.`. Weights are drawn with seed 7.
"""

import pathlib

import torch
from safetensors.torch import save_file

TIME, BATCH, FEATURES, MEMORY, HIDDEN, INNER = 4, 3, 6, 5, 2, 7

torch.manual_seed(7)
x = torch.randn(TIME, BATCH, FEATURES)
memory = torch.randn(TIME + 1, BATCH, MEMORY)
encoded = torch.randn(TIME + 1, BATCH, FEATURES)
tokens = torch.tensor([[3, 0, 6], [1, 5, 2]], dtype=torch.int32)

modules = {
    "embedding": (torch.nn.Embedding(7, 3), lambda module: module(tokens)),
    "linear": (torch.nn.Linear(FEATURES, 4), lambda module: module(x)),
    "norm": (torch.nn.LayerNorm(FEATURES), lambda module: module(x)),
    "lstm": (torch.nn.LSTM(FEATURES, HIDDEN, num_layers=2, bidirectional=True), lambda module: module(x)[0]),
    "rnn": (torch.nn.RNN(FEATURES, HIDDEN, nonlinearity="relu"), lambda module: module(x)[0]),
    "gru": (torch.nn.GRU(FEATURES, HIDDEN, num_layers=2), lambda module: module(x)[0]),
    "heads": (torch.nn.MultiheadAttention(FEATURES, 3), lambda module: module(x, x, x)[0]),
    "reading_heads": (
        torch.nn.MultiheadAttention(FEATURES, 2, kdim=MEMORY, vdim=MEMORY),
        lambda module: module(x, memory, memory)[0],
    ),
    "encoder": (
        torch.nn.TransformerEncoder(
            torch.nn.TransformerEncoderLayer(FEATURES, 3, INNER, dropout=0.0, activation="gelu", norm_first=True), 2,
            norm=torch.nn.LayerNorm(FEATURES), enable_nested_tensor=False),
        lambda module: module(x),
    ),
    "decoder": (
        torch.nn.TransformerDecoder(torch.nn.TransformerDecoderLayer(FEATURES, 2, INNER, dropout=0.0), 2),
        lambda module: module(x, encoded, tgt_mask=torch.nn.Transformer.generate_square_subsequent_mask(TIME)),
    ),
    "lstm_cell": (torch.nn.LSTMCell(FEATURES, HIDDEN), lambda module: module(x[0])[0]),
    "rnn_cell": (torch.nn.RNNCell(FEATURES, HIDDEN), lambda module: module(x[0])),
    "gru_cell": (torch.nn.GRUCell(FEATURES, HIDDEN), lambda module: module(x[0])),
    # The names that a weight-normalised convolution has without parametrisations.
    "convolution": (
        torch.nn.utils.weight_norm(torch.nn.Conv1d(FEATURES, 4, 3, dilation=2)),
        lambda module: module(torch.nn.functional.pad(x.permute(1, 2, 0), (4, 0))).permute(2, 0, 1).contiguous(),
    ),
}
with torch.no_grad():
    # PyTorch starts these at one and zero, which would hide a mistake.
    for name in ("norm", "heads", "reading_heads", "encoder", "decoder"):
        for parameter in modules[name][0].parameters():
            if parameter.dim() == 1:
                parameter.copy_(torch.randn_like(parameter))

    tensors = {"given.x": x, "given.memory": memory, "given.encoded": encoded, "given.tokens": tokens}
    for name, (module, call) in modules.items():
        tensors |= {f"{name}.{key}": value for key, value in module.state_dict().items()}
        tensors[f"result.{name}"] = call(module)

path = pathlib.Path(__file__).resolve().parents[2] / "Tests/UnrollCheckpointsTests/Golden/state_dictionary.safetensors"
path.parent.mkdir(exist_ok=True)
save_file(tensors, path, metadata={"torch": torch.__version__, "seed": "7"})
print(f"{path.name}: {len(tensors)} tensors, {path.stat().st_size} bytes")
