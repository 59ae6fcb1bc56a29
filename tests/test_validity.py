"""Validity: the facts of public law, told by hand-made headers, come out right on every day."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from corpus.document import Authority, Document, Relation, RelationKind
from corpus.validity import Incoming, ValidityStatus, interval, today, validity

GOVERNMENT = "Chính phủ"


def decree(number: str, issued: str, effective: str | None = None, issuer: str = GOVERNMENT) -> Document:
    return Document(
        number=number,
        kind="Nghị định",
        issuer=issuer,
        issued_on=date.fromisoformat(issued),
        effective_from=date.fromisoformat(effective) if effective else None,
    )


def says(
    header: Document,
    kind: RelationKind,
    number: str,
    sentence: str = "",
    effective: str | None = None,
    whole: bool = True,
) -> Incoming:
    day = date.fromisoformat(effective) if effective else None
    return Incoming(
        Relation(kind, number, effective_on=day, whole=whole), header, f"id-{header.number}", sentence
    )


ND_61 = decree("61/2018/NĐ-CP", "2018-04-23", "2018-06-21")
ND_107 = decree("107/2021/NĐ-CP", "2021-12-06", "2021-12-06")
ND_118 = decree("118/2025/NĐ-CP", "2025-06-09", "2025-07-01")
ND_367 = decree("367/2025/NĐ-CP", "2025-12-31", "2025-12-31")
ONE_STOP = [
    says(ND_107, RelationKind.AMENDS, "61/2018/NĐ-CP"),
    says(
        ND_118, RelationKind.REPLACES, "61/2018/NĐ-CP", "Nghị định này thay thế Nghị định số 61/2018/NĐ-CP."
    ),
    says(ND_367, RelationKind.AMENDS, "118/2025/NĐ-CP"),
]


def test_one_stop_shop_decree_lives_from_2018_until_118_replaces_it() -> None:
    def status(day: date) -> ValidityStatus:
        return validity(ND_61, day, ONE_STOP).status

    assert status(date(2018, 6, 20)) is ValidityStatus.NOT_YET
    assert status(date(2018, 6, 21)) is ValidityStatus.IN_FORCE
    assert status(date(2025, 6, 30)) is ValidityStatus.IN_FORCE
    assert status(date(2025, 7, 1)) is ValidityStatus.EXPIRED
    ended = validity(ND_61, date(2026, 11, 1), ONE_STOP)
    assert ended.status is ValidityStatus.EXPIRED
    assert (ended.by, ended.by_id, ended.since) == ("118/2025/NĐ-CP", "id-118/2025/NĐ-CP", date(2025, 7, 1))
    assert ended.evidence == "Nghị định này thay thế Nghị định số 61/2018/NĐ-CP."
    assert interval(ND_61, ONE_STOP) == (date(2018, 6, 21), date(2025, 6, 30))


def test_an_amended_decree_stays_in_force_and_names_the_amendment() -> None:
    before, after = (validity(ND_118, day, ONE_STOP) for day in (date(2025, 12, 30), date(2025, 12, 31)))
    assert (before.status, before.by) == (ValidityStatus.IN_FORCE, "")
    assert (after.status, after.by, after.since) == (
        ValidityStatus.IN_FORCE,
        "367/2025/NĐ-CP",
        date(2025, 7, 1),
    )
    assert interval(ND_118, ONE_STOP) == (date(2025, 7, 1), None)


def test_data_sharing_decree_is_repealed_by_278() -> None:
    header = decree("47/2020/NĐ-CP", "2020-04-09", "2020-05-25")
    later = decree("278/2025/NĐ-CP", "2025-10-22", "2025-10-22")
    incoming = [says(later, RelationKind.REPEALS, "47/2020/NĐ-CP")]
    assert validity(header, date(2025, 10, 21), incoming).status is ValidityStatus.IN_FORCE
    assert validity(header, date(2025, 10, 22), incoming).status is ValidityStatus.EXPIRED


def test_personal_data_decree_ends_on_the_day_the_clause_names() -> None:
    header = decree("13/2023/NĐ-CP", "2023-04-17", "2023-07-01")
    later = decree("356/2025/NĐ-CP", "2025-12-31", "2026-01-01")
    incoming = [says(later, RelationKind.REPLACES, "13/2023/NĐ-CP", effective="2026-01-01")]
    assert validity(header, date(2025, 12, 31), incoming).status is ValidityStatus.IN_FORCE
    assert validity(header, date(2026, 1, 1), incoming).status is ValidityStatus.EXPIRED
    assert interval(header, incoming)[1] == date(2025, 12, 31)


def test_a_relation_may_hold_later_than_its_document() -> None:
    later = decree("118/2025/NĐ-CP", "2025-06-09", "2025-07-01")
    incoming = [says(later, RelationKind.REPEALS, "61/2018/NĐ-CP", effective="2026-01-01")]
    assert validity(ND_61, date(2025, 12, 31), incoming).status is ValidityStatus.IN_FORCE


def test_repeal_of_parts_expires_partly() -> None:
    incoming = [says(ND_118, RelationKind.REPEALS, "61/2018/NĐ-CP", whole=False)]
    found = validity(ND_61, date(2025, 7, 1), incoming)
    assert (found.status, found.by) == (ValidityStatus.PARTLY_EXPIRED, "118/2025/NĐ-CP")
    assert validity(ND_61, date(2025, 6, 30), incoming).status is ValidityStatus.IN_FORCE
    assert interval(ND_61, incoming)[1] is None


def test_last_day_in_force_still_counts() -> None:
    header = Document(
        number="08/2020/QĐ-UBND", effective_from=date(2020, 1, 1), effective_to=date(2024, 12, 31)
    )
    assert validity(header, date(2024, 12, 31)).status is ValidityStatus.IN_FORCE
    ended = validity(header, date(2025, 1, 1))
    assert (ended.status, ended.since) == (ValidityStatus.EXPIRED, date(2025, 1, 1))


def test_silence_on_the_effective_date_is_unknown_not_today() -> None:
    silent = decree("76/NQ-CP", "2021-07-15")
    assert validity(silent, date(2026, 1, 1)).status is ValidityStatus.UNKNOWN
    assert validity(silent, date(2021, 7, 14)).status is ValidityStatus.NOT_YET
    assert validity(Document(title="Kế hoạch"), date(2026, 1, 1)).status is ValidityStatus.UNKNOWN


def test_a_repeal_ends_even_a_document_that_is_silent() -> None:
    silent = decree("61/2018/NĐ-CP", "2018-04-23")
    assert validity(silent, date(2026, 1, 1), ONE_STOP).status is ValidityStatus.EXPIRED
    assert validity(silent, date(2024, 1, 1), ONE_STOP).status is ValidityStatus.UNKNOWN


def test_a_repeal_without_effective_date_works_from_its_issue_and_claims_no_day() -> None:
    later = decree("118/2025/NĐ-CP", "2025-06-09")
    incoming = [says(later, RelationKind.REPLACES, "61/2018/NĐ-CP")]
    assert validity(ND_61, date(2025, 6, 8), incoming).status is ValidityStatus.IN_FORCE
    ended = validity(ND_61, date(2025, 6, 9), incoming)
    assert (ended.status, ended.since) == (ValidityStatus.EXPIRED, None)


def test_a_repeal_without_any_date_leaves_it_unknown() -> None:
    incoming = [says(Document(number="118/2025/NĐ-CP"), RelationKind.REPLACES, "61/2018/NĐ-CP")]
    found = validity(ND_61, date(2026, 1, 1), incoming)
    assert (found.status, found.by) == (ValidityStatus.UNKNOWN, "118/2025/NĐ-CP")


def test_the_decree_itself_is_heard_before_a_summary_of_it() -> None:
    summary = Document(
        number="118/2025/NĐ-CP", issued_on=date(2025, 6, 9), authority=Authority.SUMMARY, issuer=GOVERNMENT
    )
    told = says(summary, RelationKind.REPLACES, "61/2018/NĐ-CP")
    told = Incoming(told.relation, told.header, "summary")
    official = says(ND_118, RelationKind.REPLACES, "61/2018/NĐ-CP")
    assert validity(ND_61, date(2025, 6, 15), [told, official]).status is ValidityStatus.IN_FORCE
    assert validity(ND_61, date(2025, 7, 1), [told, official]).by_id == "id-118/2025/NĐ-CP"
    assert validity(ND_61, date(2025, 7, 1), [told]).by_id == "summary"
    assert interval(ND_61, [told, official])[1] == date(2025, 6, 30)


def test_a_press_item_ends_no_regulation() -> None:
    press = Document(
        number="118/2025/NĐ-CP",
        issued_on=date(2025, 6, 9),
        effective_from=date(2025, 7, 1),
        authority=Authority.PRESS,
    )
    incoming = [says(press, RelationKind.REPLACES, "61/2018/NĐ-CP")]
    assert validity(ND_61, date(2026, 1, 1), incoming).status is ValidityStatus.IN_FORCE


def test_the_same_number_of_another_province_is_another_document() -> None:
    number = "1718/QĐ-UBND"
    khanh_hoa = decree(number, "2023-07-21", "2023-07-21", "Ủy ban nhân dân tỉnh Khánh Hòa")
    da_nang = decree("2000/QĐ-UBND", "2024-01-02", "2024-01-02", "Ủy ban nhân dân thành phố Đà Nẵng")
    own = decree("2001/QĐ-UBND", "2024-01-02", "2024-01-02", "Ủy ban nhân dân tỉnh Khánh Hoà")
    on = date(2024, 6, 1)
    assert (
        validity(khanh_hoa, on, [says(da_nang, RelationKind.REPLACES, number)]).status
        is ValidityStatus.IN_FORCE
    )
    assert (
        validity(khanh_hoa, on, [says(own, RelationKind.REPLACES, number)]).status is ValidityStatus.EXPIRED
    )


def test_the_same_number_of_another_year_is_another_document() -> None:
    header = decree("905/QĐ-BNV", "2022-11-17", "2022-11-17", "Bộ Nội vụ")
    later = decree("12/QĐ-BNV", "2025-01-10", "2025-01-10", "Bộ Nội vụ")
    other = says(
        later, RelationKind.REPEALS, "905/QĐ-BNV", "Bãi bỏ Quyết định số 905/QĐ-BNV ngày 03/10/2019."
    )
    same = says(
        later, RelationKind.REPEALS, "905/QĐ-BNV", "Bãi bỏ Quyết định 905/QĐ-BNV ngày 17 tháng 11 năm 2022."
    )
    assert validity(header, date(2026, 1, 1), [other]).status is ValidityStatus.IN_FORCE
    assert validity(header, date(2026, 1, 1), [same]).status is ValidityStatus.EXPIRED
    older = decree("12/QĐ-BNV", "2020-01-10", "2020-01-10", "Bộ Nội vụ")
    assert (
        validity(header, date(2026, 1, 1), [says(older, RelationKind.REPEALS, "905/QĐ-BNV")]).status
        is ValidityStatus.IN_FORCE
    )


def test_a_number_of_many_namesakes_needs_the_place_or_the_day_before_it_ends_a_document() -> None:
    on = date(2025, 1, 1)
    number = "15/2020/QĐ-UBND"
    bare = Document(number=number, kind="Quyết định", effective_from=date(2020, 5, 1))
    province = decree("3/2024/QĐ-UBND", "2024-01-01", "2024-02-01", "Ủy ban nhân dân tỉnh Cà Mau")
    said = says(
        province, RelationKind.REPEALS, number, f"Bãi bỏ Quyết định số {number} ngày 20 tháng 4 năm 2020."
    )
    found = validity(bare, on, [said])
    assert (found.status, found.by) == (ValidityStatus.UNKNOWN, "3/2024/QĐ-UBND")
    assert "chưa chắc là văn bản đó" in found.check
    assert interval(bare, [said]) == (date(2020, 5, 1), None)
    assert validity(replace(bare, issued_on=date(2020, 4, 20)), on, [said]).status is ValidityStatus.EXPIRED

    ministry = decree("12/QĐ-BNV", "2025-01-01", "2025-01-01", "Bộ Nội vụ")
    yearly = Document(number="905/QĐ-BNV", effective_from=date(2022, 11, 17))
    ended = [says(ministry, RelationKind.REPEALS, "905/QĐ-BNV", "Bãi bỏ Quyết định số 905/QĐ-BNV.")]
    assert validity(yearly, on, ended).status is ValidityStatus.UNKNOWN
    dated = replace(yearly, issued_on=date(2022, 11, 17))
    assert validity(dated, on, ended).status is ValidityStatus.EXPIRED


def test_a_province_ends_nothing_that_a_central_agency_issued() -> None:
    province = decree("3/2024/QĐ-UBND", "2024-01-01", "2024-02-01", "Ủy ban nhân dân tỉnh Cà Mau")
    told = says(province, RelationKind.REPEALS, ND_61.number, "Nghị định số 61/2018/NĐ-CP đã hết hiệu lực.")
    assert validity(ND_61, date(2025, 1, 1), [told]).status is ValidityStatus.IN_FORCE


def test_a_ministry_is_no_place() -> None:
    header = decree("08/2019/TT-BLĐTBXH", "2019-03-07", "2019-05-01", "Bộ Lao động - Thương binh và Xã hội")
    later = decree("03/2026/TT-BNV", "2026-02-01", "2026-02-01", "Bộ Nội vụ")
    incoming = [says(later, RelationKind.REPEALS, "08/2019/TT-BLĐTBXH")]
    assert validity(header, date(2026, 3, 1), incoming).status is ValidityStatus.EXPIRED


def test_what_was_kept_once_ends_with_a_later_repeal() -> None:
    keeps = says(ND_107, RelationKind.KEEPS, ND_61.number)
    first = says(ND_107, RelationKind.REPEALS, ND_61.number)
    last = says(ND_118, RelationKind.REPLACES, ND_61.number)
    said = [first, keeps, last]
    assert validity(ND_61, date(2022, 1, 1), said).status is ValidityStatus.IN_FORCE
    assert validity(ND_61, date(2025, 7, 1), said).status is ValidityStatus.EXPIRED
    kept_anew = [*said, says(ND_367, RelationKind.KEEPS, ND_61.number)]
    assert validity(ND_61, date(2025, 12, 30), kept_anew).status is ValidityStatus.EXPIRED
    assert validity(ND_61, date(2025, 12, 31), kept_anew).status is ValidityStatus.IN_FORCE


def test_a_document_cannot_end_itself() -> None:
    assert (
        validity(ND_61, date(2026, 1, 1), [says(ND_61, RelationKind.REPEALS, "61/2018/NĐ-CP")]).status
        is ValidityStatus.IN_FORCE
    )


def test_today_is_the_day_in_viet_nam_wherever_the_server_stands() -> None:
    there = ZoneInfo("Asia/Ho_Chi_Minh")
    assert datetime.now(there).date() <= today() <= datetime.now(there).date()
