"""A language model from a local folder, encoder-decoder or causal: opened, tuned whole or by LoRA, asked greedily."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging

from training.trainers.contract import UserError
from training.trainers.language_model.examples import TuningExample
from training.trainers.neural.torch_state import device
from training.trainers.pretrained import OFFLINE

IGNORED = -100


@dataclass(frozen=True, slots=True)
class Lora:
    """`rank` 0 tunes the whole model."""

    rank: int = 8
    alpha: float = 16.0
    dropout: float = 0.0


class LanguageModel:
    """``model`` is Transformers' own, or peft's around it."""

    def __init__(self, model: torch.nn.Module, tokenizer: PreTrainedTokenizerBase, *, causal: bool) -> None:
        self.model, self.tokenizer, self.causal = model, tokenizer, causal
        self.device = device()
        model.to(self.device)

    def question(self, system: str, prompt: str) -> str:
        """By the model's own chat template, so that a server of chats asks it alike; else one text."""
        tokenizer = self.tokenizer
        if tokenizer.chat_template is None:
            return f"{system}\n\n{prompt}\n\n"
        messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        asked: str = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return asked

    def encode(self, example: TuningExample) -> tuple[list[int], list[int]]:
        """What goes in and what should come out, as tokens; a causal model reads both."""
        asked = self._ids(self.question(example.system, example.prompt), special=not self.causal)
        answer = [*self._ids(example.answer, special=False), self._end]
        if self.causal:
            return [*asked, *answer], [IGNORED] * len(asked) + answer
        return asked, answer

    def generate(self, system: str, prompt: str, *, max_tokens: int) -> str:
        """Greedy: the same answer each time."""
        ids = self._ids(self.question(system, prompt), special=not self.causal)
        fed = torch.tensor([ids], device=self.device)
        self.model.eval()
        with torch.no_grad():
            found = self.model.generate(
                input_ids=fed, attention_mask=torch.ones_like(fed), do_sample=False, num_beams=1,
                max_new_tokens=max_tokens, pad_token_id=self.padding, eos_token_id=self._end,
            )  # fmt: skip
        made = found[0][len(ids) :] if self.causal else found[0]
        text: str = self.tokenizer.decode(made, skip_special_tokens=True)
        return text

    @property
    def padding(self) -> int:
        own: int | None = self.tokenizer.pad_token_id
        return self._end if own is None else own

    @property
    def _end(self) -> int:
        found: int | None = self.tokenizer.eos_token_id
        if found is None:
            raise UserError("the model's tokenizer has no token that ends a text (eos_token)")
        return found

    def _ids(self, text: str, *, special: bool) -> list[int]:
        found: list[int] = self.tokenizer(text, add_special_tokens=special)["input_ids"]
        return found


def open_model(folder: Path, *, adapter: Path | None = None) -> LanguageModel:
    """Raises UserError when the folder holds no language model that may be read."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        config = AutoConfig.from_pretrained(folder, **OFFLINE)
        causal = not config.is_encoder_decoder
        kind = AutoModelForCausalLM if causal else AutoModelForSeq2SeqLM
        model = kind.from_pretrained(folder, use_safetensors=True, dtype=torch.float32, **OFFLINE)
        tokenizer = AutoTokenizer.from_pretrained(folder, **OFFLINE)
    except (OSError, ValueError, KeyError) as error:
        said = " ".join(str(error).split())[:300]
        raise UserError(f"{folder.name} holds no language model with safetensors that can be read: {said}") from error
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter)
    return LanguageModel(model, tokenizer, causal=causal)


def with_lora(writer: LanguageModel, lora: Lora, seed: int) -> LanguageModel:
    from peft import LoraConfig, TaskType, get_peft_model

    torch.manual_seed(seed)
    task = TaskType.CAUSAL_LM if writer.causal else TaskType.SEQ_2_SEQ_LM
    config = LoraConfig(
        r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules="all-linear", task_type=task
    )
    return LanguageModel(get_peft_model(writer.model, config), writer.tokenizer, causal=writer.causal)
