"""The bench can fail: a desk that is broken on purpose is caught by the figures, and the shipped one passes its floors."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from bot.answer import Status
from bot.desk import HelpDesk
from corpus.store import Corpus
from evals.answers import ask_all
from evals.deployment import DeskHere
from evals.figures import Figure, differences, figures
from evals.record import Record
from evals.reply import Asked, Reply
from evals.suite import Suite, load_suite
from index.search import open_current
from settings import Settings

SAMPLES = Path(__file__).resolve().parents[1] / "evals" / "suites" / "samples.jsonl"
#: The day that evals/suites/README.md names.
TODAY = date(2026, 11, 22)
#: What the suite over the samples may not fall below, or rise above. Measured: docs beside the suite.
FLOORS = {
    "status_right": 0.8, "document_any": 0.8, "provision_hit": 0.55, "facts_all": 0.72, "quote_fidelity": 1.0,
}  # fmt: skip
CEILINGS = {"unsupported_numbers": 0, "answered_wrongly": 0.25, "refused_wrongly": 0.2, "must_not": 0.1}

Change = Callable[[Asked], Asked]


class Broken:
    """What the shipped desk said, with something done to every answer on its way out."""

    name = "ours"

    def __init__(self, shipped: Sequence[Record], change: Change) -> None:
        self._said = {(record.row.question, record.row.history): record.asked for record in shipped}
        self._change = change

    def ask(self, question: str, history: Sequence[str], as_of: date | None) -> Asked:
        return self._change(self._said[question, tuple(history)])

    def close(self) -> None:
        pass


def with_reply(asked: Asked, **changes: object) -> Asked:
    return asked.model_copy(update={"reply": asked.reply.model_copy(update=changes)})


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite([SAMPLES])


@pytest.fixture(scope="module")
def desk(sample_desk_settings: Settings) -> Iterator[DeskHere]:
    settings = sample_desk_settings
    here = DeskHere(
        HelpDesk(Corpus.open(settings.dsn), open_current(settings), settings, today=lambda: TODAY)
    )
    yield here
    here.close()


@pytest.fixture(scope="module")
def shipped(desk: DeskHere, suite: Suite) -> list[Record]:
    return list(ask_all(desk, suite))


@pytest.fixture(scope="module")
def good(shipped: list[Record]) -> dict[str, Figure]:
    return figures(shipped)


def asked_of(shipped: list[Record], suite: Suite, change: Change) -> list[Record]:
    return list(ask_all(Broken(shipped, change), suite))


def test_the_shipped_desk_holds_its_floors(good: dict[str, Figure]) -> None:
    below = {name: good[name].value for name, floor in FLOORS.items() if good[name].value < floor}
    above = {name: good[name].value for name, ceiling in CEILINGS.items() if good[name].value > ceiling}
    assert not below and not above


def test_a_desk_that_always_answers_with_the_first_segment_is_caught(
    desk: DeskHere, suite: Suite, shipped: list[Record], good: dict[str, Figure]
) -> None:
    first = desk.ask("Thời hiệu khiếu nại là bao nhiêu ngày?", (), None)
    assert first.reply.status == Status.ANSWERED

    def always(asked: Asked) -> Asked:
        return first.model_copy(update={"question": asked.question, "history": asked.history})

    broken = asked_of(shipped, suite, always)
    found = figures(broken)
    assert found["facts_all"].value < 0.1 < FLOORS["facts_all"]
    assert found["document_any"].value < 0.2 and found["provision_hit"].value < 0.1
    assert found["answered_wrongly"].value == 1
    assert found["aurc"].value > good["aurc"].value + 0.3
    change = differences(broken, shipped)["facts_all"]
    assert change.significant and change.value < -0.5


def test_a_quote_altered_by_one_character_is_caught(shipped: list[Record], suite: Suite) -> None:
    def altered(asked: Asked) -> Asked:
        citations = [
            cited.model_copy(update={"quote": cited.quote[:-1] + ("x" if cited.quote[-1] != "x" else "y")})
            for cited in asked.reply.citations
        ]
        # checked against what is stored, as a deployment's own text would be
        changed = with_reply(asked, citations=tuple(citations))
        return changed

    assert figures(asked_of(shipped, suite, altered))["quote_fidelity"].value == 0


def test_a_desk_that_never_abstains_is_caught(
    shipped: list[Record], suite: Suite, good: dict[str, Figure]
) -> None:
    def never(asked: Asked) -> Asked:
        return with_reply(asked, status=Status.ANSWERED.value)

    found = figures(asked_of(shipped, suite, never))
    assert found["answered_wrongly"].value == 1 > CEILINGS["answered_wrongly"]
    assert found["status_right"].value < good["status_right"].value


def test_a_desk_that_always_abstains_is_caught(shipped: list[Record], suite: Suite) -> None:
    def silent(asked: Asked) -> Asked:
        reply = Reply(status=Status.NO_EVIDENCE.value, text="Không tìm thấy căn cứ.")
        return asked.model_copy(update={"reply": reply, "sources": ()})

    found = figures(asked_of(shipped, suite, silent))
    assert found["refused_wrongly"].value == 1 and found["facts_all"].value == 0
    assert found["status_right"].value < 0.5


def test_an_invented_figure_is_caught(shipped: list[Record], suite: Suite) -> None:
    def invented(asked: Asked) -> Asked:
        return with_reply(asked, text=f"{asked.reply.text} Mức này là 987.654 đồng.")

    found = figures(asked_of(shipped, suite, invented))
    assert found["unsupported_numbers"].value > 30


def test_a_citation_of_the_neighbouring_article_is_caught(
    shipped: list[Record], suite: Suite, good: dict[str, Figure]
) -> None:
    def neighbour(asked: Asked) -> Asked:
        citations = [
            cited.model_copy(update={"provision": "Điều 99", "path": "dieu-99"})
            for cited in asked.reply.citations
        ]
        return with_reply(asked, citations=tuple(citations))

    found = figures(asked_of(shipped, suite, neighbour))
    assert found["provision_hit"].value == 0 < good["provision_hit"].value
    assert found["document_any"].value == good["document_any"].value


def test_a_slow_desk_is_caught(shipped: list[Record], suite: Suite, good: dict[str, Figure]) -> None:
    slow = figures(asked_of(shipped, suite, lambda asked: asked.model_copy(update={"ms": asked.ms + 5000})))
    assert slow["latency_p50"].value > 5000 > good["latency_p50"].value
