"""Closed-form tensors and the JSON files that hold them."""

import json
import pathlib

import numpy
import torch

TESTS = pathlib.Path(__file__).resolve().parents[2] / "Tests"

ABOUT = (
    "Given tensors are closed forms: element i, counted from 0 in row-major order, is "
    "amplitude * sin(frequency * (i + 1) ** 2), computed in float64 and rounded to float32. "
    "Results were computed in float64 from those float32 values, so that they carry no rounding of their own. "
)


class Tensors:
    """Makes closed-form tensors, each with a frequency of its own, and remembers how."""

    def __init__(self):
        self.made = 0

    def make(self, shape, amplitude):
        self.made += 1
        frequency = round(0.61 + 0.083 * self.made, 6)
        count = int(numpy.prod(shape))
        index = numpy.arange(1, count + 1, dtype=numpy.float64)
        values = (amplitude * numpy.sin(frequency * index**2)).astype(numpy.float32)
        tensor = torch.from_numpy(values.astype(numpy.float64).reshape(shape))
        tensor.closed_form = {"amplitude": amplitude, "frequency": frequency}
        return tensor


def number(value, kind):
    """The fewest digits that read back to the same value of the given type."""
    text = str(kind(value))
    return "0.0" if text == "-0.0" else text


def record(tensor, kind=numpy.float32):
    """A tensor as a JSON-ready value; `kind` is the precision in which its values are written."""
    result = {"shape": list(tensor.shape)}
    result |= getattr(tensor, "closed_form", {})
    result["values"] = [Literal(number(value, kind)) for value in tensor.detach().reshape(-1).tolist()]
    return result


class Literal(str):
    """Text that stands in the JSON as it is: a number with exactly its digits."""


def _text(value, indent):
    inner = indent + "  "
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, dict):
        if not value:
            return "{}"
        pairs = [f"{inner}{json.dumps(key)}: {_text(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(pairs) + f"\n{indent}}}"
    if isinstance(value, (list, tuple)):
        if any(isinstance(item, (dict, list, tuple)) for item in value):
            return "[\n" + ",\n".join(inner + _text(item, inner) for item in value) + f"\n{indent}]"
        return "[" + ", ".join(_text(item, inner) for item in value) + "]"
    return json.dumps(value)


def write(room, name, about, cases):
    """Writes `Tests/Unroll<room>Tests/Golden/<name>.json`, at most 200 kB."""
    content = {"torch": torch.__version__, "about": ABOUT + about, "cases": cases}
    text = _text(content, "") + "\n"
    assert len(text) < 200_000, (name, len(text))
    json.loads(text)
    path = TESTS / f"Unroll{room}Tests" / "Golden" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    print(f"{path.relative_to(TESTS.parent)}: {len(cases)} cases, {len(text)} bytes")
