"""What is in force on which day, down to the provision, and in which words. A real corpus of invented decrees."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Authority, Document, Relation, RelationKind
from corpus.store import Corpus, NotHeldError
from corpus.validity import Incoming, ValidityStatus, provision_validity, validity
from ingest.pipeline import ingest
from settings import Settings

IN_FORCE, PARTLY, EXPIRED, NOT_YET, SUSPENDED, UNKNOWN = (
    ValidityStatus.IN_FORCE, ValidityStatus.PARTLY_EXPIRED, ValidityStatus.EXPIRED, ValidityStatus.NOT_YET,
    ValidityStatus.SUSPENDED, ValidityStatus.UNKNOWN,
)  # fmt: skip

BASE = """CHÍNH PHỦ
Số: 41/2030/NĐ-CP
Hà Nội, ngày 05 tháng 01 năm 2030
NGHỊ ĐỊNH
Về kho sách
Điều 1. Mượn sách
1. Mỗi người mượn ba quyển.
2. Thời hạn mượn là 10 ngày.
3. Người mượn có thẻ.
Điều 2. Trả sách
1. Trả tại kho.
2. Trả qua bưu điện.
Điều 3. Kho báo
Kho báo mở buổi sáng.
Điều 4. Hiệu lực thi hành
Nghị định này có hiệu lực thi hành từ ngày 01 tháng 3 năm 2030."""

FIRST = """CHÍNH PHỦ
Số: 52/2031/NĐ-CP
Hà Nội, ngày 10 tháng 6 năm 2031
NGHỊ ĐỊNH
Sửa đổi, bổ sung một số điều của Nghị định số 41/2030/NĐ-CP về kho sách
Điều 1. Sửa đổi, bổ sung một số điều của Nghị định số 41/2030/NĐ-CP
1. Khoản 2 Điều 1 được sửa đổi như sau:
“2. Thời hạn mượn là 20 ngày.”
2. Bổ sung khoản 4 vào sau khoản 3 Điều 1 như sau:
“4. Trẻ em mượn không cần thẻ.”
3. Bãi bỏ khoản 2 Điều 2.
4. Thay thế cụm từ “buổi sáng” bằng cụm từ “cả ngày” tại Điều 3.
5. Bổ sung Điều 3a vào sau Điều 3 như sau:
“Điều 3a. Kho đĩa
Kho đĩa mở thứ bảy.”
Điều 2. Hiệu lực thi hành
1. Nghị định này có hiệu lực thi hành từ ngày 01 tháng 8 năm 2031.
2. Khoản 3 Điều 1 có hiệu lực từ ngày 01 tháng 01 năm 2032."""

SECOND = """CHÍNH PHỦ
Số: 63/2033/NĐ-CP
Hà Nội, ngày 10 tháng 01 năm 2033
NGHỊ ĐỊNH
Sửa đổi, bổ sung một số điều của Nghị định số 41/2030/NĐ-CP về kho sách
Điều 1. Sửa đổi, bổ sung một số điều của Nghị định số 41/2030/NĐ-CP
1. Sửa đổi, bổ sung Điều 1 như sau:
“Điều 1. Mượn sách và báo
1. Mỗi người mượn năm quyển.
2. Thời hạn mượn là 30 ngày.”
Điều 2. Hiệu lực thi hành
Nghị định này có hiệu lực thi hành từ ngày 01 tháng 02 năm 2033."""

LAST = """CHÍNH PHỦ
Số: 74/2035/NĐ-CP
Hà Nội, ngày 10 tháng 01 năm 2035
NGHỊ ĐỊNH
Về thư viện
Điều 1. Thư viện
Thư viện mở cả ngày.
Điều 2. Hiệu lực thi hành
1. Nghị định này có hiệu lực thi hành từ ngày 01 tháng 5 năm 2035.
2. Nghị định số 41/2030/NĐ-CP hết hiệu lực kể từ ngày 01/5/2035, trừ Điều 3 tiếp tục có hiệu lực đến hết ngày 31/12/2035."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    folder = tmp_path_factory.mktemp("shelf")
    for name, text in (("base", BASE), ("first", FIRST), ("second", SECOND), ("last", LAST)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    with Corpus.open(settings.dsn) as corpus:
        assert not ingest([folder], corpus, settings).failed
        yield corpus


def base(shelf: Corpus) -> str:
    return shelf.find("41/2030/NĐ-CP")[0].id


@pytest.mark.parametrize(
    ("path", "day", "status", "by"),
    [
        ("dieu-1.khoan-2", date(2030, 2, 28), NOT_YET, ""),
        ("dieu-1.khoan-2", date(2030, 3, 1), IN_FORCE, ""),
        ("dieu-1.khoan-2", date(2031, 7, 31), IN_FORCE, ""),
        ("dieu-1.khoan-2", date(2031, 8, 1), IN_FORCE, "52/2031/NĐ-CP"),
        ("dieu-1.khoan-2", date(2033, 2, 1), IN_FORCE, "63/2033/NĐ-CP"),
        ("dieu-2.khoan-2", date(2031, 8, 1), IN_FORCE, ""),  # the order to end it works later
        ("dieu-2.khoan-2", date(2031, 12, 31), IN_FORCE, ""),
        ("dieu-2.khoan-2", date(2032, 1, 1), EXPIRED, "52/2031/NĐ-CP"),
        ("dieu-2", date(2032, 1, 1), PARTLY, "52/2031/NĐ-CP"),
        ("dieu-2.khoan-1", date(2032, 1, 1), IN_FORCE, ""),
        ("dieu-1", date(2035, 5, 1), EXPIRED, "74/2035/NĐ-CP"),
        ("dieu-3", date(2035, 5, 1), IN_FORCE, "74/2035/NĐ-CP"),
        ("dieu-3", date(2035, 12, 31), IN_FORCE, "74/2035/NĐ-CP"),
        ("dieu-3", date(2036, 1, 1), EXPIRED, "74/2035/NĐ-CP"),
    ],
)
def test_a_provision_has_its_own_status_on_every_day(
    shelf: Corpus, path: str, day: date, status: ValidityStatus, by: str
) -> None:
    found = shelf.provision_validity(base(shelf), path, day)
    assert (found.status, found.by) == (status, by)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2030, 2, 28), NOT_YET), (date(2030, 3, 1), IN_FORCE), (date(2031, 7, 31), IN_FORCE),
        (date(2031, 8, 1), PARTLY), (date(2035, 4, 30), PARTLY), (date(2035, 5, 1), PARTLY), (date(2036, 1, 1), EXPIRED),
    ],
)  # fmt: skip
def test_the_document_is_partly_expired_while_some_of_it_holds(
    shelf: Corpus, day: date, status: ValidityStatus
) -> None:
    found = shelf.validity(base(shelf), day)
    assert found.status is status
    assert status in (NOT_YET, IN_FORCE) or found.evidence


