"""A transformer of two layers over words, small enough to be trained dozens of times on one core, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Said", "Tiny", "Words", "complete"]

WIDTH, LAYERS, HEADS = 64, 2, 4
TOKENS = 36
PAD, END = 0, 1


class Words:
    """Words by their numbers; 0 pads, 1 ends."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = ["", "", *words]
        self.numbers = {word: number for number, word in enumerate(self.words) if word}

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's words."""
        return [self.numbers[word] for word in text.split()]

    def decode(self, numbers: Sequence[int]) -> str:
        """The words, without what pads and ends."""
        return " ".join(self.words[number] for number in numbers if number > END)

    def padded(self, texts: Sequence[str]) -> Tensor:
        """(B, T) numbers, padded on the left."""
        rows = [self.encode(text) for text in texts]
        longest = max(map(len, rows))
        return torch.tensor([[PAD] * (longest - len(row)) + row for row in rows])


Pair = tuple[Tensor, Tensor]
Cache = dict[int, Pair]


class Block(nn.Module):
    """Attention with rotary positions, and a layer of ReLUs behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.between = nn.RMSNorm(WIDTH), nn.RMSNorm(WIDTH)
        self.into, self.out = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(
        self, x: Tensor, turn: tuple[Tensor, Tensor], seen: Tensor, past: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, ...]:
        """(B, T, WIDTH), and the keys and values so far."""
        query, key, value = self.into(self.before(x)).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        query, key = _turned(query, *turn), _turned(key, *turn)
        if past is not None:
            key, value = torch.cat([past[0], key], 2), torch.cat([past[1], value], 2)
        heard = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        x = x + self.out(heard.transpose(1, 2).flatten(2))
        return x + self.down(functional.relu(self.up(self.between(x)))), (key, value)


class Tiny(nn.Module):
    """From words to the logits of the next ones."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.embed, self.head = nn.Embedding(words, WIDTH), nn.Linear(WIDTH, words, bias=False)
        self.blocks, self.norm = nn.ModuleList(Block() for _ in range(LAYERS)), nn.RMSNorm(WIDTH)
        half = WIDTH // HEADS // 2
        self.register_buffer("rates", 100.0 ** (-torch.arange(half) / half))
        for weights in self.parameters():
            if weights.dim() == 2:
                nn.init.normal_(weights, std=0.08)

    def forward(self, ids: Tensor, real: Tensor, cache: Cache | None = None) -> Tensor:
        """(B, T, words) logits of the last T places; `real` (B, all places so far) says which are no padding."""
        count, total = ids.shape[1], real.shape[1]
        places = (real.cumsum(1) - 1)[:, -count:, None] * self.rates
        turn = (places.cos()[:, None], places.sin()[:, None])
        # A place sees what is real up to itself, and itself where it pads, since a softmax over nothing is no number.
        until = torch.ones(count, total, dtype=torch.bool).tril(total - count)
        seen = (real[:, None, None, :] & until) | torch.eye(total, dtype=torch.bool)[-count:]
        x = self.embed(ids)
        for number, block in enumerate(self.blocks):
            x, kept = block(x, turn, seen, cache.get(number) if cache else None)
            if cache is not None:
                cache[number] = kept
        logits: Tensor = self.head(self.norm(x))
        return logits


def _turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class Said(NamedTuple):
    """Prompts and completions in numbers: (B, P) and (B, C), and which places of (B, C) were said, the end among them."""

    prompts: Tensor
    ids: Tensor
    mask: Tensor

    def log_probs(self, model: Tiny) -> Tensor:
        """(B, C) log-probabilities of what was said."""
        real = torch.cat([self.prompts != PAD, self.mask], 1)
        logits = model(torch.cat([self.prompts, self.ids], 1), real)[:, self.prompts.shape[1] - 1 : -1]
        return logits.log_softmax(-1).gather(-1, self.ids[..., None])[..., 0]


@torch.no_grad()
def complete(model: Tiny, prompts: Tensor, *, sampled: bool) -> Said:
    """Completions of at most `TOKENS` words at temperature 1, or greedily."""
    real, cache = prompts != PAD, Cache()
    going = torch.ones(len(prompts), dtype=torch.bool)
    ids, mask = [], []
    logits = model(prompts, real, cache)[:, -1]
    for _ in range(TOKENS):
        said = logits.softmax(-1).multinomial(1)[:, 0] if sampled else logits.argmax(-1)
        said = said.where(going, PAD)
        ids.append(said)
        mask.append(going)
        real = torch.cat([real, going[:, None]], 1)
        going = going & (said != END)
        if not going.any():
            break
        logits = model(said[:, None], real, cache)[:, -1]
    return Said(prompts, torch.stack(ids, 1), torch.stack(mask, 1))
