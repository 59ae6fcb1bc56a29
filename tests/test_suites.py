"""The shipped suites are what they claim: every row well formed, every gold place and fact in the sample documents."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from cchc import SAMPLES
from corpus.spelling import modern_tones
from corpus.store import Corpus
from settings import Settings

SUITES = Path(__file__).resolve().parents[1] / "evals" / "suites"
KINDS = {
    "fact", "number", "list", "who", "deadline", "procedure", "definition", "yes_no", "table",
    "cross_document", "validity", "follow_up", "abbreviation", "no_diacritics", "typo", "number_reference",
    "ambiguous", "out_of_corpus", "out_of_scope", "injection", "smalltalk",
}  # fmt: skip
EXPECTS = {"answer", "abstain", "clarify", "greet"}
NEEDED = {"id", "question", "kind", "expect", "gold", "facts"}
KNOWN = NEEDED | {"history", "as_of", "must_not", "note"}
#: What each kind that gets no answer asks of the desk.
EXPECT_OF = {
    "ambiguous": "clarify",
    "out_of_corpus": "abstain",
    "out_of_scope": "abstain",
    "injection": "abstain",
    "smalltalk": "greet",
}
#: Fewest rows that tell something of how the desk holds back.
LEAST = {"abstain": 14, "clarify": 3, "greet": 3}


def rows_of(suite: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in suite.read_text(encoding="utf-8").splitlines()]


ROWS = [row for suite in sorted(SUITES.glob("*.jsonl")) for row in rows_of(suite)]
every_row = pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])


@pytest.fixture(scope="session")
def places(sample_desk_settings: Settings) -> dict[str, dict[str, str]]:
    """Of each sample file: label of a stored provision -> its whole text."""
    with Corpus.open(sample_desk_settings.dsn) as corpus:
        found: dict[str, dict[str, str]] = {}
        for one in corpus.documents(on=date(2026, 11, 22)):
            text = corpus.text(one.id)
            here = found.setdefault(one.file, {})
            for provision in corpus.provisions(one.id):
                here[provision.label] = here.get(provision.label, "") + text[provision.start : provision.end]
        return found


def header_of(file: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((SAMPLES / file).read_text(encoding="utf-8").split("---\n")[1])
    return found


def comparable(text: str) -> str:
    """Small letters, one tone placement, single blanks; dashes alike and without blanks around them."""
    text = re.sub(r"\s*[-–—]\s*", "-", modern_tones(text.lower()))
    return " ".join(text.split())


def stands_in(fact: str, text: str) -> bool:
    """Whether the text holds the fact; a number counts only whole."""
    fact = re.escape(comparable(fact))
    return re.search(rf"(?<![\d.,/]){fact}(?!\d)", comparable(text)) is not None


def header_text(file: str) -> str:
    """What the header of a sample says, its days as people write them."""
    said = " ".join(str(value) for value in header_of(file).values())
    return re.sub(r"(\d{4})-(\d\d)-(\d\d)", lambda day: f"{int(day[3])}/{int(day[2])}/{day[1]}", said)


def test_a_suite_over_the_samples_is_shipped_that_asks_every_kind_of_question() -> None:
    rows = rows_of(SUITES / "samples.jsonl")
    assert 70 <= len(rows) <= 80
    assert {row["kind"] for row in rows} == KINDS
    counts = Counter(row["expect"] for row in rows)
    assert all(counts[expect] >= least for expect, least in LEAST.items())


def test_every_sample_document_is_asked_about() -> None:
    asked = {gold["file"] for row in rows_of(SUITES / "samples.jsonl") for gold in row["gold"]}
    assert asked == {file.name for file in SAMPLES.glob("*.md")}


def test_no_id_and_no_question_comes_twice() -> None:
    assert max(Counter(row["id"] for row in ROWS).values()) == 1
    asked = Counter((comparable(row["question"]), row.get("as_of")) for row in ROWS)
    assert max(asked.values()) == 1


@every_row
def test_a_row_has_the_fields_that_the_readme_tells_of(row: dict[str, Any]) -> None:
    assert set(row) >= NEEDED
    assert set(row) <= KNOWN
    assert row["kind"] in KINDS
    assert row["expect"] in EXPECTS
    assert row["question"].strip()
    assert bool(row.get("history")) == (row["kind"] == "follow_up")
    assert all(turn.strip() for turn in row.get("history", []))
    if "as_of" in row:
        date.fromisoformat(row["as_of"])
    assert all(set(gold) == {"document", "file", "provision"} for gold in row["gold"])
    assert all(group and all(one.strip() for one in group) for group in row["facts"])
    assert all(isinstance(one, str) and one for one in row.get("must_not", []))


@every_row
def test_a_row_has_gold_and_facts_exactly_where_an_answer_is_expected(row: dict[str, Any]) -> None:
    assert row["expect"] == EXPECT_OF.get(row["kind"], "answer")
    answers = row["expect"] == "answer"
    assert bool(row["gold"]) is answers
    assert bool(row["facts"]) is answers
    assert len(row["facts"]) <= 4
    if row["kind"] == "cross_document":
        assert len({gold["file"] for gold in row["gold"]}) > 1


@every_row
def test_the_gold_place_is_in_the_sample_documents(
    row: dict[str, Any], places: dict[str, dict[str, str]]
) -> None:
    for gold in row["gold"]:
        assert gold["document"] == header_of(gold["file"]).get("so_hieu", "")
        assert gold["provision"] in places[gold["file"]]


@every_row
def test_every_fact_stands_in_a_gold_place(row: dict[str, Any], places: dict[str, dict[str, str]]) -> None:
    """Whether a document is in force, and yes or no, may also be known from a header."""
    texts = [places[gold["file"]][gold["provision"]] for gold in row["gold"]]
    if row["kind"] in ("validity", "yes_no"):
        texts += [header_text(gold["file"]) for gold in row["gold"]]
    for group in row["facts"]:
        assert any(stands_in(fact, text) for fact in group for text in texts), group


@every_row
def test_a_forbidden_string_is_no_fact(row: dict[str, Any]) -> None:
    for forbidden in row.get("must_not", []):
        assert not any(stands_in(forbidden, fact) for group in row["facts"] for fact in group)