@pytest.mark.parametrize(
    ("path", "day", "text"),
    [
        ("dieu-1.khoan-2", date(2031, 7, 31), "2. Thời hạn mượn là 10 ngày."),
        ("dieu-1.khoan-2", date(2031, 8, 1), "2. Thời hạn mượn là 20 ngày."),
        ("dieu-1.khoan-2", date(2033, 1, 31), "2. Thời hạn mượn là 20 ngày."),
        ("dieu-1.khoan-2", date(2033, 2, 1), "2. Thời hạn mượn là 30 ngày."),
        ("dieu-1", date(2031, 8, 1), "Điều 1. Mượn sách\n1. Mỗi người mượn ba quyển.\n2. Thời hạn mượn là 20 ngày.\n"
         "3. Người mượn có thẻ.\n4. Trẻ em mượn không cần thẻ."),
        ("dieu-1", date(2033, 2, 1), "Điều 1. Mượn sách và báo\n1. Mỗi người mượn năm quyển.\n2. Thời hạn mượn là 30 ngày."),
        ("dieu-2", date(2032, 1, 1), "Điều 2. Trả sách\n1. Trả tại kho."),
        ("dieu-3a", date(2031, 8, 1), "Điều 3a. Kho đĩa\nKho đĩa mở thứ bảy."),
    ],
)  # fmt: skip
def test_the_words_are_those_of_the_day(shelf: Corpus, path: str, day: date, text: str) -> None:
    found = shelf.provision_as_of(base(shelf), path, day)
    assert found.text == text
    for piece in found.pieces:
        assert shelf.text(piece.document_id)[piece.start : piece.end] == piece.text, (
            "every piece can be cited"
        )


def test_an_added_article_is_not_there_before(shelf: Corpus) -> None:
    with pytest.raises(NotHeldError):
        shelf.provision_as_of(base(shelf), "dieu-3a", date(2031, 7, 31))


def test_new_words_name_the_document_they_stand_in(shelf: Corpus) -> None:
    found = shelf.provision_as_of(base(shelf), "dieu-1.khoan-2", date(2031, 8, 1))
    assert found.amended
    assert [piece.by and piece.by.header.number for piece in found.pieces] == ["52/2031/NĐ-CP"]
    assert "52/2031/NĐ-CP" in found.notice and "41/2030/NĐ-CP" in found.notice


