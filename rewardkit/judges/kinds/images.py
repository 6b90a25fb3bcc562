"""Images of a row as parts of a chat message, in the form that OpenAI-compatible servers and vLLM's chat take."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rewardkit.errors import BadParameter

__all__ = ["digest", "image_parts"]

_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_KINDS = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))


def image_parts(value: Any) -> tuple[Mapping[str, Any], ...]:
    """Message parts for an image or a list of them; none for None.

    An image is a PIL image, bytes of a file, a `{"bytes": …}` or `{"path": …}` record as data sets hold them, a URL, or a path.
    Raises `BadParameter` for anything else.
    """
    if value is None:
        return ()
    several = isinstance(value, Sequence) and not isinstance(value, (str, bytes))
    return tuple({"type": "image_url", "image_url": {"url": _url(one)}} for one in (value if several else [value]))


def digest(parts: Sequence[Mapping[str, Any]]) -> str:
    """What stands for the images in a cache key; empty without images."""
    urls = "\x1f".join(part["image_url"]["url"] for part in parts)
    return hashlib.sha256(urls.encode()).hexdigest() if urls else ""


def _png(image: Any) -> bytes:
    sink = io.BytesIO()
    try:
        # PNG knows neither the colours of print nor floating point.
        (image if image.mode in _PNG_MODES else image.convert("RGB")).save(sink, format="PNG")
    except (OSError, ValueError, SyntaxError, AttributeError) as cause:
        message = f"an image of the row cannot be read: {type(cause).__name__}: {cause}"
        raise BadParameter(message) from None
    return sink.getvalue()


def _url(image: Any) -> str:
    if isinstance(image, Mapping):
        image = image.get("bytes") or image.get("path")
    if isinstance(image, str) and image.startswith(("http://", "https://", "data:")):
        return image
    if isinstance(image, (str, Path)):
        try:
            image = Path(image).read_bytes()
        except OSError as cause:
            message = f"cannot read the image {str(image)[:200]!r}: {cause.strerror}"
            raise BadParameter(message) from None
    if hasattr(image, "save"):
        image = _png(image)
    if not isinstance(image, (bytes, bytearray)):
        message = f"{type(image).__name__} is no image: give a PIL image, the bytes of a file, a path or a URL"
        raise BadParameter(message)
    kind = next((name for start, name in _KINDS if image.startswith(start)), "png")
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"
