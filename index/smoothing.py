"""Evens out what goes into the wide layers of a BERT encoder, so that 8-bit activations lose less. Called by `index.export`.

A few channels of the feed-forward layers reach values a hundred times those of the others, and one scale for all of them
leaves the others no steps. Each channel is divided by a factor and the weights that it meets are multiplied by it: the
same result, with part of the range moved into the weights, which have a scale per channel (Xiao et al., "SmoothQuant", 2022).
"""

from pathlib import Path
from typing import Any

#: Share of the range of an activation that moves into the weights.
STRENGTH = 0.7
#: Characters of a text that the ranges are taken from, and texts of a document.
_CHARS, _A_DOCUMENT = 800, 5
_SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"


def sample_texts() -> list[str]:
    """Passages of the sample documents that ship with the desk."""
    texts = []
    for file in sorted(_SAMPLES.glob("*.md")):
        text = file.read_text("utf-8")
        texts += [text[at : at + _CHARS] for at in range(0, min(len(text), _CHARS * _A_DOCUMENT), _CHARS)]
    return texts


def smooth(encoder: Any, rows: list[list[int]]) -> None:
    """Change a BERT encoder in place. `rows` are the token ids of the texts that its ranges are taken from."""
    import torch

    class Smoothed(torch.nn.Module):  # type: ignore[misc]  # torch is an extra: untyped here
        def __init__(self, linear: Any, factor: Any) -> None:
            super().__init__()
            self.share = torch.nn.Parameter(1 / factor)
            self.linear = linear
            with torch.no_grad():
                linear.weight.mul_(factor)

        def forward(self, values: Any) -> Any:
            return self.linear(values * self.share)

    places = [part for layer in encoder.encoder.layer for part in (layer.intermediate, layer.output)]
    for place, most in zip(places, _ranges(encoder, places, rows), strict=True):
        weights = place.dense.weight.detach().abs().amax(0).clamp(min=1e-5)
        factor = most.clamp(min=1e-5) ** STRENGTH / weights ** (1 - STRENGTH)
        factor = factor / factor.log().mean().exp()  # the weights as a whole stay as large as they were
        place.dense = Smoothed(place.dense, factor.clamp(min=1e-2))


def _ranges(encoder: Any, places: list[Any], rows: list[list[int]]) -> list[Any]:
    """The largest value, sign apart, of every channel that goes into each place's layer."""
    import torch

    most = [torch.zeros(place.dense.in_features) for place in places]

    def watch(at: int) -> Any:
        def seen(_module: Any, given: Any, _result: Any) -> None:
            values = given[0].detach().abs().reshape(-1, given[0].shape[-1])
            most[at] = torch.maximum(most[at], values.amax(0))

        return seen

    hooks = [place.dense.register_forward_hook(watch(at)) for at, place in enumerate(places)]
    with torch.no_grad():
        for row in rows:
            ids = torch.tensor([row])
            encoder(input_ids=ids, attention_mask=torch.ones_like(ids))
    for hook in hooks:
        hook.remove()
    return most
