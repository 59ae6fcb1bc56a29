"""Files that are gone from an ingested folder: their documents are withdrawn, not deleted. Called by the pipeline.

A share that is not mounted looks like an empty folder, so what looks like that is left alone until a person confirms.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from corpus.store import FileState
from ingest.source import is_address

#: More files than this, and more than half of what a folder held, are not believed to be gone without confirmation.
MANY = 20
#: A folder inside the one searched is believed to have been emptied by hand if it held fewer files.
_SHARE = 10


@dataclass(frozen=True, slots=True)
class Gone:
    """What a search did not find again."""

    retired: list[FileState]
    doubtful: list[tuple[Path, int]]  # folders where too much is gone, with how many files


def gone(
    folders: Collection[Path],
    closed: Collection[Path],
    known: Iterable[FileState],
    seen: Collection[tuple[str, str]],
    confirmed: bool,
) -> Gone:
    """The files known below `folders` that are not among `seen`, and the folders where that is not to be believed.

    `closed` are folders that could not be opened: nothing is said of their files. `confirmed`: believe everything.
    """
    retired: list[FileState] = []
    doubtful: list[tuple[Path, int]] = []
    held = [one for one in known if one.status != "removed" and not is_address(one.root)]
    for folder in folders:
        below = [(Path(one.root) / one.path, one) for one in held]
        below = [
            (path, one)
            for path, one in below
            if path.is_relative_to(folder) and not any(path.is_relative_to(shut) for shut in closed)
        ]
        missing = [(path, one) for path, one in below if (one.root, one.path) not in seen]
        if not missing:
            continue
        if confirmed:
            retired += [one for _, one in missing]
            continue
        if (len(missing) == len(below) and _is_empty(folder)) or len(missing) > max(MANY, len(below) / 2):
            doubtful.append((folder, len(missing)))
            continue
        emptied = [
            (place, count)
            for place, count in _counts(folder, missing).items()
            if count >= _SHARE and _is_empty(place)
        ]
        doubtful += emptied
        retired += [
            one for path, one in missing if not any(path.is_relative_to(place) for place, _ in emptied)
        ]
    return Gone(list({(one.root, one.path): one for one in retired}.values()), doubtful)


def _counts(folder: Path, missing: Iterable[tuple[Path, FileState]]) -> dict[Path, int]:
    """How many files are missing in each of the folders between `folder` and them."""
    counts: dict[Path, int] = {}
    for path, _ in missing:
        for place in path.parents:
            if place == folder:
                break
            counts[place] = counts.get(place, 0) + 1
    return counts


def _is_empty(folder: Path) -> bool:
    """Whether a folder is there and nothing in it: what is left of a share that is not mounted."""
    try:
        return not any(folder.iterdir())
    except FileNotFoundError:
        return False
    except OSError:
        return True
