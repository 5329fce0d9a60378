"""The state of a PyTorch optimiser as flat arrays, for checkpoints without pickles."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch

from training.trainers.neural.protocols import State

_STEEPEST = 1.0  # gradients are clipped to this norm


def to_array(tensor: torch.Tensor) -> np.ndarray:
    """Copy a tensor into an array."""
    array: np.ndarray = tensor.detach().cpu().numpy().copy()
    return array


def slots_of(optimiser: torch.optim.Optimizer, scaler: torch.amp.GradScaler) -> State:
    """Return the state of optimiser and scaler; the keys contain the numbers of the weights."""
    known = optimiser.state_dict()["state"]
    slots = {f"slot/{number}/{name}": to_array(value) for number, held in known.items() for name, value in held.items()}
    return {**slots, **{f"scaler/{name}": np.array(value) for name, value in scaler.state_dict().items()}}


def load_slots(optimiser: torch.optim.Optimizer, scaler: torch.amp.GradScaler, state: State) -> None:
    slots: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in state.items():
        kind, _, rest = key.partition("/")
        if kind == "slot":
            number, _, name = rest.partition("/")
            slots.setdefault(int(number), {})[name] = torch.from_numpy(np.array(value))
    optimiser.load_state_dict({"state": slots, "param_groups": optimiser.state_dict()["param_groups"]})
    held = {key.partition("/")[2]: value.item() for key, value in state.items() if key.startswith("scaler/")}
    if held:
        scaler.load_state_dict(held)


def take_step(
    optimiser: torch.optim.Optimizer, scaler: torch.amp.GradScaler, losses: Iterable[torch.Tensor], rate: float
) -> float:
    """Take one step on the gradients of all losses together and return the sum of the losses.

    Each loss is computed after the gradients of the one before. A group of the optimiser may have a ``share`` of the
    learning rate.
    """
    optimiser.zero_grad(set_to_none=True)
    total = 0.0
    for loss in losses:
        scaler.scale(loss).backward()
        total += float(loss.detach())
    scaler.unscale_(optimiser)
    weights = [weight for group in optimiser.param_groups for weight in group["params"]]
    torch.nn.utils.clip_grad_norm_(weights, _STEEPEST)
    for group in optimiser.param_groups:
        group["lr"] = rate * group.get("share", 1.0)
    scaler.step(optimiser)
    scaler.update()
    return total


def half_precision_type(device: torch.device, mixed: bool = True) -> torch.dtype | None:
    """Return the type that mixed precision computes in; None without a GPU."""
    if device.type != "cuda" or not mixed:
        return None
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def make_deterministic(threads: int) -> None:
    """Compute the same sums in the same order: one thread for each CPU of the job, and only deterministic kernels."""
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    # Filling costs a quarter of the time, and no uninitialised memory is read here.
    torch.utils.deterministic.fill_uninitialized_memory = False
