"""The READMEs and decision records say what is so: settings, statuses, files and links are those of the program.

The commands that they name are checked with the command line.

After a setting changed, `python -m tests.test_readme` writes the table of settings anew.
"""

import re
from pathlib import Path

import pytest

from bot.answer import Answer, Status, ValidityShape
from bot.judge import coefficients
from corpus.validity import ValidityStatus
from settings import ENV_PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
README, VIETNAMESE = ROOT / "README.md", ROOT / "README.vi.md"
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [README, VIETNAMESE, *RECORDS]

_TABLE = re.compile(r"(?<=see there -->\n).*?(?=\n<!-- /settings -->)", re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]*)(#[^)\s]*)?\)")
_FILE = re.compile(r"`((?:api|bot|corpus|docs|evals|index|ingest|tests)/[\w./-]*|\w+\.py)`")


def settings_table() -> str:
    rows = ["| Variable | Default | Meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f"`{field.default}`"
        rows.append(f"| `{ENV_PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {"#" + re.sub(r"[^\w -]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_the_settings_table_is_that_of_the_program() -> None:
    found = _TABLE.search(README.read_text("utf-8"))
    assert found is not None
    assert found[0] == settings_table(), "run: python -m tests.test_readme"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text("utf-8")) if not link[0].startswith("http")]
    for target, anchor in links:
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target + anchor


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_named_is_there(page: Path) -> None:
    named = set(_FILE.findall(page.read_text("utf-8")))
    missing = {name for name in named if not (ROOT / name).exists() and not list(ROOT.glob(f"*/{name}"))}
    assert not missing


@pytest.mark.parametrize("page", [README, VIETNAMESE], ids=lambda page: page.name)
def test_every_status_is_explained(page: Path) -> None:
    text = page.read_text("utf-8")
    assert {status.value for status in Status if f"`{status}`" not in text} == set()


def test_every_field_of_an_answer_is_explained() -> None:
    text = README.read_text("utf-8")
    assert {
        name for name in Answer.model_fields if not re.search(rf"^\| `{name}(?:\[\])?` \|", text, re.M)
    } == set()


def test_every_field_of_validity_is_explained() -> None:
    text = README.read_text("utf-8")
    part = re.search(r"^`validity`, .*?(?=\n\n)", text, re.MULTILINE | re.DOTALL)
    assert part is not None
    assert {name for name in ValidityShape.model_fields if f"`{name}`" not in part[0]} == set()


def test_every_status_of_validity_is_explained() -> None:
    text, vietnamese = README.read_text("utf-8"), VIETNAMESE.read_text("utf-8")
    assert {one.value for one in ValidityStatus if f"`{one}`" not in text} == set()
    rows = {f"| {one.vietnamese} | `{one}` |" for one in ValidityStatus}
    assert {row for row in rows if row not in vietnamese} == set()


def test_the_record_of_the_judge_has_the_figures_of_the_judge_that_is_shipped() -> None:
    text = (ROOT / "docs" / "decisions" / "0010-the-judge-is-a-fitted-logistic-model.md").read_text("utf-8")
    for name, model in coefficients().items():
        row = re.search(rf"^\| .*{name}.* \|$", text, re.MULTILINE)
        assert row is not None, name
        cells = [cell.strip() for cell in row[0].strip("| ").split("|")]
        assert cells[1:] == [str(one) for one in model["test"].values()], name


def test_every_decision_is_linked_from_the_readme() -> None:
    text = README.read_text("utf-8")
    assert RECORDS
    assert {record.name for record in RECORDS if f"(docs/decisions/{record.name})" not in text} == set()


def test_a_decision_says_what_happens_on_failure() -> None:
    parts = ("**Context.**", "**Decision.**", "**Consequences.**", "**On failure.**")
    for record in RECORDS:
        assert [part for part in parts if part not in record.read_text("utf-8")] == [], record.name


if __name__ == "__main__":
    README.write_text(_TABLE.sub(lambda _: settings_table(), README.read_text("utf-8")), "utf-8")
