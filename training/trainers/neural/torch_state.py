"""The state of a PyTorch optimiser as flat arrays, for a checkpoint without pickles."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch

from training.trainers.neural.protocols import State

_STEEPEST = 1.0  # gradients are cut to this norm


def to_array(tensor: torch.Tensor) -> np.ndarray:
    found: np.ndarray = tensor.detach().cpu().numpy().copy()
    return found


def slots_of(optimiser: torch.optim.Optimizer, scaler: torch.amp.GradScaler) -> State:
    """By the number of the weight."""
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
    """One step on the gradients of all losses together, each computed once the last one's are there; their sum.

    A group of the optimiser may have a ``share`` of the rate.
    """
    optimiser.zero_grad(set_to_none=True)
    whole = 0.0
    for lost in losses:
        scaler.scale(lost).backward()
        whole += float(lost.detach())
    scaler.unscale_(optimiser)
    torch.nn.utils.clip_grad_norm_([one for group in optimiser.param_groups for one in group["params"]], _STEEPEST)
    for group in optimiser.param_groups:
        group["lr"] = rate * group.get("share", 1.0)
    scaler.step(optimiser)
    scaler.update()
    return whole


def half_precision_type(device: torch.device, mixed: bool = True) -> torch.dtype | None:
    """What mixed precision computes in; None without a GPU."""
    if device.type != "cuda" or not mixed:
        return None
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def make_deterministic(threads: int) -> None:
    """The same sums in the same order: as many threads as the job has CPUs, and no kernel that adds as it comes."""
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    torch.utils.deterministic.fill_uninitialized_memory = False  # costs a quarter of the time; we read none
