"""Tiny random models and the tokenizer they share, written to disk: what a judge's plumbing needs, and nothing to download."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import (
    AutoTokenizer,
    Idefics3Config,
    Idefics3ForConditionalGeneration,
    Idefics3ImageProcessorPil,
    Idefics3Processor,
    LlamaConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen2ForSequenceClassification,
    Qwen2ForTokenClassification,
)

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
SIGHT = ["<image>", "<fake_token_around_image>", "<end_of_utterance>", "<global-img>"]
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.content is string %}{{ m.content }}{% else %}{% for part in m.content %}"
    "{% if part.type == 'text' %}{{ part.text }}{% else %}<image>{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTEXT = 512
EDGE = 56  # of an image, in pixels


def tokenizer(folder: Path) -> Any:
    """One token a byte; saved and read back, since the one in memory would have other ids."""
    vocabulary = {letter: place for place, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    inner = Tokenizer(BPE(vocab=vocabulary, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=inner,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=SPECIAL[1:] + SIGHT,
        chat_template=CHATML,
        model_max_length=CONTEXT,
    )
    fast.save_pretrained(folder)
    return AutoTokenizer.from_pretrained(folder)


def _sizes(read: Any) -> dict[str, Any]:
    return {
        "vocab_size": (len(read) + 63) // 64 * 64,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": CONTEXT,
        "tie_word_embeddings": False,
        "eos_token_id": read.eos_token_id,
        "pad_token_id": read.pad_token_id,
        "bos_token_id": None,
    }


def _config(folder: Path, **more: Any) -> Qwen2Config:
    return Qwen2Config(**_sizes(tokenizer(folder)), **more)


def writer(folder: Path) -> Path:
    """A model that writes."""
    torch.manual_seed(0)
    model = Qwen2ForCausalLM(_config(folder, initializer_range=0.2))
    model.float().save_pretrained(folder)
    return folder


def reward_model(folder: Path) -> Path:
    """A reward model: one label."""
    torch.manual_seed(1)
    model = Qwen2ForSequenceClassification(_config(folder, num_labels=1, initializer_range=0.2))
    model.float().save_pretrained(folder)
    return folder


def process_model(folder: Path) -> Path:
    """A process reward model: two labels a token."""
    torch.manual_seed(3)
    model = Qwen2ForTokenClassification(_config(folder, num_labels=2, initializer_range=0.2))
    model.float().save_pretrained(folder)
    return folder


def viewer(folder: Path) -> Path:
    """A model that looks at images and writes, of a shape whose processor needs no torchvision."""
    torch.manual_seed(2)
    read = tokenizer(folder)
    text = LlamaConfig(**_sizes(read), head_dim=32, initializer_range=0.2)
    sight = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = Idefics3Config(
        vision_config=sight | {"image_size": EDGE, "patch_size": EDGE // 4},
        text_config=text,
        image_token_id=read.convert_tokens_to_ids("<image>"),
        pad_token_id=read.pad_token_id,
        scale_factor=2,
    )
    Idefics3ForConditionalGeneration(config).float().save_pretrained(folder)
    edge = {"longest_edge": EDGE}
    pixels = Idefics3ImageProcessorPil(size=edge, max_image_size=edge, do_image_splitting=False)
    Idefics3Processor(pixels, read, image_seq_len=4, chat_template=CHATML).save_pretrained(folder)
    return folder
