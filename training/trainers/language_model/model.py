"""A language model from a local folder, encoder-decoder or causal: loading, LoRA, encoding and greedy generation."""

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
    """The settings of LoRA; `rank` 0 tunes the whole model."""

    rank: int = 8
    alpha: float = 16.0
    dropout: float = 0.0


class LanguageModel:
    """A language model with its tokenizer. ``model`` is one of Transformers, possibly wrapped by peft."""

    def __init__(self, model: torch.nn.Module, tokenizer: PreTrainedTokenizerBase, *, causal: bool) -> None:
        self.model, self.tokenizer, self.causal = model, tokenizer, causal
        self.device = device()
        model.to(self.device)

    def question(self, system: str, prompt: str) -> str:
        """Return the prompt as text, by the model's chat template if it has one, as a chat server would."""
        tokenizer = self.tokenizer
        if tokenizer.chat_template is None:
            return f"{system}\n\n{prompt}\n\n"
        messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        question: str = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return question

    def encode(self, example: TuningExample) -> tuple[list[int], list[int]]:
        """Return the tokens of the input and of the expected output; the input of a causal model contains both."""
        question = self._ids(self.question(example.system, example.prompt), special=not self.causal)
        answer = [*self._ids(example.answer, special=False), self._end]
        if self.causal:
            return [*question, *answer], [IGNORED] * len(question) + answer
        return question, answer

    def generate(self, system: str, prompt: str, *, max_tokens: int) -> str:
        """Generate an answer greedily, so that it is the same each time."""
        ids = self._ids(self.question(system, prompt), special=not self.causal)
        fed = torch.tensor([ids], device=self.device)
        self.model.eval()
        with torch.no_grad():
            output = self.model.generate(
                input_ids=fed, attention_mask=torch.ones_like(fed), do_sample=False, num_beams=1,
                max_new_tokens=max_tokens, pad_token_id=self.padding, eos_token_id=self._end,
            )  # fmt: skip
        answer = output[0][len(ids) :] if self.causal else output[0]
        text: str = self.tokenizer.decode(answer, skip_special_tokens=True)
        return text

    @property
    def padding(self) -> int:
        own: int | None = self.tokenizer.pad_token_id
        return self._end if own is None else own

    @property
    def _end(self) -> int:
        token: int | None = self.tokenizer.eos_token_id
        if token is None:
            raise UserError("the model's tokenizer has no end-of-text token (eos_token)")
        return token

    def _ids(self, text: str, *, special: bool) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=special)["input_ids"]
        return ids


def open_model(folder: Path, *, adapter: Path | None = None) -> LanguageModel:
    """Load a language model, with a LoRA adapter if one is given. Raises UserError if the folder is not usable."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        config = AutoConfig.from_pretrained(folder, **OFFLINE)
        causal = not config.is_encoder_decoder
        kind = AutoModelForCausalLM if causal else AutoModelForSeq2SeqLM
        model = kind.from_pretrained(folder, use_safetensors=True, dtype=torch.float32, **OFFLINE)
        tokenizer = AutoTokenizer.from_pretrained(folder, **OFFLINE)
    except (OSError, ValueError, KeyError) as error:
        reason = " ".join(str(error).split())[:300]
        raise UserError(f"{folder.name} is not a language model with weights as safetensors: {reason}") from error
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter)
    return LanguageModel(model, tokenizer, causal=causal)


def with_lora(writer: LanguageModel, lora: Lora, seed: int) -> LanguageModel:
    """Return the model with LoRA adapters on all linear layers, initialised from the seed."""
    from peft import LoraConfig, TaskType, get_peft_model

    torch.manual_seed(seed)
    task = TaskType.CAUSAL_LM if writer.causal else TaskType.SEQ_2_SEQ_LM
    config = LoraConfig(
        r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules="all-linear", task_type=task
    )
    return LanguageModel(get_peft_model(writer.model, config), writer.tokenizer, causal=writer.causal)
