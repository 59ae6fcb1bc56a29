"""Several texts of one document are recognised, one is canonical; documents that only share a template stay apart."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st
from small_desk import hold

from corpus.document import Document
from corpus.likeness import ALIKE, alike, candidates, clearly_better, fingerprint, quality, same_particulars
from corpus.store import Corpus
from ingest.pipeline import ingest
from settings import Settings

WORDS = [
    "kho",
    "sách",
    "báo",
    "thẻ",
    "mượn",
    "trả",
    "người",
    "đọc",
    "cán",
    "bộ",
    "phòng",
    "quản",
    "lý",
    "thời",
    "hạn",
    "ngày",
    "giờ",
    "quy",
    "định",
    "trách",
    "nhiệm",
    "bảo",
    "quản",
]


def body(seed: int, articles: int = 12) -> str:
    """The articles of an invented regulation."""
    chance = random.Random(seed)
    lines = []
    for number in range(1, articles + 1):
        lines.append(f"Điều {number}. {' '.join(chance.choices(WORDS, k=5)).capitalize()}")
        lines += [f"{clause}. {' '.join(chance.choices(WORDS, k=30)).capitalize()}." for clause in (1, 2, 3)]
    return "\n".join(lines)


def decision(number: str, text: str, day: str = "05 tháng 01 năm 2030") -> str:
    so = f"Số: {number}\n" if number else ""
    return f"ỦY BAN NHÂN DÂN TỈNH KHO SÁCH\n{so}Kho Sách, ngày {day}\nQUYẾT ĐỊNH\nVề việc quản lý kho sách\n{text}"


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.open(Settings(data_dir=tmp_path / "data").dsn) as opened:
        yield opened


def feed(corpus: Corpus, tmp_path: Path, **texts: str) -> None:
    """Ingest these texts, one file after the other."""
    for name, text in texts.items():
        file = tmp_path / f"{name}.txt"
        file.write_text(text, encoding="utf-8")
        assert not ingest([file], corpus, Settings(data_dir=tmp_path / "data")).failed


def searched(corpus: Corpus) -> list[str]:
    files = {one.id: corpus.document(one.id).file for one in corpus.current() if one.superseded_by is None}
    return sorted(files.values())


def test_a_clean_text_takes_the_place_of_a_garbled_one_with_the_same_identity(
    corpus: Corpus, tmp_path: Path
) -> None:
    clean = decision("15/2030/QĐ-UBND", body(1))
    chance = random.Random(2)
    garbled = "\n".join(
        line if at < 5 else "".join(c if chance.random() > 0.15 else chance.choice("#fjwz1") for c in line)
        for at, line in enumerate(clean.splitlines())
    )
    feed(corpus, tmp_path, scan=garbled, clean=clean)
    (one,) = corpus.find("15/2030/QĐ-UBND")
    assert [(file.path, file.status) for file in one.files] == [("clean.txt", "ok"), ("scan.txt", "copy")]
    assert corpus.text(one.id) == clean
    feed(corpus, tmp_path, scan=garbled, clean=clean)
    assert corpus.text(one.id) == clean, "reading both again changes nothing"


def test_an_equal_copy_does_not_take_over(corpus: Corpus, tmp_path: Path) -> None:
    text = decision("15/2030/QĐ-UBND", body(1))
    feed(corpus, tmp_path, first=text, second=text + "\n")
    (one,) = corpus.find("15/2030/QĐ-UBND")
    assert one.file == "first.txt"


def test_a_text_that_lost_its_date_is_a_version_of_the_one_that_has_it(
    corpus: Corpus, tmp_path: Path
) -> None:
    whole = decision("15/2030/QĐ-UBND", body(1))
    feed(corpus, tmp_path, whole=whole, dateless=whole.replace("Kho Sách, ngày 05 tháng 01 năm 2030\n", ""))
    (versions,) = corpus.versions()
    assert (versions.canonical.file, [other.file for other in versions.others]) == (
        "whole.txt",
        ["dateless.txt"],
    )
    assert len(corpus.find("15/2030/QĐ-UBND")) == 1, "a question by number is not asked back"
    assert searched(corpus) == ["whole.txt"]


def test_a_text_without_its_number_is_found_by_its_words(corpus: Corpus, tmp_path: Path) -> None:
    whole = decision("15/2030/QĐ-UBND", body(1))
    feed(
        corpus,
        tmp_path,
        whole=whole,
        bare=decision("", body(1)),
        other=decision("", body(7), "06 tháng 01 năm 2030"),
    )
    assert [[o.file for o in one.others] for one in corpus.versions()] == [["bare.txt"]]
    assert searched(corpus) == ["other.txt", "whole.txt"]


def test_decisions_of_one_template_stay_documents_of_their_own(corpus: Corpus, tmp_path: Path) -> None:
    texts = {f"n{n}": decision(f"{n}/2030/QĐ-UBND", body(1)) for n in range(10, 22)}
    feed(corpus, tmp_path, **texts)
    assert corpus.versions() == []
    assert len(searched(corpus)) == 12


def test_letters_of_one_template_without_number_differ_in_names_and_figures(corpus: Corpus) -> None:
    def letter(who: str, figures: str) -> str:
        return f"{body(1)}\nĐiều 13. Giao ông {who} {figures} đồng, phòng {figures[:2]}, trong {figures[2:4]} ngày."

    one = letter("Trần Văn Bình", "4315000")
    ids = [
        hold(corpus, Document(kind="Công văn"), text) for text in (one, letter("Lê Thị Cúc Hoa", "9827000"))
    ]
    assert corpus.versions() == []
    ids.append(hold(corpus, Document(kind="Công văn"), f"{one}\n\n- Lưu."))
    (versions,) = corpus.versions()
    assert {versions.canonical.id, *(other.id for other in versions.others)} == {ids[0], ids[2]}


def test_the_same_number_in_another_province_is_another_document(corpus: Corpus, tmp_path: Path) -> None:
    here = decision("15/2030/QĐ-UBND", body(1))
    feed(corpus, tmp_path, here=here, there=here.replace("TỈNH KHO SÁCH", "TỈNH KHO BÁO"))
    assert corpus.versions() == []


def test_ten_thousand_texts_are_compared_in_seconds() -> None:
    chance = random.Random(5)
    prints = {f"d{n}": chance.randbytes(256) for n in range(10_000)}
    prints["twin"] = prints["d77"]
    started = time.process_time()
    assert list(candidates(prints, prints.keys())) == [("d77", "twin")]
    assert time.process_time() - started < 20


def test_marks_and_blanks_do_not_count_for_likeness() -> None:
    text = body(3)
    assert alike(fingerprint(text), fingerprint(text.upper().replace(" ", "  "))) == 1.0
    assert alike(fingerprint(text), fingerprint(body(4))) < ALIKE
    assert not same_particulars("Giao ông Trần Văn Bình 5 ngày", "Giao ông Lê Văn Hòa 6 ngày")


def test_broken_words_lower_the_quality_of_a_reading() -> None:
    text = body(3)
    assert clearly_better(quality(text, ()), quality(text.replace("á", "#").replace("ờ", "w1"), ()))
    assert not clearly_better(quality(text, ()), quality(text + "\n", ()))


@given(st.text(max_size=400))
def test_any_text_has_a_fingerprint(text: str) -> None:
    assert alike(fingerprint(text), fingerprint(text)) in (0.0, 1.0)


def test_the_operator_sees_the_versions(run_cchc: Run, tmp_path: Path) -> None:
    folder, data = tmp_path / "van-ban", tmp_path / "kho"
    folder.mkdir()
    whole = decision("15/2030/QĐ-UBND", body(1))
    (folder / "a.txt").write_text(whole, encoding="utf-8")
    (folder / "b.txt").write_text(
        whole.replace("Kho Sách, ngày 05 tháng 01 năm 2030\n", ""), encoding="utf-8"
    )
    (folder / "c.txt").write_text(whole, encoding="utf-8")
    assert run_cchc("ingest", "--no-index", str(folder), data=data).returncode == 0
    shown = run_cchc("documents", "duplicates", data=data).stdout
    assert "bản khác, không tra cứu: b.txt" in shown
    assert "bản sao: c.txt" in shown
