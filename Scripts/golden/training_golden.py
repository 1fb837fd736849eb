"""Golden trajectories of PyTorch's optimisers, clipped gradients, and learning rates by their formulas."""

import math

import torch

from golden_file import Literal, Tensors, record, write

STEPS = 5


def optimisers():
    configurations = [
        ("SGD", {"lr": 0.1}),
        ("SGD", {"lr": 0.1, "momentum": 0.9}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
        ("SGD", {"lr": 0.1, "weight_decay": 0.05}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.05}),
        ("Adam", {"lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8}),
        ("Adam", {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-3}),
        ("Adam", {"lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.1}),
        ("AdamW", {"lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.1}),
        ("Adadelta", {"lr": 1.0, "rho": 0.95, "eps": 1e-6}),
        ("Adadelta", {"lr": 0.5, "rho": 0.9, "eps": 1e-4, "weight_decay": 0.05}),
        ("RMSprop", {"lr": 0.01, "alpha": 0.99, "eps": 1e-8}),
        ("RMSprop", {"lr": 0.01, "alpha": 0.9, "eps": 1e-6, "momentum": 0.9}),
        ("RMSprop", {"lr": 0.01, "alpha": 0.9, "eps": 1e-6, "momentum": 0.9, "centered": True, "weight_decay": 0.05}),
    ]
    for name, options in configurations:
        tensors = Tensors()
        start = tensors.make([3, 4], 1.0)
        gradients = [tensors.make([3, 4], 1.0) for _ in range(STEPS)]
        parameter = start.clone().requires_grad_()
        optimiser = getattr(torch.optim, name)([parameter], foreach=False, **options)
        trajectory = []
        for gradient in gradients:
            parameter.grad = gradient.clone()
            optimiser.step()
            trajectory.append(record(parameter))
        yield {
            "name": f"{name} " + ", ".join(f"{key} {value}" for key, value in options.items()), "optimiser": name, "options": options,
            "start": record(start), "gradients": [record(gradient) for gradient in gradients], "trajectory": trajectory,
        }


def clipping():
    for kind, limit in (("norm", 1.0), ("norm", 100.0), ("value", 0.25)):
        tensors = Tensors()
        gradients = [tensors.make(shape, 1.0) for shape in ([3, 4], [5], [1])]
        parameters = [torch.zeros_like(gradient).requires_grad_() for gradient in gradients]
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient.clone()
        result = {"name": f"clip by {kind} {limit}", "kind": kind, "limit": limit}
        if kind == "norm":
            total = torch.nn.utils.clip_grad_norm_(parameters, limit)
            result["total_norm"] = record(total)["values"][0]
        else:
            torch.nn.utils.clip_grad_value_(parameters, limit)
        result["gradients"] = [record(gradient) for gradient in gradients]
        result["clipped"] = [record(parameter.grad) for parameter in parameters]
        yield result


def schedules():
    base, steps = 0.1, list(range(1, 21))

    def entry(name, formula, options, rates):
        return {
            "name": name, "formula": formula, "options": {"base": base} | options, "steps": steps, "rates": [Literal(repr(rate)) for rate in rates]
        }

    yield entry("constant", "base", {}, [base for _ in steps])
    yield entry(
        "step", "base * factor ** floor((step - 1) / every)", {"factor": 0.5, "every": 6}, [base * 0.5 ** ((step - 1) // 6) for step in steps])
    warmup = 4
    yield entry(
        "inverse_square_root", "base * min(step / warmup, sqrt(warmup / step))", {"warmup": warmup},
        [base * min(step / warmup, math.sqrt(warmup / step)) for step in steps])
    size = 64
    yield entry(
        "noam (Vaswani 2017)", "base * size ** -0.5 * min(step ** -0.5, step * warmup ** -1.5)", {"warmup": warmup, "size": size},
        [base * size**-0.5 * min(step**-0.5, step * warmup**-1.5) for step in steps])
    total, floor = 16, 0.01
    yield entry(
        "cosine", "floor + (base - floor) * (1 + cos(pi * min(step - 1, total) / total)) / 2", {"total": total, "floor": floor},
        [floor + (base - floor) * (1 + math.cos(math.pi * min(step - 1, total) / total)) / 2 for step in steps])

    losses = [5, 4, 4.1, 3.9, 3.9, 3.9, 3.9, 3.8999, 3.5, 3.6, 3.7, 3.8, 3.9, 4.0, 3.4, 3.3, 3.3, 3.3, 3.3, 3.3]
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, factor=0.5, patience=2, threshold=0.0, min_lr=0.02)
    rates = []
    for loss in losses:
        plateau.step(loss)
        rates.append(optimiser.param_groups[0]["lr"])
    yield entry(
        "plateau", "ReduceLROnPlateau(mode min, threshold 0): the rate after each measured loss",
        {"factor": 0.5, "patience": 2, "minimum": 0.02, "losses": losses}, rates)


write("Training", "optimisers", "Each step's gradient is given; the trajectory holds the parameter after each step.", list(optimisers()))
write("Training", "clipping", "PyTorch scales by limit / (total_norm + 1e-6) where that is below 1.", list(clipping()))
write("Training", "schedules", "Steps are counted from 1; rates are in float64.", list(schedules()))
