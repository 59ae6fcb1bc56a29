"""A model between others: the mean of the weights of the one training started from and of those it ended with.

Called by `python -m index.training blend`. Training on official texts teaches their words and forgets some of the
everyday ones; halfway the model knows both (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022).
"""

import shutil
from collections.abc import Sequence
from pathlib import Path


def blend(start: Path, trained: Sequence[Path], out: Path, share: float) -> None:
    """Write to `out` the model with `share` (0…1) of the mean of the trained weights and the rest of the start's.

    Raises `ValueError` where they are not of one shape.
    """
    from safetensors.torch import load_file, save_file

    if not 0 <= share <= 1:
        raise ValueError(f"the share of the trained weights is {share}, not between 0 and 1")
    before, after = load_file(start / _WEIGHTS), [load_file(folder / _WEIGHTS) for folder in trained]
    # a trained folder may hold a head that the start lacks and nobody uses
    names = before.keys() & set.intersection(*(set(one) for one in after))
    if not names or any(before[name].shape != one[name].shape for name in names for one in after):
        raise ValueError(f"{start} and {', '.join(map(str, trained))} are not of one shape")
    blended = {
        name: (1 - share) * before[name].float()
        + share * sum(one[name].float() for one in after) / len(after)
        for name in names
    }
    shutil.copytree(trained[0], out, dirs_exist_ok=True)
    save_file(blended, out / _WEIGHTS, metadata={"format": "pt"})


_WEIGHTS = "model.safetensors"
