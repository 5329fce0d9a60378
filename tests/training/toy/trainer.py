"""The smallest trainer that follows the contract: its model is a number that depends on every step and the seed."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

BASE = Path(os.environ["SAGEMAKER_BASE_DIR"])
stopped = False


def say(**line: object) -> None:
    print(json.dumps(line), flush=True)


def stop(signum: int, frame: FrameType | None) -> None:
    global stopped
    stopped = True


def fail(status: int, message: str) -> None:
    (BASE / "output" / "failure").write_text(message)
    sys.exit(status)


def newest() -> tuple[int, int]:
    found = sorted((BASE / "checkpoints").glob("checkpoint-*.json"), key=lambda path: int(path.stem.split("-")[1]))
    if not found:
        return 0, 0
    data = json.loads(found[-1].read_text())
    return data["step"], data["state"]


def save(step: int, state: int) -> None:
    path = BASE / "checkpoints" / f"checkpoint-{step}.json"
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"step": step, "state": state}))
    part.replace(path)
    say(type="checkpoint", step=step, file=path.name)


def alone() -> object:
    """Leave a file when another trainer of this job is alive."""
    lock = (BASE / "checkpoints" / "one").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        (BASE / "checkpoints" / "two-trainers").touch()
    with (BASE / "checkpoints" / "starts").open("a") as starts:
        starts.write(f"{os.getpid()} {time.time()}\n")
    return lock


def hold() -> None:
    """Wait until a test releases the trainer or it is asked to stop, so that a test can act at this step."""
    while not stopped and not (BASE / "checkpoints" / "go").exists():
        time.sleep(0.01)


def trouble(mood: str, step: int) -> float:
    """Cause the trouble at the third step. Return the loss to report."""
    if step != 3:
        return 1 / step
    match mood:
        case "user":
            fail(2, "The pairs are all alike; bring in more")
        case "error":
            raise RuntimeError("broken on purpose")
        case "oom":
            fail(77, "No memory left")
        case "eats":
            eaten = bytearray(600 * 1024 * 1024)
            time.sleep(30)
            del eaten
        case "nan":
            return float("nan")
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case "full":
            fail(1, "[Errno 28] No space left on device")
        case "stalls":
            time.sleep(120)
    return 1 / step


def main() -> None:
    given = json.loads((BASE / "input" / "config" / "hyperparameters.json").read_text())
    steps, mood = int(given["steps"]), given["mood"]
    signal.signal(signal.SIGTERM, signal.SIG_IGN if mood == "deaf" else stop)
    lock = alone()
    pairs = (BASE / "input" / "data" / "train" / "pairs.jsonl").read_text().splitlines()
    step, state = newest()
    print(f"starting at step {step} with {len(pairs)} pairs")
    while step < steps:
        if stopped:
            save(step, state)
            sys.exit(143)
        step += 1
        digest = hashlib.sha256(f"{state} {step} {given['seed']} {len(pairs)}".encode()).digest()
        state = int.from_bytes(digest[:6], "big")
        loss = trouble(mood, step)
        loss = loss * 1000**step if mood == "diverges" else loss
        say(type="metric", key="loss", step=step, value=loss)
        say(type="progress", epoch=1, epochs=1, step=step, steps=steps, throughput=100.0, unit="steps/s")
        if step % int(given["checkpoint_every"]) == 0:
            save(step, state)
        if step == int(given.get("hold_at", 0)):
            hold()
        elif given["quick"] != "true":
            time.sleep(float(given["step_s"]))
    write_model(state, float(given["score"]))
    del lock


def write_model(state: int, score: float) -> None:
    data = json.dumps({"state": state, "score": score}).encode()
    (BASE / "model" / "config.json").write_bytes(data)
    manifest = {
        "format": 1,
        "trainer": "toy",
        "task": "humanize",
        "framework": "none",
        "files": [
            {
                "path": "config.json",
                "type": "config",
                "size": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        ],
        "metrics": {"score": score},
        "config": {"state": state},
    }
    (BASE / "model" / "manifest.json").write_text(json.dumps(manifest))


if __name__ == "__main__":
    main()