def test_words_that_are_not_given_leave_the_old_ones_with_a_notice(shelf: Corpus) -> None:
    found = shelf.provision_as_of(base(shelf), "dieu-3", date(2031, 8, 1))
    assert found.text == "Điều 3. Kho báo\nKho báo mở buổi sáng."
    assert "không có nguyên văn" in found.notice
    assert [one.evidence for one in found.changes] == [
        "4. Thay thế cụm từ “buổi sáng” bằng cụm từ “cả ngày” tại Điều 3."
    ]


def test_a_clause_that_the_new_article_dropped_is_not_made_up(shelf: Corpus) -> None:
    found = shelf.provision_as_of(base(shelf), "dieu-1.khoan-3", date(2033, 2, 1))
    assert found.notice, "the reader is told that its article was given anew without it"


def test_a_document_known_by_its_number_alone_has_the_words_that_amend_it(tmp_path: Path) -> None:
    (tmp_path / "first.txt").write_text(FIRST, encoding="utf-8")
    settings = Settings(data_dir=tmp_path / "data")
    with Corpus.open(settings.dsn) as corpus:
        ingest([tmp_path / "first.txt"], corpus, settings)
        assert corpus.wording_of("nđ 41/2030/NĐ-CP", "dieu-1.khoan-2", date(2031, 7, 31)) is None
        found = corpus.wording_of("41/2030/NĐ-CP", "dieu-1.khoan-2", date(2031, 8, 1))
        assert found and found.text == "2. Thời hạn mượn là 20 ngày."
        gone = corpus.wording_of("41/2030/NĐ-CP", "dieu-2.khoan-2", date(2032, 1, 1))
        assert gone and (gone.validity.status, gone.text) == (EXPIRED, "")


# -- rules, on headers made by hand ----------------------------------------------------------------------


def decree(number: str, issued: str, effective: str | None, *relations: Relation) -> Document:
    begins = date.fromisoformat(effective) if effective else None
    return Document(
        number, "Nghị định", "Chính phủ", date.fromisoformat(issued), begins, relations=relations, authority=Authority.OFFICIAL
    )  # fmt: skip


def says(
    header: Document,
    kind: RelationKind,
    number: str,
    *places: str,
    ended: date | None = None,
    until: date | None = None,
) -> Incoming:
    return Incoming(
        Relation(kind, number, whole=not places, provisions=places, until=until),
        header,
        header.number,
        "Câu.",
        ended,
    )


OLD = decree("10/2030/NĐ-CP", "2030-01-01", "2030-02-01")
NEW = decree("20/2032/NĐ-CP", "2032-01-01", "2032-03-01")
LATER = decree("30/2034/NĐ-CP", "2034-01-01", "2034-03-01")


def test_a_replacement_that_was_repealed_before_it_began_ends_nothing() -> None:
    began = says(NEW, RelationKind.REPLACES, OLD.number, ended=date(2032, 3, 2))
    never = says(NEW, RelationKind.REPLACES, OLD.number, ended=date(2032, 3, 1))
    assert validity(OLD, date(2033, 1, 1), [began]).status is EXPIRED
    assert validity(OLD, date(2033, 1, 1), [never]).status is IN_FORCE


def test_two_that_replace_each_other_give_a_status_all_the_same() -> None:
    one, two = (
        decree("1/2030/NĐ-CP", "2030-01-01", "2030-02-01"),
        decree("2/2030/NĐ-CP", "2030-01-01", "2030-02-01"),
    )
    assert validity(one, date(2031, 1, 1), [says(two, RelationKind.REPLACES, one.number)]).status is EXPIRED
    assert validity(two, date(2031, 1, 1), [says(one, RelationKind.REPLACES, two.number)]).status is EXPIRED


def test_a_document_does_not_end_itself_nor_what_came_after_it() -> None:
    assert validity(OLD, date(2033, 1, 1), [says(OLD, RelationKind.REPEALS, OLD.number)]).status is IN_FORCE
    assert validity(NEW, date(2033, 1, 1), [says(OLD, RelationKind.REPEALS, NEW.number)]).status is IN_FORCE


def test_a_part_that_is_not_named_is_to_be_checked() -> None:
    vague = Incoming(
        Relation(RelationKind.REPEALS, OLD.number, whole=False), NEW, "x", "Bãi bỏ các quy định về kho."
    )
    found = provision_validity(OLD, ("dieu-1",), date(2033, 1, 1), [vague])
    assert found.status is PARTLY and "20/2032/NĐ-CP" in found.check


