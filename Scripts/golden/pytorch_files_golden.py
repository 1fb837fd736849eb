"""Files of `torch.save` in both of its forms, and the same tensors as safetensors.

`archive.pt`, `legacy.pt` and `pairs.pt`, a dictionary as Python 2 wrote it, hold the tensors of `expected.safetensors`, some of them views of one storage.
`transposed.pt`, `negative.pt`, `called.pt` and `module.pt` hold what is refused: a tensor that is not row-major, one that is a view of the negative, one that
is made by a call of another function, and a module as a whole. `marian.bin` is the tiny Marian model of `marian_golden.py` in the older form, as most
published ones are. No number is random.
"""

import collections
import pathlib

import torch
from safetensors.torch import load_file, save_file

TESTS = pathlib.Path(__file__).resolve().parents[2] / "Tests"
folder = TESTS / "UnrollCheckpointsTests" / "Golden" / "pytorch"
folder.mkdir(exist_ok=True)

rows = torch.arange(40, dtype=torch.float32).reshape(8, 5) / 3
tensors = collections.OrderedDict({
    "rows": rows,
    "some": rows[2:5],
    "column": rows[:, 1:2].contiguous(),
    "same": rows,
    "parameter": torch.nn.Parameter(torch.linspace(-1, 1, 6).reshape(2, 1, 3)),
    "double": torch.linspace(0, 1, 4, dtype=torch.float64),
    "half": torch.linspace(-2, 2, 7).half(),
    "bfloat16": torch.linspace(-2, 2, 7).bfloat16(),
    "int": torch.arange(5, dtype=torch.int32),
    "empty": torch.zeros(0, 3),
    "number": torch.tensor(0.5),
    "größe": torch.ones(1),
})


class Called:
    def __reduce__(self):
        return (print, ("this must never be run",))


class Pairs:
    def __reduce__(self):
        return (collections.OrderedDict, ([[name, tensor] for name, tensor in tensors.items()],))


torch.save(tensors, folder / "archive.pt")
torch.save(Pairs(), folder / "pairs.pt", _use_new_zipfile_serialization=False)
torch.save(tensors, folder / "legacy.pt", _use_new_zipfile_serialization=False)
torch.save({"turned": rows.t()}, folder / "transposed.pt")
torch.save({"weight": Called()}, folder / "called.pt", _use_new_zipfile_serialization=False)
torch.save({"turned": torch._neg_view(torch.ones(2))}, folder / "negative.pt")
torch.save(torch.nn.Linear(2, 1), folder / "module.pt")
save_file(
    {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}, folder / "expected.safetensors",
    metadata={"torch": torch.__version__})
marian = load_file(TESTS / "UnrollApplicationsTests" / "Golden" / "marian" / "model.safetensors")
torch.save(marian, TESTS / "UnrollApplicationsTests" / "Golden" / "marian.bin", _use_new_zipfile_serialization=False)
for path in sorted(folder.iterdir()):
    print(f"{path.name}: {path.stat().st_size} bytes")
