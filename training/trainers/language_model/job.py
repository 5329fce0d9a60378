"""A job that fine-tunes a language model: read, tune, save as safetensors, publish."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Sequence
from pathlib import Path

from humanize.prompts.version import CURRENT
from training.trainers.contract import ModelDescription, TrainerJob, UserError, note_base, publish, report
from training.trainers.language_model.examples import TuningExample, tuning_example
from training.trainers.language_model.fine_tuning import Encoded, ExampleBatch, ExampleBatches, LanguageModelLearner
from training.trainers.language_model.model import IGNORED, LanguageModel, Lora, open_model, with_lora
from training.trainers.neural.checkpoints import open_checkpoints
from training.trainers.neural.loop import FitStage, fit
from training.trainers.neural.protocols import TrainingPlan
from training.trainers.neural.torch_state import make_deterministic
from training.trainers.pretrained import pretrained_folder

NAME = "seq2seq_torch"
_HELD_BACK = 10  # without a dev channel, one pair in ten decides when to stop
_KINDS = {".safetensors": "model", ".jinja": "tokenizer", ".txt": "tokenizer", ".model": "tokenizer", ".md": "metadata"}


def train(job: TrainerJob) -> None:
    make_deterministic(job.cpus)
    note_base(job)
    plan, lora = _plan(job), Lora(job.integer("lora_rank", 8, 0, 1024), job.number("lora_alpha", 16.0, 0.001, 4096.0),
                                  job.number("lora_dropout", 0.0, 0.0, 0.9))  # fmt: skip
    merged = job.flag("merge", True) or not lora.rank
    longest = job.integer("longest", 1024, 16, 131_072)
    rows, dev = _examples(job)
    folder = pretrained_folder(job.hyperparameters.get("pretrained", ""))
    writer = open_model(folder)
    writer = with_lora(writer, lora, plan.seed) if lora.rank else writer
    data = ExampleBatches(
        _encode(writer, rows, longest, "train"), _encode(writer, dev, longest, "dev"),
        job.integer("batch", 4, 1, 4096), writer.padding, plan.seed,
    )  # fmt: skip
    learner = LanguageModelLearner(writer, plan)
    stage: FitStage[ExampleBatch] = FitStage("whole", learner, data, plan, 0)
    state = open_checkpoints(job.checkpoints, stage.steps)
    best = fit(stage, state)
    learner.set_weights(best)
    _publish(job, writer, data, learner, merged=merged, adapted=bool(lora.rank), answer=_answers(data))


def _answers(data: ExampleBatches) -> int:
    """Return the maximum number of tokens of an answer: 1.5 times the longest answer in the data."""
    return max(sum(label != IGNORED for label in labels) for _, labels in (*data.rows, *data.dev_rows)) * 3 // 2


def _plan(job: TrainerJob) -> TrainingPlan:
    return TrainingPlan(
        epochs=job.integer("epochs", 3, 1, 1000),
        rate=job.number("rate", 0.0002, 1e-8, 1.0),
        decay=job.number("decay", 0.0, 0.0, 1.0),
        accumulate=job.integer("accumulate", 4, 1, 10_000),
        patience=job.integer("patience", 1, 0, 1000),
        seed=job.integer("seed", 0, 0, 2**31 - 1),
    )


def _examples(job: TrainerJob) -> tuple[list[TuningExample], list[TuningExample]]:
    path, dev = job.channel("train"), job.channel("dev")
    if path is None:
        raise UserError("the channel train with a pairs.jsonl is missing")
    rows, held = _read(path), _read(dev) if dev is not None else []
    if not held:
        is_out = [zlib.crc32(row.prompt.encode("utf-8", "surrogatepass")) % _HELD_BACK == 0 for row in rows]
        rows, held = ([row for row, out in zip(rows, is_out, strict=True) if out is side] for side in (False, True))
    if not rows or not held:
        raise UserError("there are too few pairs; provide 20 or more whose drafts may be edited")
    return rows, held


def _read(path: Path) -> list[TuningExample]:
    found = []
    # Not splitlines: a text may contain U+2028, which does not end a line of JSON.
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            made = tuning_example(
                str(row["original"]), str(row["humanized"]), str(row.get("strategy") or ""), row.get("level")
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError(f"{path.name}, line {number}: not a pair with original and humanized ({error})") from error
        found += [made] if made is not None else []
    return found


def _encode(writer: LanguageModel, examples: Sequence[TuningExample], longest: int, channel: str) -> list[Encoded]:
    """Return the examples that are short enough. Truncated ones would teach answers to incomplete questions."""
    every = [writer.encode(example) for example in examples]
    short = [encoded for encoded in every if max(map(len, encoded)) <= longest]
    if len(short) < len(every):
        left_out = len(every) - len(short)
        report(type="note", message=f"{channel}: {left_out} pairs longer than {longest:,} tokens were left out")
    if not short:
        raise UserError(f"all pairs of {channel} are longer than {longest:,} tokens; increase longest")
    return short


def _publish(
    job: TrainerJob,
    writer: LanguageModel,
    data: ExampleBatches,
    learner: LanguageModelLearner,
    *,
    merged: bool,
    adapted: bool,
    answer: int,
) -> None:
    lost, counted = (sum(values) for values in zip(*(learner.loss(part) for part in data.dev()), strict=True))
    folder = job.base / "output" / "saved"
    shutil.rmtree(folder, ignore_errors=True)
    model = writer.model.merge_and_unload() if merged and adapted else writer.model
    model.save_pretrained(folder, safe_serialization=True)
    writer.tokenizer.save_pretrained(folder)
    files = {
        path.relative_to(folder).as_posix(): (_kind(path), path) for path in sorted(folder.rglob("*")) if path.is_file()
    }
    kind = "causal" if writer.causal else "encoder-decoder"
    config = {
        "protocol": "rewrite", "kind": kind, "prompts": CURRENT, "adapter": not merged,
        "pretrained": job.hyperparameters.get("pretrained", ""), "answer_tokens": answer,
    }  # fmt: skip
    card = ModelDescription(
        NAME,
        "humanize",
        "pytorch",
        f"{kind}, {'LoRA' if adapted else 'fully fine-tuned'}",
        {"dev_loss": lost / counted},
        config,
    )
    publish(job, card, files)
    shutil.rmtree(folder)


def _kind(path: Path) -> str:
    if path.name.startswith(("tokenizer", "special_tokens", "added_tokens", "vocab")):
        return "tokenizer"
    return _KINDS.get(path.suffix, "config")
