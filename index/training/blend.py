"""A model between two: the mean of the weights of the one training started from and the one it ended with.

Called by `python -m index.training blend`. Training on official texts teaches their words and forgets some of the
everyday ones; between the two the model knows both (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022).
"""

import shutil
from pathlib import Path


def blend(start: Path, trained: Path, out: Path, share: float) -> None:
    """Write to `out` the model with `share` (0…1) of the trained weights and the rest of the start's.

    Raises `ValueError` where the two are not of one shape.
    """
    from safetensors.torch import load_file, save_file

    if not 0 <= share <= 1:
        raise ValueError(f"the share of the trained weights is {share}, not between 0 and 1")
    before, after = load_file(start / _WEIGHTS), load_file(trained / _WEIGHTS)
    names = before.keys() & after.keys()
    # a trained folder may hold a head that the start lacks and nobody uses
    other = {name for name in before.keys() ^ after.keys() if not name.startswith(_UNUSED)}
    if other or any(before[name].shape != after[name].shape for name in names):
        raise ValueError(f"{start} and {trained} are not of one shape")
    blended = {name: (1 - share) * before[name].float() + share * after[name].float() for name in names}
    # tokenizer and all else are the start's own files: training rewrites them without changing them
    shutil.copytree(start, out, dirs_exist_ok=True)
    save_file(blended, out / _WEIGHTS, metadata={"format": "pt"})


_WEIGHTS = "model.safetensors"
_UNUSED = ("pooler.", "embeddings.position_ids")
