"""The corpus: what is added can be found, read and cited, old revisions stay, and nothing is ever half there."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy

from corpus.document import Authority, Document, Relation, RelationKind, Source
from corpus.provision import Level, Provision
from corpus.store import Added, Corpus, NotHeldError, Outcome
from corpus.validity import ValidityStatus

TODAY = date(2026, 11, 22)
ROOT = "/van-ban"


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    """An empty corpus: on SQLite, or in the PostgreSQL database named by POSTGRES_TEST_DSN, which is emptied."""
    dsn = os.environ.get("POSTGRES_TEST_DSN")
    if dsn:
        with sqlalchemy.create_engine(dsn).begin() as connection:
            connection.execute(sqlalchemy.text("DROP SCHEMA public CASCADE"))
            connection.execute(sqlalchemy.text("CREATE SCHEMA public"))
    with Corpus.open(dsn or f"sqlite:///{tmp_path / 'data' / 'corpus.db'}") as opened:
        yield opened


def article(number: int, start: int, text: str, parent: str | None = None, ordinal: int = 0) -> Provision:
    path = f"dieu-{number}" if parent is None else f"{parent}.dieu-{number}"
    end = start + len(text)
    return Provision(path, parent, Level.ARTICLE, str(number), f"Điều {number}", "", start, end, end, ordinal)


def content(*articles: str) -> tuple[str, list[Provision]]:
    """A text of articles, one a line, and its provisions."""
    text, tree = "", []
    for ordinal, words in enumerate(articles):
        tree.append(article(ordinal + 1, len(text), words, ordinal=ordinal))
        text += words + "\n"
    return text, tree


DECREE = Document(
    number="61/2018/NĐ-CP",
    kind="Nghị định",
    issuer="Chính phủ",
    issued_on=date(2018, 4, 23),
    effective_from=date(2018, 6, 21),
    title="Thực hiện cơ chế một cửa, một cửa liên thông",
)
DECISION = Document(
    number="905/QĐ-BNV",
    kind="Quyết định",
    issuer="Bộ Nội vụ",
    issued_on=date(2022, 11, 17),
    title="Phê duyệt Đề án tăng cường năng lực đội ngũ",
)
KHANH_HOA = Document(
    number="1718/QĐ-UBND",
    kind="Quyết định",
    issuer="Ủy ban nhân dân tỉnh Khánh Hòa",
    issued_on=date(2023, 7, 21),
    title="Phê duyệt Đề án nâng cao năng lực",
)


def add(
    corpus: Corpus,
    header: Document,
    *articles: str,
    file: str = "a.txt",
    data: bytes | None = None,
    sample: bool = False,
) -> Added:
    text, tree = content(*(articles or ("Điều 1. Phạm vi",)))
    data = text.encode() if data is None else data
    sha256 = hashlib.sha256(data).hexdigest()
    source = Source(f"file://{ROOT}/{file}", sha256, "text/plain")
    return corpus.add(
        header, text, tree, source, data, root=ROOT, file=file, size=len(data), mtime_ns=1, sample=sample
    )


def test_an_added_document_is_read_back_as_it_was(corpus: Corpus) -> None:
    relation = Relation(RelationKind.BASED_ON, "76/NQ-CP", 0, 6, whole=True)
    header = replace(DECREE, relations=(relation,))
    text, tree = content("Điều 1. Phạm vi điều chỉnh", "Điều 2. Đối tượng")
    tree[1] = replace(tree[1], page=2, columns=("TT", "Nhiệm vụ"))
    data = "nguyên văn".encode()
    source = Source("file:///van-ban/a.txt", hashlib.sha256(data).hexdigest(), "text/plain")
    added = corpus.add(
        header, text, tree, source, data, root=ROOT, file="a.txt", size=12, mtime_ns=34, pages=3
    )
    assert added.outcome is Outcome.ADDED
    stored = corpus.document(added.document_id)
    assert (stored.header, stored.revision, stored.file) == (header, source.sha256, "a.txt")
    assert (stored.is_sample, stored.withdrawn) == (False, False)
    assert corpus.text(added.document_id) == text
    assert corpus.provisions(added.document_id) == tree
    assert corpus.provision(added.document_id, "dieu-2") == tree[1]
    assert corpus.source_bytes(added.document_id) == data
    assert corpus.source(added.document_id) == source
    assert corpus.relations_of(added.document_id) == [relation]
    state = corpus.file_state(ROOT, "a.txt")
    assert state and (state.status, state.size, state.mtime_ns, state.document_id) == (
        "ok",
        12,
        34,
        added.document_id,
    )
    assert corpus.file_state(ROOT, "b.txt") is None


def test_the_same_bytes_again_change_nothing(corpus: Corpus) -> None:
    first = add(corpus, DECREE)
    before = corpus.state()
    again = add(corpus, DECREE)
    assert (again.outcome, again.document_id, again.revision) == (
        Outcome.UNCHANGED,
        first.document_id,
        first.revision,
    )
    assert corpus.state() == before
    assert corpus.counts().documents == 1


def test_changed_bytes_of_a_file_give_a_new_revision_and_old_citations_resolve(corpus: Corpus) -> None:
    old = add(corpus, DECREE, "Điều 1. Cũ")
    new = add(corpus, DECREE, "Điều 1. Mới", "Điều 2. Thêm")
    assert (new.outcome, new.document_id) == (Outcome.REVISED, old.document_id)
    assert corpus.text(old.document_id) == "Điều 1. Mới\nĐiều 2. Thêm\n"
    assert corpus.text(old.document_id, old.revision) == "Điều 1. Cũ\n"
    quoted = corpus.provision(old.document_id, "dieu-1", old.revision)
    assert corpus.text(old.document_id, old.revision)[quoted.start : quoted.end] == "Điều 1. Cũ"
    assert corpus.source_bytes(old.document_id, old.revision) == "Điều 1. Cũ\n".encode()
    assert corpus.counts().articles == 2
    assert corpus.revisions(old.document_id) == [new.revision, old.revision]


def test_a_file_that_becomes_another_document_withdraws_the_old_one(corpus: Corpus) -> None:
    old = add(corpus, DECREE, "Điều 1. Một cửa")
    new = add(corpus, DECISION, "Điều 1. Đề án")
    assert (new.outcome, new.withdrawn) == (Outcome.ADDED, old.document_id)
    assert [one.id for one in corpus.documents(on=TODAY)] == [new.document_id]
    assert len(corpus.documents(on=TODAY, include_withdrawn=True)) == 2
    assert corpus.find("61/2018/NĐ-CP") == []
    assert corpus.document(old.document_id).withdrawn
    assert corpus.text(old.document_id) == "Điều 1. Một cửa\n"
    assert [one.id for one in corpus.current()] == [new.document_id]
    back = add(corpus, DECREE, "Điều 1. Một cửa", file="b.txt")
    assert (back.outcome, back.document_id) == (Outcome.ADDED, old.document_id)
    assert not corpus.document(old.document_id).withdrawn


def test_a_second_file_of_a_document_is_a_copy_and_the_first_stays_canonical(corpus: Corpus) -> None:
    first = add(corpus, DECREE, "Điều 1. Bản gốc", file="goc.txt")
    same = add(corpus, DECREE, "Điều 1. Bản gốc", file="luu/goc.txt")
    other = add(corpus, DECREE, "Điều 1. Bản chép", file="chep.txt")
    assert (same.outcome, other.outcome) == (Outcome.COPY, Outcome.COPY)
    assert other.revision == first.revision
    assert corpus.text(first.document_id) == "Điều 1. Bản gốc\n"
    stored = corpus.document(first.document_id)
    assert stored.file == "goc.txt"
    assert {file.path: file.status for file in stored.files} == {
        "goc.txt": "ok",
        "luu/goc.txt": "copy",
        "chep.txt": "copy",
    }
    assert add(corpus, DECREE, "Điều 1. Bản chép", file="chep.txt").outcome is Outcome.UNCHANGED
    assert corpus.counts().files == {"ok": 1, "copy": 2}


def test_when_the_canonical_file_goes_a_copy_takes_its_place(corpus: Corpus) -> None:
    first = add(corpus, DECREE, "Điều 1. Bản gốc", file="goc.txt")
    add(corpus, DECREE, "Điều 1. Bản gốc", file="moi.txt")
    corpus.record_failure(ROOT, "goc.txt", "", 0, 0, "removed", "Tệp không còn", status="removed")
    stored = corpus.document(first.document_id)
    assert (stored.withdrawn, stored.file) == (False, "moi.txt")
    assert add(corpus, DECREE, "Điều 1. Sửa lại", file="moi.txt").outcome is Outcome.REVISED
    corpus.record_failure(ROOT, "moi.txt", "", 0, 0, "removed", "Tệp không còn", status="removed")
    assert corpus.document(first.document_id).withdrawn


def test_a_differing_copy_left_alone_is_to_be_read_anew(corpus: Corpus) -> None:
    first = add(corpus, DECREE, "Điều 1. Bản gốc", file="goc.txt")
    add(corpus, DECREE, "Điều 1. Bản chép", file="chep.txt")
    corpus.record_failure(ROOT, "goc.txt", "", 0, 0, "removed", "Tệp không còn", status="removed")
    state = corpus.file_state(ROOT, "chep.txt")
    assert state and state.sha256 == ""
    assert add(corpus, DECREE, "Điều 1. Bản chép", file="chep.txt").outcome is Outcome.REVISED
    assert corpus.text(first.document_id) == "Điều 1. Bản chép\n"


def test_a_better_reading_of_the_same_bytes_replaces_the_text(corpus: Corpus) -> None:
    data = b"%PDF"
    first = add(corpus, DECREE, "Dieu 1", data=data)
    before = corpus.state()
    better = add(corpus, DECREE, "Điều 1", "Điều 2", data=data)
    assert (better.outcome, better.revision) == (Outcome.REVISED, first.revision)
    assert corpus.text(first.document_id) == "Điều 1\nĐiều 2\n"
    assert corpus.state() != before


def test_a_file_that_cannot_be_read_is_listed_and_its_document_kept(corpus: Corpus) -> None:
    held = add(corpus, DECREE)
    corpus.record_failure(ROOT, "a.txt", "ff" * 32, 9, 2, "broken", "Tệp PDF bị hỏng.")
    corpus.record_failure(ROOT, "scan.pdf", "aa" * 32, 9, 2, "needs_ocr", "Tệp quét, cần OCR.")
    corpus.record_failure(ROOT, "anh.jpg", "bb" * 32, 9, 2, "binary", "Không phải văn bản.", status="skipped")
    assert [(one.path, one.code, one.reason) for one in corpus.failures()] == [
        ("a.txt", "broken", "Tệp PDF bị hỏng."),
        ("scan.pdf", "needs_ocr", "Tệp quét, cần OCR."),
    ]
    assert not corpus.document(held.document_id).withdrawn
    assert corpus.counts().files == {"failed": 2, "skipped": 1}
    assert add(corpus, DECREE, "Điều 1. Sửa").outcome is Outcome.REVISED


def test_samples_go_together_and_leave_the_rest(corpus: Corpus) -> None:
    sample = add(corpus, DECREE, "Điều 1. Mẫu", file="mau.txt", sample=True)
    add(corpus, DECISION, "Điều 1. Của cơ quan", file="that.txt")
    shared = add(corpus, KHANH_HOA, "Điều 1. Mẫu cũng là thật", file="mau2.txt", sample=True)
    add(corpus, KHANH_HOA, "Điều 1. Mẫu cũng là thật", file="that2.txt")
    assert corpus.counts().samples == 1
    assert corpus.remove_samples() == 1
    assert {one.header.number for one in corpus.documents(on=TODAY)} == {"905/QĐ-BNV", "1718/QĐ-UBND"}
    assert not corpus.document(shared.document_id).is_sample
    with pytest.raises(NotHeldError):
        corpus.document(sample.document_id)
    assert corpus.file_state(ROOT, "mau.txt") is None
    assert corpus.remove_samples() == 0


def test_documents_are_filtered_by_what_is_known_of_them(corpus: Corpus) -> None:
    for place, header in enumerate((DECREE, DECISION, KHANH_HOA)):
        add(corpus, header, f"Điều 1. {header.title}", file=f"{place}.txt")

    def numbers(**filters: object) -> list[str]:
        return [one.header.number for one in corpus.documents(on=TODAY, **filters)]  # type: ignore[arg-type]

    assert numbers() == ["1718/QĐ-UBND", "905/QĐ-BNV", "61/2018/NĐ-CP"]
    assert numbers(kind="Quyết định") == ["1718/QĐ-UBND", "905/QĐ-BNV"]
    assert numbers(issuer="UBND tỉnh Khánh Hoà") == ["1718/QĐ-UBND"]
    assert numbers(issued_from=date(2022, 11, 17)) == ["1718/QĐ-UBND", "905/QĐ-BNV"]
    assert numbers(issued_to=date(2022, 11, 17)) == ["905/QĐ-BNV", "61/2018/NĐ-CP"]
    assert numbers(text="de an nang luc") == ["1718/QĐ-UBND", "905/QĐ-BNV"]
    assert numbers(text="100%_") == []
    assert numbers(number="nđ 61/2018") == ["61/2018/NĐ-CP"]
    assert numbers(status=ValidityStatus.IN_FORCE) == ["61/2018/NĐ-CP"]
    assert numbers(status=ValidityStatus.UNKNOWN, limit=1, offset=1) == ["905/QĐ-BNV"]
    assert numbers(limit=1, offset=1) == ["905/QĐ-BNV"]


def test_a_list_of_documents_can_be_counted_and_narrowed(corpus: Corpus) -> None:
    for place, header in enumerate((DECREE, DECISION, KHANH_HOA)):
        add(corpus, header, f"Điều 1. {header.title}", file=f"{place}.txt")
    assert corpus.count_documents() == 3
    assert corpus.count_documents(kind="Quyết định", text="de an") == 2
    shelf = corpus.shelf()
    assert shelf.kinds == ("Nghị định", "Quyết định")
    assert shelf.issuers == ("Bộ Nội vụ", "Chính phủ", "Ủy ban nhân dân tỉnh Khánh Hòa")
    assert shelf.years == (2023, 2022, 2018)


@pytest.mark.parametrize(
    "spelling",
    [
        "61/2018/NĐ-CP",
        "nđ 61",
        "ND-CP 61/2018",
        "nghi dinh 61/2018",
        "61/2018",
        "Nghị định số 061/2018/nđ-cp",
        "61",
    ],
)
def test_a_document_is_found_by_any_spelling_of_its_number(corpus: Corpus, spelling: str) -> None:
    add(corpus, DECREE, file="1.txt")
    add(corpus, DECISION, file="2.txt")
    add(corpus, replace(DECREE, number="61/2015/TT-BTC", issuer="Bộ Tài chính"), "Điều 1. x", file="3.txt")
    found = corpus.find(spelling)
    assert "61/2018/NĐ-CP" in [one.header.number for one in found]
    if spelling != "61":
        assert len(found) == 1


def test_found_documents_come_binding_ones_first_then_newest(corpus: Corpus) -> None:
    press = replace(DECISION, authority=Authority.PRESS, title="Bản tin", publisher="Báo")
    newer = replace(DECISION, number="905/QĐ-BTC", issuer="Bộ Tài chính", issued_on=date(2024, 1, 1))
    add(corpus, press, "Bài tin", file="1.txt")
    add(corpus, DECISION, "Điều 1. Gốc", file="2.txt")
    add(corpus, newer, "Điều 1. Mới", file="3.txt")
    found = [(one.header.number, one.header.authority) for one in corpus.find("đề án 905")]
    assert found == [
        ("905/QĐ-BTC", Authority.OFFICIAL),
        ("905/QĐ-BNV", Authority.OFFICIAL),
        ("905/QĐ-BNV", Authority.PRESS),
    ]
    assert [one.header.issuer for one in corpus.find("905/qd-bnv")] == ["Bộ Nội vụ", "Bộ Nội vụ"]


def test_laws_and_resolutions_of_one_number_are_told_apart_by_their_kind(corpus: Corpus) -> None:
    law = Document(number="76/2015/QH13", kind="Luật", issuer="Quốc hội", issued_on=date(2015, 6, 19))
    resolution = replace(law, number="197/2025/QH15", kind="Nghị quyết", issued_on=date(2025, 5, 17))
    add(corpus, law, "Điều 1. Luật", file="1.txt")
    add(corpus, resolution, "Điều 1. Nghị quyết", file="2.txt")
    add(corpus, replace(DECISION, number="76/NQ-CP", kind="Nghị quyết"), "Điều 1. CCHC", file="3.txt")
    assert [one.header.number for one in corpus.find("nq 76")] == ["76/NQ-CP"]
    assert [one.header.number for one in corpus.find("luật 76/2015")] == ["76/2015/QH13"]
    assert [one.header.number for one in corpus.find("nghị quyết 197")] == ["197/2025/QH15"]
    assert corpus.find("luật 197/2025") == []


def test_validity_follows_what_held_documents_say(corpus: Corpus) -> None:
    old = add(corpus, DECREE, "Điều 1. Một cửa", file="61.txt")
    assert corpus.validity(old.document_id, TODAY).status is ValidityStatus.IN_FORCE
    before = corpus.state()
    sentence = "Nghị định này thay thế Nghị định số 61/2018/NĐ-CP."
    header = Document(
        number="118/2025/NĐ-CP",
        kind="Nghị định",
        issuer="Chính phủ",
        issued_on=date(2025, 6, 9),
        effective_from=date(2025, 7, 1),
        relations=(Relation(RelationKind.REPLACES, "61/2018/NĐ-CP", 0, len(sentence)),),
    )
    new = add(corpus, header, sentence, file="118.txt")
    found = corpus.validity(old.document_id, TODAY)
    assert (found.status, found.by, found.by_id, found.evidence) == (
        ValidityStatus.EXPIRED,
        "118/2025/NĐ-CP",
        new.document_id,
        sentence,
    )
    assert corpus.validity(old.document_id, date(2025, 6, 30)).status is ValidityStatus.IN_FORCE
    assert corpus.state() != before, "the index must learn that a document ended"
    (told,) = corpus.relations_to("nđ 61/2018")
    assert (told.id, told.header.number, told.evidence) == (new.document_id, "118/2025/NĐ-CP", sentence)
    ends = {one.header.number: one.effective_to for one in corpus.current()}
    assert ends == {"61/2018/NĐ-CP": date(2025, 6, 30), "118/2025/NĐ-CP": None}
    both = corpus.validities([old.document_id, new.document_id], TODAY)
    assert [one.status for one in both.values()] == [ValidityStatus.EXPIRED, ValidityStatus.IN_FORCE]
    expired = corpus.documents(on=TODAY, status=ValidityStatus.EXPIRED)
    assert [one.id for one in expired] == [old.document_id]
    add(corpus, KHANH_HOA, "Điều 1. Khác", file="118.txt")
    assert corpus.validity(old.document_id, TODAY).status is ValidityStatus.IN_FORCE


def test_a_summary_steps_back_when_the_decree_itself_is_held(corpus: Corpus) -> None:
    summary = add(
        corpus, replace(DECREE, authority=Authority.SUMMARY, title="Tóm lược"), "Tóm lược", file="s.txt"
    )
    assert corpus.superseded_by_authority(summary.document_id) is None
    decree = add(corpus, DECREE, "Điều 1. Gốc", file="g.txt")
    assert summary.document_id != decree.document_id
    assert corpus.superseded_by_authority(summary.document_id) == decree.document_id
    assert corpus.superseded_by_authority(decree.document_id) is None
    assert {one.id: one.superseded_by for one in corpus.current()} == {
        summary.document_id: decree.document_id,
        decree.document_id: None,
    }
    consolidated = add(
        corpus, replace(DECREE, authority=Authority.CONSOLIDATED), "Điều 1. Hợp nhất", file="h.txt"
    )
    assert corpus.superseded_by_authority(consolidated.document_id) is None


def test_the_same_number_of_another_province_supersedes_nothing(corpus: Corpus) -> None:
    summary = add(corpus, replace(KHANH_HOA, authority=Authority.SUMMARY), "Tóm lược", file="s.txt")
    other = replace(KHANH_HOA, issuer="Ủy ban nhân dân tỉnh Lâm Đồng", issued_on=date(2024, 1, 1))
    official = add(corpus, other, "Điều 1. Lâm Đồng", file="l.txt")
    assert corpus.superseded_by_authority(summary.document_id) is None
    assert len(corpus.find("1718")) == 2
    bare = Document(number="1718/QĐ-UBND", authority=Authority.SUMMARY, title="Không rõ của ai")
    unknown = add(corpus, bare, "Tóm lược", file="u.txt")
    assert corpus.superseded_by_authority(unknown.document_id) is None
    assert official.outcome is Outcome.ADDED


def tree_document(corpus: Corpus) -> str:
    """Two chapters with articles and clauses, and an attached regulation that counts from Điều 1 again."""
    rows = [
        ("chuong-i", None, Level.CHAPTER),
        ("chuong-i.dieu-1", "chuong-i", Level.ARTICLE),
        ("chuong-i.dieu-1.khoan-1", "chuong-i.dieu-1", Level.CLAUSE),
        ("chuong-i.dieu-1.khoan-2", "chuong-i.dieu-1", Level.CLAUSE),
        ("chuong-ii", None, Level.CHAPTER),
        ("chuong-ii.dieu-2", "chuong-ii", Level.ARTICLE),
        ("chuong-ii.dieu-2.khoan-1", "chuong-ii.dieu-2", Level.CLAUSE),
        ("kem-theo-1", None, Level.ATTACHMENT),
        ("kem-theo-1.dieu-1", "kem-theo-1", Level.ARTICLE),
    ]
    tree = [
        Provision(path, parent, level, "1", path, "", place, place + 1, place + 1, place)
        for place, (path, parent, level) in enumerate(rows)
    ]
    data = b"tree"
    source = Source("file:///t", hashlib.sha256(data).hexdigest(), "text/plain")
    return corpus.add(
        DECREE, "x" * 20, tree, source, data, root=ROOT, file="t", size=4, mtime_ns=1
    ).document_id


def test_neighbours_run_across_chapters_but_not_into_an_attachment(corpus: Corpus) -> None:
    id = tree_document(corpus)

    def paths(path: str) -> list[str | None]:
        return [one and one.path for one in corpus.neighbours(id, path)]

    assert paths("chuong-i.dieu-1") == [None, "chuong-ii.dieu-2"]
    assert paths("chuong-ii.dieu-2") == ["chuong-i.dieu-1", None]
    assert paths("kem-theo-1.dieu-1") == [None, None]
    assert paths("chuong-i.dieu-1.khoan-2") == ["chuong-i.dieu-1.khoan-1", None]
    assert paths("chuong-i") == [None, "chuong-ii"]
    with pytest.raises(NotHeldError):
        corpus.neighbours(id, "dieu-99")


def test_children_and_outline_follow_the_tree(corpus: Corpus) -> None:
    id = tree_document(corpus)
    assert [one.path for one in corpus.children(id, None)] == ["chuong-i", "chuong-ii", "kem-theo-1"]
    assert [one.path for one in corpus.children(id, "chuong-i.dieu-1")] == [
        "chuong-i.dieu-1.khoan-1",
        "chuong-i.dieu-1.khoan-2",
    ]
    assert [one.path for one in corpus.outline(id, 1)] == ["chuong-i", "chuong-ii", "kem-theo-1"]
    assert len(corpus.outline(id, 2)) == 6
    assert len(corpus.outline(id, 3)) == 9


def test_what_is_not_held_is_said(corpus: Corpus) -> None:
    added = add(corpus, DECREE)
    for ask in (
        lambda: corpus.text("khong-co"),
        lambda: corpus.text(added.document_id, "00" * 32),
        lambda: corpus.provision(added.document_id, "dieu-9"),
        lambda: corpus.validity("khong-co", TODAY),
        lambda: corpus.source_bytes("khong-co"),
    ):
        with pytest.raises(NotHeldError):
            ask()


def test_bytes_that_are_not_what_the_source_says_are_refused(corpus: Corpus) -> None:
    source = Source("file:///a", "00" * 32, "text/plain")
    with pytest.raises(ValueError, match="digest"):
        corpus.add(DECREE, "x", [], source, b"x", root=ROOT, file="a", size=1, mtime_ns=1)
    assert corpus.counts().documents == 0


def test_a_document_whose_provisions_cannot_be_stored_leaves_nothing(corpus: Corpus) -> None:
    add(corpus, DECREE, "Điều 1. Cũ")
    before = corpus.state()
    text, tree = content("Điều 1. Mới", "Điều 2. Mới")
    tree[1] = replace(tree[1], path="dieu-1")  # two nodes of one path
    source = Source("file:///a.txt", hashlib.sha256(b"moi").hexdigest(), "text/plain")
    with pytest.raises(Exception, match=r"(?i)unique"):
        corpus.add(DECREE, text, tree, source, b"moi", root=ROOT, file="a.txt", size=3, mtime_ns=2)
    assert corpus.state() == before
    state = corpus.file_state(ROOT, "a.txt")
    assert state and state.mtime_ns == 1


def test_a_hundred_documents_with_twenty_thousand_provisions_take_seconds(corpus: Corpus) -> None:
    started = time.process_time()
    for count in range(100):
        header = replace(DECREE, number=f"{count + 1}/2019/NĐ-CP")
        add(corpus, header, *(f"Điều {n}. Nội dung {count}" for n in range(200)), file=f"{count}.txt")
    assert time.process_time() - started < 20
    counts = corpus.counts()
    assert (counts.documents, counts.provisions, counts.articles) == (100, 20_000, 20_000)
    started = time.process_time()
    corpus.state()
    assert time.process_time() - started < 2


def test_readers_and_a_writer_in_threads_do_not_disturb_each_other(corpus: Corpus) -> None:
    held = add(corpus, DECREE)
    problems: list[Exception] = []

    def write(offset: int) -> None:
        try:
            for count in range(15):
                header = replace(DECISION, number=f"{offset + count}/QĐ-BNV")
                add(corpus, header, f"Điều 1. {offset + count}", file=f"{offset + count}.txt")
                corpus.text(held.document_id)
                corpus.counts()
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=write, args=(offset,)) for offset in (100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert corpus.counts().documents == 46


_ADDS_FOREVER = """
import sys
from tests.test_corpus import DECREE, add, replace
from corpus.store import Corpus
with Corpus.open(sys.argv[1]) as corpus:
    for count in range(int(sys.argv[2]), 10_000):
        header = replace(DECREE, number=f"{count}/2019/NĐ-CP")
        add(corpus, header, *(f"Điều {n}. Nội dung" for n in range(2000)), str(count), file=f"{count}.txt")
        print(count, flush=True)
"""


def test_a_killed_process_leaves_every_document_whole_or_not_at_all(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'corpus.db'}"
    chance = random.Random(905)
    done = 1
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", _ADDS_FOREVER, dsn, str(done)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        assert process.stdout
        promised = int(process.stdout.readline())
        time.sleep(chance.random() * 0.3)
        os.kill(process.pid, signal.SIGKILL)
        promised = max([promised, *(int(line) for line in process.stdout if line.endswith("\n"))])
        process.wait()
        with Corpus.open(dsn) as corpus:
            documents = corpus.documents(on=TODAY)
            numbers = {one.header.number for one in documents}
            assert {f"{count:02d}/2019/NĐ-CP" for count in range(1, promised + 1)} <= {
                f"{int(number.split('/')[0]):02d}/2019/NĐ-CP" for number in numbers
            }, "what was reported as stored is stored"
            for one in documents:
                assert len(corpus.provisions(one.id)) == 2001
                assert hashlib.sha256(corpus.source_bytes(one.id)).hexdigest() == one.revision
                assert one.files[0].status == "ok"
            assert corpus.counts().files == {"ok": len(documents)}
        done = promised + 1
