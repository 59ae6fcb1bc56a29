"""Rows of a table: column heads, groups, numbers. Every text here is invented."""

from corpus.provision import Level, Provision
from ingest.reading import Block, BlockKind, Reading, Row
from ingest.structure import parse
from ingest.tables import TableRow, table_rows


def table(*rows: tuple[str, ...], at: int = 0) -> Block:
    made, begin = [], at
    for cells in rows:
        end = begin + len(" | ".join(cells))
        made.append(Row(cells, begin, end))
        begin = end + 1
    return Block(BlockKind.TABLE, at, made[-1].end, rows=tuple(made))


def rows(*cells: tuple[str, ...]) -> list[TableRow]:
    return table_rows(table(*cells))


def provisions(*parts: str | tuple[tuple[str, ...], ...]) -> tuple[Provision, ...]:
    blocks, texts, at = [], [], 0
    for part in parts:
        if isinstance(part, str):
            blocks.append(Block(BlockKind.PARAGRAPH, at, at + len(part)))
            texts.append(part)
        else:
            blocks.append(table(*part, at=at))
            texts.append("\n".join(" | ".join(cells) for cells in part))
        at += len(texts[-1]) + 1
    return parse(Reading("\n".join(texts), tuple(blocks), "text/plain"))


HEAD = ("STT", "Việc", "Người làm")


class TestHeads:
    def test_a_head_is_known_by_its_count_column(self) -> None:
        got = rows(HEAD, ("1", "Quét kho", "Thủ thư"), ("2", "Đếm sách", "Kế toán"))
        assert [(row.number, row.columns) for row in got] == [("1", HEAD), ("2", HEAD)]

    def test_a_title_row_may_stand_above_the_head(self) -> None:
        got = rows(("BẢNG VIỆC",), HEAD, ("1", "Quét kho", "Thủ thư"))
        assert [row.number for row in got] == ["1"]
        assert got[0].columns == HEAD

    def test_the_row_that_counts_the_columns_is_no_row(self) -> None:
        assert [r.number for r in rows(HEAD, ("(1)", "(2)", "(3)"), ("1", "Quét kho", "Thủ thư"))] == ["1"]

    def test_a_second_row_splits_the_columns_of_the_first(self) -> None:
        got = rows(
            ("STT", "Việc", "Điểm", "", "Ghi chú"),
            ("", "", "Tự chấm", "Kho chấm", ""),
            ("1", "Quét", "5", "4", "tốt"),
        )
        assert got[0].columns == ("STT", "Việc", "Điểm – Tự chấm", "Điểm – Kho chấm", "Ghi chú")

    def test_a_second_row_longer_than_the_first_spreads_its_last_columns(self) -> None:
        got = rows(
            ("TT", "Việc", "Năm 2025", "Năm 2026"), ("", "", "Số quyển", "Số báo", "Số quyển", "Số báo"),
            ("1", "Mua", "3", "4", "5", "6"),
        )  # fmt: skip
        assert got[0].columns[2:] == (
            "Năm 2025 – Số quyển", "Năm 2025 – Số báo", "Năm 2026 – Số quyển", "Năm 2026 – Số báo"
        )  # fmt: skip

    def test_a_second_row_that_lost_its_empty_cells_splits_the_last_column(self) -> None:
        got = rows(
            ("TT", "Việc", "Điểm chấm", "Ghi chú"), ("Tự chấm", "Kho chấm"), ("1", "Quét", "5", "4", "tốt")
        )
        assert got[0].columns == ("TT", "Việc", "Điểm chấm – Tự chấm", "Điểm chấm – Kho chấm", "Ghi chú")

    def test_the_first_row_of_data_is_not_swallowed(self) -> None:
        got = rows(("Bộ phận", "Việc", "Giờ"), ("Thủ thư", "Quét kho", "2"), ("Kế toán", "Đếm sách", "3"))
        assert len(got) == 2 and got[0].columns == ("Bộ phận", "Việc", "Giờ")

    def test_a_table_of_labels_and_texts_has_no_head(self) -> None:
        long = "Người mượn mang thẻ đến kho và ghi tên vào sổ mượn sách đặt ở cửa."
        got = rows(("Cách mượn", long), ("Thời hạn", "05 ngày"), ("Nơi mượn", "Kho sách"))
        assert len(got) == 3 and all(row.columns == () for row in got)

    def test_boxes_to_tick_and_formulas_are_no_heads(self) -> None:
        assert all(not row.columns for row in rows(("- Sách", "□", "Báo", "□"), ("- Tranh", "□", "Đĩa", "□")))
        assert all(not row.columns for row in rows(("Tỷ lệ", "=", "Sách cũ", "x 100"), ("Sách mới",)))

    def test_a_row_of_another_length_has_no_column_heads(self) -> None:
        got = rows(HEAD, ("1", "Quét kho", "Thủ thư"), ("2", "Đếm"))
        assert got[1].columns == ()

    def test_a_row_that_lost_its_empty_last_cell_keeps_the_heads_of_the_others(self) -> None:
        head = ("TT", "Việc", "Ai", "Giờ")
        got = rows(head, ("1", "Quét kho", "Thủ thư", "2"), ("2", "Đếm sách", "Kế toán"))
        assert got[1].columns == head[:3]

    def test_an_empty_form_has_no_rows(self) -> None:
        assert rows(HEAD, ("(1)", "(2)", "(3)")) == []


