"""Model and processor of a run, from a directory or a hub name: the same call for 0.6 million and 7 billion parameters."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor, AutoTokenizer, PreTrainedModel, ProcessorMixin
from transformers.models.qwen2_5_vl.processing_qwen2_5_vl import Qwen2_5_VLProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

__all__ = ["ImageProcessorOnly", "load_model", "load_processor"]


class ImageProcessorOnly(Qwen2_5_VLProcessor):
    """Qwen2.5-VL's processor without its video part, which needs torchvision and which no row of WeThink uses."""

    def __init__(self, image_processor: Any = None, tokenizer: Any = None, chat_template: str | None = None, **_: Any) -> None:
        for part in ("image", "video", "vision_start", "vision_end"):
            token = f"<|{part}_pad|>" if part in ("image", "video") else f"<|{part}|>"
            setattr(self, f"{part}_token", token)
            setattr(self, f"{part}_token_id", tokenizer.convert_tokens_to_ids(token))
        ProcessorMixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)

    @classmethod
    def get_attributes(cls) -> list[str]:
        """The parts that are saved and loaded."""
        return ["image_processor", "tokenizer"]


def load_processor(name: str, max_pixels: int | None = None) -> ProcessorMixin:
    """The model's own processor, or without torchvision the one for images only.

    Pictures of more than `max_pixels` are scaled down; None keeps the processor's own limit.
    """
    if find_spec("torchvision") is not None:
        processor = AutoProcessor.from_pretrained(name, padding_side="left")
    else:
        kind = AutoConfig.from_pretrained(name).model_type
        if kind != "qwen2_5_vl":
            message = f"{name} is a {kind}: without torchvision only qwen2_5_vl can be processed; install torchvision"
            raise ValueError(message)
        tokenizer = AutoTokenizer.from_pretrained(name, padding_side="left")
        pictures = Qwen2VLImageProcessorPil.from_pretrained(name)
        processor = ImageProcessorOnly(pictures, tokenizer, chat_template=tokenizer.chat_template)
    if max_pixels is not None:
        size = dict(processor.image_processor.size)
        processor.image_processor.size = {
            **size,
            "longest_edge": max_pixels,
            "shortest_edge": min(size["shortest_edge"], max_pixels),
        }
    return processor


def load_model(name: str, dtype: str = "float32", attention: str | None = None, freeze_vision: bool = False) -> PreTrainedModel:
    """The model's weights in `dtype` ("float32", "bfloat16"), its vision tower trainable unless frozen."""
    model = AutoModelForImageTextToText.from_pretrained(name, dtype=dtype, attn_implementation=attention)
    if freeze_vision:
        for parameter in model.model.visual.parameters():
            parameter.requires_grad_(False)
    return model
