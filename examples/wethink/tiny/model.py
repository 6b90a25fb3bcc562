"""A Qwen2.5-VL of 0.6 million random parameters with a vocabulary of words, saved where `load_model` finds it."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import PreTrainedTokenizerFast, Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from examples.wethink.models import load_processor
from examples.wethink.tiny.drawing import SIZE
from examples.wethink.tiny.world import vocabulary

PATCH, MERGE = 14, 2
SPECIAL = ("<pad>", "<unk>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
# Roles are words of the vocabulary. There is no generation prompt beyond the role, as in Qwen's own template.
TEMPLATE = """{%- for message in messages -%}
{{ '<|im_start|> ' + message['role'] + ' ' }}
{%- if message['content'] is string -%}{{ message['content'] }}
{%- else -%}{%- for part in message['content'] -%}
{%- if part['type'] == 'image' -%}{{ '<|vision_start|><|image_pad|><|vision_end|> ' }}{%- else -%}{{ part['text'] }}{%- endif -%}
{%- endfor -%}{%- endif -%}
{{ ' <|im_end|> ' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|> assistant ' }}{%- endif -%}"""


def build(home: Path, seed: int) -> Path:
    """Write model, tokenizer and image processor with weights drawn from `seed` to `home`, unless they are there."""
    if (home / "model.safetensors").is_file():
        return home
    # Saved first and reloaded from disk everywhere: a tokenizer in memory may number its words otherwise.
    _tokenizer().save_pretrained(home)
    Qwen2VLImageProcessorPil(
        patch_size=PATCH, merge_size=MERGE, size={"shortest_edge": SIZE * SIZE, "longest_edge": SIZE * SIZE}
    ).save_pretrained(home)
    torch.manual_seed(seed)
    model = Qwen2_5_VLForConditionalGeneration(_config(PreTrainedTokenizerFast.from_pretrained(home)))
    model.generation_config.eos_token_id = model.config.text_config.eos_token_id
    model.save_pretrained(home)
    load_processor(str(home))
    return home


def _tokenizer() -> PreTrainedTokenizerFast:
    words = [*SPECIAL, "user", "assistant", "system", *vocabulary()]
    inner = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
    inner.pre_tokenizer = WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="<pad>",
        unk_token="<unk>",
        eos_token="<|im_end|>",
        additional_special_tokens=list(SPECIAL[2:]),
        chat_template=TEMPLATE,
        padding_side="left",
        # The tags must be words: special tokens are left out when completions are decoded.
        model_input_names=["input_ids", "attention_mask"],
    )


def _config(tokenizer: PreTrainedTokenizerFast) -> Qwen2_5_VLConfig:
    ids = {word: tokenizer.convert_tokens_to_ids(word) for word in SPECIAL}
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": 96,
        "intermediate_size": 256,
        "num_hidden_layers": 3,
        "num_attention_heads": 3,
        "num_key_value_heads": 3,
        "max_position_embeddings": 256,
        "initializer_range": 0.05,  # with the usual 0.02 a model of this size hardly learns
        "rope_parameters": {"rope_type": "default", "mrope_section": [4, 6, 6], "rope_theta": 10000.0},
        "tie_word_embeddings": False,
        "bos_token_id": ids["<|im_start|>"],
        "eos_token_id": ids["<|im_end|>"],
        "pad_token_id": ids["<pad>"],
    }
    vision = {
        "depth": 2,
        "hidden_size": 64,
        "intermediate_size": 192,
        "num_heads": 2,
        "out_hidden_size": 96,
        "patch_size": PATCH,
        "spatial_merge_size": MERGE,
        "window_size": SIZE,
        "fullatt_block_indexes": [0, 1],
        "initializer_range": 0.05,
    }
    return Qwen2_5_VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=False,
        initializer_range=0.05,
        pad_token_id=ids["<pad>"],
        eos_token_id=ids["<|im_end|>"],
    )