class TestGroups:
    def test_a_roman_row_in_capitals_heads_its_rows_though_it_has_a_sum(self) -> None:
        got = rows(("TT", "Việc", "Điểm"), ("I", "VIỆC CHUNG", "20"), ("1", "Quét", "5"))
        assert [(row.is_group, row.heading) for row in got] == [(True, "VIỆC CHUNG"), (False, "")]

    def test_letters_below_a_numbered_row_are_counted_with_it(self) -> None:
        got = rows(HEAD, ("1", "Quét", "A"), ("a)", "Sàn", "A"), ("b)", "Cửa", "B"), ("2", "Đếm", "B"))
        assert [row.number for row in got] == ["1", "1.a", "1.b", "2"]

    def test_the_counting_row_is_known_though_a_scan_spoilt_a_cell(self) -> None:
        head = ("TT", "Việc", "Ai", "Giờ", "Nơi")
        assert [
            r.number for r in rows(head, ("(1)", "(2)", "(3)", "(4)", "(ổ)"), ("1", "Quét", "A", "2", "B"))
        ] == ["1"]

    def test_roman_rows_head_the_rows_below_and_counting_starts_anew(self) -> None:
        got = rows(
            HEAD, ("I", "Trong kho", ""), ("1", "Quét", "A"), ("II", "Ngoài sân", ""), ("1", "Tưới", "B")
        )
        assert [(row.number, row.is_group, row.heading) for row in got] == [
            ("I", True, "Trong kho"), ("1", False, ""), ("II", True, "Ngoài sân"), ("1", False, ""),
        ]  # fmt: skip

    def test_a_row_without_number_and_one_cell_goes_on_with_the_row_above(self) -> None:
        got = rows(HEAD, ("1.1", "Quét kho", "A"), ("", "Quét sạch: 0,5", ""), ("1.2", "Đếm sách", "B"))
        assert [row.number for row in got] == ["1.1", "1.2"]
        assert got[0].end > got[0].start + len("1.1 | Quét kho | A")

    def test_decimal_numbers_stay(self) -> None:
        assert [r.number for r in rows(HEAD, ("1", "A b", "x"), ("1.3.1.", "C d", "y"))] == ["1", "1.3.1"]


class TestLabels:
    ROWS = (HEAD, ("I", "Trong kho", ""), ("1", "Quét", "A"), ("2", "Đếm", "B"))

    def test_a_row_of_an_appendix_is_cited_with_its_group(self) -> None:
        got = provisions("Điều 1. Ban hành kèm theo.", "Nơi nhận:", "PHỤ LỤC I", "VIỆC KHO", self.ROWS)
        assert [p.label for p in got][2:] == [
            "Phụ lục I, mục I",
            "Phụ lục I, mục I dòng 1",
            "Phụ lục I, mục I dòng 2",
        ]
        assert got[-1].columns == HEAD and got[-1].level is Level.ROW

    def test_a_row_without_group_is_cited_with_its_appendix(self) -> None:
        got = provisions(
            "Điều 1. Ban hành kèm theo.", "Nơi nhận:", "PHỤ LỤC", "VIỆC KHO", (HEAD, ("7", "Quét", "A"))
        )
        assert got[-1].label == "Phụ lục, dòng 7"

    def test_a_second_table_of_one_appendix_has_a_number(self) -> None:
        one, two = (HEAD, ("1", "Quét", "A")), (HEAD, ("1", "Tưới", "B"))
        got = provisions("Điều 1. Ban hành kèm theo.", "Nơi nhận:", "PHỤ LỤC I", "VIỆC KHO", one, two)
        assert [p.label for p in got if p.level is Level.ROW] == [
            "Phụ lục I, dòng 1",
            "Phụ lục I, bảng 2, dòng 1",
        ]
        assert len({p.path for p in got}) == len(got)

    def test_rows_of_a_text_without_sections_are_cited_by_the_table(self) -> None:
        got = provisions("Kho sách có nhiều việc.", (HEAD, ("1.3.1", "Quét", "A")))
        assert got[-1].label == "Bảng, dòng 1.3.1"

    def test_a_row_in_an_article_is_cited_with_the_article(self) -> None:
        got = provisions(
            "Điều 1. Việc kho", "1. Việc chia như sau:", (HEAD, ("1", "Quét", "A")), "Điều 2. Hết", "Hết."
        )
        assert "Điều 1 khoản 1 dòng 1" in [p.label for p in got]
