"""The catalogue of fixed sentences (`texts/vi.yaml`). Whatever the desk says of its own comes from here."""

from functools import cache
from importlib import resources

import yaml


@cache
def _catalogue() -> dict[str, str]:
    text = resources.files("bot").joinpath("texts/vi.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def say(key: str, **values: object) -> str:
    """The sentence `key` with its blanks filled. Raises KeyError for an unknown key or a blank left open."""
    return _catalogue()[key].format(**values)
