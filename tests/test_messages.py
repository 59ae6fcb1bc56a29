"""The catalogue of fixed sentences: every one is said somewhere, every one that is said is there, blanks filled."""

import ast
from pathlib import Path
from string import Formatter

import pytest
import yaml

import bot
from bot.messages import say

FOLDER = Path(bot.__file__ or "").parent
CATALOGUE: dict[str, str] = yaml.safe_load((FOLDER / "texts" / "vi.yaml").read_text("utf-8"))
TREES = {
    str(file.relative_to(FOLDER)): ast.parse(file.read_text("utf-8")) for file in sorted(FOLDER.rglob("*.py"))
}
#: Every string of the room: a key may be chosen from a table before it is said.
STRINGS = {
    node.value
    for tree in TREES.values()
    for node in ast.walk(tree)
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}
#: (file, key, names of the values) of every `say("key", value=…)`.
SAID = [
    (name, node.args[0].value, {keyword.arg for keyword in node.keywords})
    for name, tree in TREES.items()
    for node in ast.walk(tree)
    if isinstance(node, ast.Call)
    and isinstance(node.func, ast.Name)
    and node.func.id == "say"
    and isinstance(node.args[0], ast.Constant)
    and isinstance(node.args[0].value, str)
]


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_sentences_are_said_in_the_room() -> None:
    assert len(SAID) > 10


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_sentence_of_the_catalogue_is_used(key: str) -> None:
    assert key in STRINGS


@pytest.mark.parametrize(("file", "key", "values"), SAID, ids=[f"{file}:{key}" for file, key, _ in SAID])
def test_every_sentence_that_is_said_exists_and_has_its_blanks_filled(
    file: str, key: str, values: set[str]
) -> None:
    assert key in CATALOGUE
    assert blanks(CATALOGUE[key]) <= values


def test_an_unknown_sentence_or_an_open_blank_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no_such_sentence")
    with pytest.raises(KeyError):
        say("contact")


def test_values_are_put_into_the_blanks_and_not_read_as_blanks_themselves() -> None:
    assert "{number}" in say("not_held", number="{number}")
