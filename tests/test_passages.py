"""Full-text results: which clauses hold the words, which part of them is shown, which words are marked."""

from api.passages import EXCERPT_MAX, passage, with_all_words
from index.segment import Segment


def segment(text: str, context: str = "Luật Khiếu nại") -> Segment:
    return Segment("s", "d", "r", "dieu-1", "Điều 1", 0, len(text), text, context)


def marked(words: str, text: str) -> list[str]:
    return [run.text for run in passage(words, segment(text)).runs if run.marked]


def test_marks_runs_of_the_words_and_not_each_small_word_alone() -> None:
    text = "Thời hạn của hồ sơ là ba ngày; của ai thì trả cho người đó trong thời hạn."
    assert marked("thời hạn của hồ sơ", text) == ["Thời hạn của hồ sơ", "thời hạn"]
    assert marked("ngày", text) == ["ngày"]


def test_marks_typed_without_diacritics_fit_and_typed_ones_fit_only_themselves() -> None:
    assert marked("thoi han", "Thời hạn và thời hân") == ["Thời hạn", "thời hân"]
    assert marked("thời hạn", "Thời hạn và thời hân") == ["Thời hạn"]


def test_a_run_ends_with_the_sentence_and_the_line() -> None:
    assert marked("giải quyết khiếu nại", "Giải quyết. Khiếu nại\nGiải quyết khiếu nại") == [
        "Giải quyết",
        "Khiếu nại",
        "Giải quyết khiếu nại",
    ]


def test_a_long_clause_is_cut_around_the_words() -> None:
    text = "Mở đầu dài dòng. " * 60 + "Thời hạn giải quyết là ba mươi ngày. " + "Kết thúc dài dòng. " * 60
    found = passage("thời hạn giải quyết", segment(text))
    shown = "".join(run.text for run in found.runs)
    assert found.cut_before and found.cut_after and len(shown) <= EXCERPT_MAX
    assert [run.text for run in found.runs if run.marked] == ["Thời hạn giải quyết"]
    assert shown in text and not shown.startswith(" ")


def test_a_short_clause_is_shown_whole_word_for_word() -> None:
    found = passage("nộp", segment("1. Nộp hồ sơ <b>trực tiếp</b>"))
    assert "".join(run.text for run in found.runs) == "1. Nộp hồ sơ <b>trực tiếp</b>"
    assert not found.cut_before and not found.cut_after


def test_a_clause_that_holds_every_word_with_its_headings_counts_as_holding_them_all() -> None:
    whole, part = segment("Thời hạn là ba ngày"), segment("Thời hạn là ba ngày", "Luật Tố cáo")
    assert with_all_words("thoi han khieu nai", [part, whole]) == [whole]
