"""The table of merged institutions, and which of them a text names."""

from datetime import date

from bot.institutions import gone_in, merged

OLD, NOW = date(2020, 1, 1), date(2026, 1, 1)


def test_of_63_provinces_29_went_into_the_34_of_today() -> None:
    provinces = [one for one in merged() if one.kind == "province" and one.since == date(2025, 7, 1)]
    assert len(provinces) == len({one.old for one in provinces}) == 29
    assert not {one.old for one in merged()} & {one.present for one in merged()}


def test_every_row_is_a_fact_with_its_day_and_kind() -> None:
    assert {one.kind for one in merged()} == {"province", "ministry", "department"}
    assert all(one.old and one.present and one.since.year >= 2008 for one in merged())


def test_a_name_is_known_in_any_spelling_of_its_dashes_and_tones() -> None:
    for text in (
        "Bộ Lao động – Thương binh và Xã hội",
        "Bộ Lao động, Thương binh và Xã hội",
        "BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI",
    ):
        assert [one.present for one in gone_in(text, OLD, NOW)] == ["Bộ Nội vụ"]
    assert [one.present for one in gone_in("UBND tỉnh Hoà Bình", OLD, NOW)] == ["tỉnh Phú Thọ"]


def test_a_word_that_is_no_province_is_none() -> None:
    assert gone_in("giữ gìn hòa bình và an ninh", OLD, NOW) == []


def test_an_institution_is_not_gone_before_its_day_nor_in_a_text_written_after_it() -> None:
    assert gone_in("tỉnh Phú Yên", OLD, date(2025, 6, 30)) == []
    assert gone_in("tỉnh Phú Yên", date(2025, 8, 1), NOW) == []
