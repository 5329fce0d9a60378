"""An encoder's folder, read by Transformers: safetensors only, a tokenizer that serving can run, no code of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel
from transformers.utils import logging

from humanize.revision.word_pieces import TOKENIZER, Frame, frame_of
from training.trainers.contract import UserError
from training.trainers.pretrained import OFFLINE

_LARGEST = 1_900_000_000  # bytes of weights; one file of ONNX holds two gigabytes
_OFFSET = 2  # places that some families leave free before the first


@dataclass(frozen=True, slots=True)
class EncoderSource:
    """What of the folder a job needs; its weights are read anew for each network."""

    folder: Path
    kind: str
    width: int
    frame: Frame
    tokenizer: bytes

    def encoder(self) -> torch.nn.Module:
        """In single precision, with the plain attention that every exporter knows."""
        model: torch.nn.Module = AutoModel.from_pretrained(
            self.folder, use_safetensors=True, dtype=torch.float32, attn_implementation="eager", **OFFLINE
        )
        if getattr(model, "pooler", None) is not None:
            model.pooler = None  # of the whole text: nobody asks for it, and it would begin by chance
        return model


def read_encoder(folder: Path, window: int) -> EncoderSource:
    """Raises UserError that names the fix."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    name = folder.name
    if not (folder / TOKENIZER).is_file():
        raise UserError(
            f"{name} has no fast tokenizer ({TOKENIZER}): load it with AutoTokenizer and save_pretrained it there"
        )
    if not any(folder.glob("*.safetensors")):
        raise UserError(f"{name} has no weights as safetensors, and pickles are not read: save_pretrained writes some")
    try:
        config = AutoConfig.from_pretrained(folder, **OFFLINE)
        tokenizer = (folder / TOKENIZER).read_bytes()
        frame = _frame(Tokenizer.from_file(str(folder / TOKENIZER)), config, window)
        source = EncoderSource(folder, str(config.model_type), int(config.hidden_size), frame, tokenizer)
        _try(source, bool(config.is_encoder_decoder))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError) as error:
        said = " ".join(str(error).split())[:300]
        raise UserError(f"{name} holds no encoder that can be read, or window is too long for it: {said}") from error
    return source


def _frame(tokenizer: Tokenizer, config: object, window: int) -> Frame:
    tokenizer.no_truncation()
    tokenizer.no_padding()
    plain, whole = (list[int](tokenizer.encode("a", add_special_tokens=special).ids) for special in (False, True))
    at = _place(plain, whole)
    most = int(getattr(config, "max_position_embeddings", 0) or window + _OFFSET) - _OFFSET
    pad = getattr(config, "pad_token_id", None)
    head, tail = whole[:at], whole[at + len(plain) :]
    return frame_of({"length": min(window, most), "head": head, "tail": tail, "pad": 0 if pad is None else pad})


def _place(part: Sequence[int], whole: Sequence[int]) -> int:
    found = [at for at in range(len(whole) - len(part) + 1) if list(whole[at : at + len(part)]) == list(part)]
    if not part or not found:
        raise ValueError("its tokenizer does not read the letter a")
    return found[0]


def _try(source: EncoderSource, decodes: bool) -> None:
    """A full window through the model: one that is none of ours fails here and not after hours."""
    if decodes:
        raise ValueError(f"{source.kind} is an encoder with a decoder; seq2seq_torch tunes those")
    model = source.encoder().eval()
    weighs = sum(value.numel() * value.element_size() for value in model.parameters())
    if weighs > _LARGEST:
        raise ValueError(f"its weights take {weighs:,} bytes, more than one file of ONNX holds")
    ids = torch.full((1, source.frame.length), source.frame.head[0] if source.frame.head else 0)
    with torch.no_grad():
        found = model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
    if found.shape != (1, source.frame.length, source.width):
        raise ValueError(f"{source.kind} answers with {tuple(found.shape)}, not one state a piece")
