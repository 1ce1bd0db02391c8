"""The encoder that is fine-tuned: MiniLM with a sentence head and a token head, in torch.

A BERT encoder (Devlin et al. 2019) of 6 layers, 384 wide, in the shape of all-MiniLM-L6-v2,
whose weights it starts from. Written out rather than taken from transformers, because the
exported graph (`training.graph`) is written layer by layer beside it, and because it computes in
bfloat16 throughout, which takes half the time on a CPU.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["HEADS", "LAYERS", "WIDTH", "Encoder"]

LAYERS, HEADS, WIDTH, INNER = 6, 12, 384, 1536
_VOCABULARY, _POSITIONS = 30522, 512
_EPSILON = 1e-12


class Linear(nn.Linear):
    """A linear layer that computes in its input's precision; its weights stay float32."""

    def forward(self, hidden: Tensor) -> Tensor:
        assert self.bias is not None
        return functional.linear(hidden, self.weight.to(hidden), self.bias.to(hidden))


class Norm(nn.LayerNorm):
    """Layer normalisation in its input's precision; its weights stay float32."""

    def __init__(self) -> None:
        super().__init__(WIDTH, eps=_EPSILON)

    def forward(self, hidden: Tensor) -> Tensor:
        return functional.layer_norm(
            hidden, (WIDTH,), self.weight.to(hidden), self.bias.to(hidden), self.eps
        )


class Layer(nn.Module):
    """Self-attention and a feed-forward part, each normalised with what went in."""

    def __init__(self) -> None:
        super().__init__()
        self.attend = Linear(WIDTH, 3 * WIDTH)
        self.gather = Linear(WIDTH, WIDTH)
        self.gather_norm = Norm()
        self.widen = Linear(WIDTH, INNER)
        self.narrow = Linear(INNER, WIDTH)
        self.narrow_norm = Norm()

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        rows, length, _ = hidden.shape
        query, key, value = (
            self.attend(hidden).view(rows, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        )
        # Written out: the fused kernel's backward pass takes twice as long on a CPU.
        likeness = (query * (WIDTH // HEADS) ** -0.5) @ key.transpose(2, 3) + mask
        attended = (likeness.softmax(3) @ value).transpose(1, 2).reshape(rows, length, WIDTH)
        hidden = self.gather_norm(hidden + self.gather(attended))
        return self.narrow_norm(hidden + self.narrow(functional.gelu(self.widen(hidden))))


class Encoder(nn.Module):
    """Token ids -> (logits per label, logit per token that it belongs to the toxic span).

    `ids` and `real` (True where there is a token, False in the padding) have shape (rows,
    length); the logits have shape (rows, labels) and (rows, length), in float32.
    """

    def __init__(self, labels: int, precision: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.precision = precision
        self.words = nn.Embedding(_VOCABULARY, WIDTH)
        self.places = nn.Embedding(_POSITIONS, WIDTH)
        self.norm = Norm()
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.sentence = nn.Linear(2 * WIDTH, labels)
        self.token = nn.Linear(WIDTH, 1)

    def forward(self, ids: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits: see the class."""
        hidden = self.words(ids) + self.places.weight[: ids.shape[1]]
        hidden = self.norm(hidden.to(self.precision))
        mask = torch.zeros(real.shape, dtype=self.precision).masked_fill(~real, -1e4)
        mask = mask[:, None, None, :]
        for layer in self.layers:
            hidden = layer(hidden, mask)
        hidden = hidden.float()
        inside = real[:, :, None]
        mean = (hidden * inside).sum(1) / inside.sum(1)
        strongest = hidden.masked_fill(~inside, -1e4).amax(1)
        pooled = functional.dropout(torch.cat([mean, strongest], 1), 0.1, self.training)
        return self.sentence(pooled), self.token(hidden).squeeze(2)

    def start_from(self, weights: Mapping[str, Tensor]) -> None:
        """Take over the weights of a BERT checkpoint of this shape; heads stay random."""

        def copy(into: nn.Module, *names: str) -> None:
            for kind in ("weight", "bias"):
                parts = [weights[f"{name}.{kind}"] for name in names]
                getattr(into, kind).data.copy_(torch.cat(parts))

        # Segment 0 is the only one that is used.
        words = weights["embeddings.word_embeddings.weight"]
        segment = weights["embeddings.token_type_embeddings.weight"][0]
        self.words.weight.data.copy_(words)
        self.places.weight.data.copy_(weights["embeddings.position_embeddings.weight"] + segment)
        copy(self.norm, "embeddings.LayerNorm")
        for at, layer in enumerate(self.layers):
            name = f"encoder.layer.{at}"
            attention = f"{name}.attention"
            parts = [f"{attention}.self.{part}" for part in ("query", "key", "value")]
            copy(layer.attend, *parts)
            copy(layer.gather, f"{attention}.output.dense")
            copy(layer.gather_norm, f"{attention}.output.LayerNorm")
            copy(layer.widen, f"{name}.intermediate.dense")
            copy(layer.narrow, f"{name}.output.dense")
            copy(layer.narrow_norm, f"{name}.output.LayerNorm")
