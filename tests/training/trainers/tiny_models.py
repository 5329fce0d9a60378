"""Language models with a few thousand weights for the tests: their texts are nonsense, their files are valid."""

from __future__ import annotations

from pathlib import Path

from tests.training.trainers.drafts import write_channel

CHAT = "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}"
CHAT += "{% if add_generation_prompt %}<assistant>{% endif %}"


def tokenizer(folder: Path, vocabulary: int = 400) -> object:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE(unk_token="<unk>"))
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    how = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=["<pad>", "</s>", "<unk>"], initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator([text for pair in write_channel(folder / "texts", "train", 50, 1) for text in pair], how)
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")


def encoder_decoder(folder: Path) -> Path:
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(0)
    config = T5Config(
        vocab_size=400, d_model=32, d_kv=8, d_ff=64, num_layers=1, num_heads=2, decoder_start_token_id=0,
        pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    return _saved(folder / "tiny-t5", T5ForConditionalGeneration(config), tokenizer(folder))


def causal(folder: Path) -> Path:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=400, hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=4096, pad_token_id=0, eos_token_id=1, bos_token_id=1,
    )  # fmt: skip
    chatty = tokenizer(folder)
    chatty.chat_template = CHAT  # type: ignore[attr-defined]
    return _saved(folder / "tiny-llama", LlamaForCausalLM(config), chatty)


def _saved(folder: Path, model: object, words: object) -> Path:
    model.save_pretrained(folder, safe_serialization=True)  # type: ignore[attr-defined]
    words.save_pretrained(folder)  # type: ignore[attr-defined]
    return folder


def encoder(folder: Path, kind: str = "bert") -> Path:
    """Create an encoder whose tokenizer adds its own tokens around a text, as usual."""
    import torch
    from tokenizers import processors
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(0)
    config = AutoConfig.for_model(
        kind, vocab_size=400, hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=130, pad_token_id=0, bos_token_id=2, eos_token_id=1, cls_token_id=2, sep_token_id=1,
        dim=32, hidden_dim=64, n_layers=1, n_heads=2,
    )  # fmt: skip
    words = tokenizer(folder)
    words.backend_tokenizer.post_processor = processors.TemplateProcessing(  # type: ignore[attr-defined]
        single="<unk> $A </s>", special_tokens=[("<unk>", 2), ("</s>", 1)]
    )
    return _saved(folder / f"tiny-{kind}", AutoModel.from_config(config), words)