def test_an_amendment_after_a_repeal_brings_the_provision_back() -> None:
    told = [
        says(NEW, RelationKind.REPEALS, OLD.number, "dieu-5"),
        says(LATER, RelationKind.ADDS, OLD.number, "dieu-5"),
    ]
    assert provision_validity(OLD, ("dieu-5",), date(2033, 1, 1), told).status is EXPIRED
    assert provision_validity(OLD, ("dieu-5",), date(2035, 1, 1), told).status is IN_FORCE


def test_an_addition_ends_nothing() -> None:
    told = [says(NEW, RelationKind.ADDS, OLD.number, "dieu-5a")]
    assert validity(OLD, date(2033, 1, 1), told).status is IN_FORCE


def test_a_repealed_chapter_takes_its_articles_along() -> None:
    told = [says(NEW, RelationKind.REPEALS, OLD.number, "chuong-2")]
    inside = provision_validity(OLD, ("dieu-9.khoan-1", "dieu-9", "chuong-2"), date(2033, 1, 1), told)
    outside = provision_validity(OLD, ("dieu-3", "chuong-1"), date(2033, 1, 1), told)
    assert (inside.status, outside.status) == (EXPIRED, IN_FORCE)
    unshown = provision_validity(OLD, ("dieu-9",), date(2033, 1, 1), told, known={"dieu-9"})
    assert unshown.status is PARTLY and "Chương II" in unshown.check


def test_what_is_suspended_comes_back_after_its_last_day() -> None:
    told = [says(NEW, RelationKind.SUSPENDS, OLD.number, "dieu-4", until=date(2032, 6, 30))]

    def status(day: date) -> ValidityStatus:
        return provision_validity(OLD, ("dieu-4",), day, told).status

    assert [status(date(2032, 2, 29)), status(date(2032, 3, 1)), status(date(2032, 6, 30))] == [
        IN_FORCE,
        SUSPENDED,
        SUSPENDED,
    ]
    assert status(date(2032, 7, 1)) is IN_FORCE
    assert validity(OLD, date(2032, 5, 1), told).status is ValidityStatus.PARTLY_SUSPENDED


def test_a_guiding_document_is_to_be_checked_when_what_it_guides_has_ended(tmp_path: Path) -> None:
    guide = BASE.replace("41/2030/NĐ-CP", "5/2030/TT-BNV").replace("NGHỊ ĐỊNH", "THÔNG TƯ").replace(
        "Về kho sách", "Hướng dẫn thi hành Nghị định số 41/2030/NĐ-CP"
    ).replace("CHÍNH PHỦ", "BỘ NỘI VỤ").replace("Nghị định này", "Thông tư này")  # fmt: skip
    for name, text in (
        ("base", BASE),
        ("guide", guide),
        ("last", LAST.replace(", trừ Điều 3 tiếp tục", ". Kho tiếp tục")),
    ):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    settings = Settings(data_dir=tmp_path / "data")
    with Corpus.open(settings.dsn) as corpus:
        ingest([tmp_path / f"{name}.txt" for name in ("base", "guide", "last")], corpus, settings)
        (circular,) = corpus.find("5/2030/TT-BNV") or corpus.find("05/2030/TT-BNV")
        assert corpus.validity(circular.id, date(2035, 4, 30)).status is IN_FORCE
        after = corpus.validity(circular.id, date(2035, 5, 1))
        assert (after.status, after.by) == (UNKNOWN, "74/2035/NĐ-CP")
        assert "41/2030/NĐ-CP" in after.check


KINDS = [kind for kind in RelationKind if kind is not RelationKind.STARTS]


@given(
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.integers(0, 4000), st.sampled_from([(), ("dieu-1",), ("dieu-1.khoan-1",)]),
                  st.one_of(st.none(), st.integers(0, 4000))),
        max_size=6,
    ),
    st.integers(-10, 5000),
)  # fmt: skip
def test_no_contradiction_stops_the_derivation(
    told: list[tuple[RelationKind, int, tuple[str, ...], int | None]], later: int
) -> None:
    start = date(2030, 1, 1)
    incoming = [
        says(
            decree(f"{n + 1}/2031/NĐ-CP", (start + timedelta(issued)).isoformat(), None), kind, OLD.number, *places,
            until=start + timedelta(until) if until is not None else None,
        )
        for n, (kind, issued, places, until) in enumerate(told)
    ]  # fmt: skip
    day = start + timedelta(later)
    whole, part = (
        validity(OLD, day, incoming),
        provision_validity(OLD, ("dieu-1.khoan-1", "dieu-1"), day, incoming),
    )
    kept = any(one.relation.kind is RelationKind.KEEPS for one in incoming)
    if whole.status is EXPIRED and not kept:
        assert part.status is EXPIRED, "nothing outlives its document but what is kept"
