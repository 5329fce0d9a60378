"""Reads the folder of an encoder with Transformers: only safetensors, a fast tokenizer, and no code from the folder."""

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

_LARGEST = 1_900_000_000  # bytes of weights; an ONNX file is limited to two gigabytes
_OFFSET = 2  # positions that some model families leave unused before the first


@dataclass(frozen=True, slots=True)
class EncoderSource:
    """The data that a job needs from the folder. The weights are read again for each network."""

    folder: Path
    kind: str
    width: int
    frame: Frame
    tokenizer: bytes

    def encoder(self) -> torch.nn.Module:
        """Load the encoder in single precision, with the plain attention that the ONNX exporter supports."""
        model: torch.nn.Module = AutoModel.from_pretrained(
            self.folder, use_safetensors=True, dtype=torch.float32, attn_implementation="eager", **OFFLINE
        )
        if getattr(model, "pooler", None) is not None:
            model.pooler = None  # summarises the whole text, is not used, and would be initialised at random
        return model


def read_encoder(folder: Path, window: int) -> EncoderSource:
    """Read and test an encoder with windows of up to `window` word pieces. Raises UserError, which says what to do."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    name = folder.name
    if not (folder / TOKENIZER).is_file():
        raise UserError(
            f"{name} has no fast tokenizer ({TOKENIZER}); load it with AutoTokenizer and save it with save_pretrained"
        )
    if not any(folder.glob("*.safetensors")):
        raise UserError(f"{name} has no weights as safetensors; save the model with save_pretrained")
    try:
        config = AutoConfig.from_pretrained(folder, **OFFLINE)
        tokenizer = (folder / TOKENIZER).read_bytes()
        frame = _frame(Tokenizer.from_file(str(folder / TOKENIZER)), config, window)
        source = EncoderSource(folder, str(config.model_type), int(config.hidden_size), frame, tokenizer)
        _try(source, bool(config.is_encoder_decoder))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:300]
        raise UserError(f"{name} is not a usable encoder, or window is too long for it: {reason}") from error
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
    places = [at for at in range(len(whole) - len(part) + 1) if list(whole[at : at + len(part)]) == list(part)]
    if not part or not places:
        raise ValueError("its tokenizer does not tokenise the letter a")
    return places[0]


def _try(source: EncoderSource, decodes: bool) -> None:
    """Run a full window through the model, so that an unsuitable one fails here and not after hours."""
    if decodes:
        raise ValueError(f"{source.kind} is an encoder-decoder model; use the trainer seq2seq_torch for it")
    model = source.encoder().eval()
    size = sum(value.numel() * value.element_size() for value in model.parameters())
    if size > _LARGEST:
        raise ValueError(f"its weights have {size:,} bytes, more than an ONNX file can contain")
    ids = torch.full((1, source.frame.length), source.frame.head[0] if source.frame.head else 0)
    with torch.no_grad():
        states = model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
    if states.shape != (1, source.frame.length, source.width):
        raise ValueError(f"{source.kind} returns the shape {tuple(states.shape)} instead of one state per piece")
