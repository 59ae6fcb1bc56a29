"""The printed text of a document: complete, every provision once, tables as tables, the quote marked."""

from api.fulltext import Block, Line, Row, Run, Section, Table, full_text
from corpus.provision import Level, Provision


def provision(text: str, path: str, body: str, level: Level, **more: object) -> Provision:
    start = text.index(body)
    parent = path.rpartition(".")[0] or None
    fields = {"number": "1", "label": path, "heading": "", "lead_end": start + len(body), "ordinal": start}
    return Provision(
        path=path, parent=parent, level=level, start=start, end=start + len(body), **fields | more
    )  # type: ignore[arg-type]


def words(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)


def printed(blocks: tuple[Block, ...]) -> list[str]:
    lines = []
    for block in blocks:
        if isinstance(block, Line):
            lines.append(words(block.runs))
        elif isinstance(block, Table):
            lines += [" | ".join(words(cell) for cell in row.cells) for row in block.rows]
        else:
            lines += printed(block.blocks)
    return lines


TEXT = (
    "CHÍNH PHỦ\nCăn cứ Luật\n"
    "Điều 1. Phạm vi\n1. Một\n2. Hai\nxuống dòng\n"
    "STT | Việc | Cơ quan\n1 | Rà soát | Sở Nội vụ\n2 | Báo cáo | \n"
    "Nơi nhận: như trên"
)
ARTICLE = "Điều 1. Phạm vi\n1. Một\n2. Hai\nxuống dòng\n"
COLUMNS = ("STT", "Việc", "Cơ quan")
TREE = [
    provision(
        TEXT,
        "dieu-1",
        ARTICLE,
        Level.ARTICLE,
        heading="Phạm vi",
        lead_end=TEXT.index("1. Một"),
        label="Điều 1",
    ),
    provision(TEXT, "dieu-1.khoan-1", "1. Một\n", Level.CLAUSE),
    provision(TEXT, "dieu-1.khoan-2", "2. Hai\nxuống dòng\n", Level.CLAUSE),
    provision(TEXT, "dong-1", "1 | Rà soát | Sở Nội vụ", Level.ROW, columns=COLUMNS),
    provision(TEXT, "dong-2", "2 | Báo cáo | ", Level.ROW, columns=COLUMNS),
]


def test_nothing_of_the_text_is_left_out_but_the_column_heads_that_the_table_shows() -> None:
    expected = [line for line in TEXT.split("\n") if line != "STT | Việc | Cơ quan"]
    # the title is split from nothing here: label and heading share one line
    assert printed(full_text(TEXT, TREE)) == expected


def test_provisions_nest_with_their_paths_and_titles() -> None:
    (article,) = [block for block in full_text(TEXT, TREE) if isinstance(block, Section)]
    assert (article.path, article.level, article.depth) == ("dieu-1", Level.ARTICLE, 1)
    title, first, second = article.blocks
    assert isinstance(title, Line) and title.title and words(title.runs) == "Điều 1. Phạm vi"
    assert isinstance(first, Section) and isinstance(second, Section)
    assert [first.path, second.path] == ["dieu-1.khoan-1", "dieu-1.khoan-2"]
    assert not any(line.title for line in second.blocks if isinstance(line, Line))


def test_a_title_over_two_lines_and_an_article_without_title() -> None:
    text = "Chương II\nNHIỆM VỤ\nVÀ GIẢI PHÁP\nĐiều 2. Giao Sở Nội vụ chủ trì.\n"
    chapter = provision(text, "chuong-ii", text, Level.CHAPTER, heading="NHIỆM VỤ VÀ GIẢI PHÁP")
    article = provision(text, "chuong-ii.dieu-2", "Điều 2. Giao Sở Nội vụ chủ trì.\n", Level.ARTICLE)
    (section,) = full_text(text, [chapter, article])
    assert isinstance(section, Section)
    *titles, inner = section.blocks
    assert [words(t.runs) for t in titles if isinstance(t, Line) and t.title] == text.split("\n")[:3]
    assert isinstance(inner, Section)
    label, rest = inner.blocks
    assert isinstance(label, Line) and label.title and label.run_in and words(label.runs) == "Điều 2."
    assert isinstance(rest, Line) and not rest.title and words(rest.runs).strip() == "Giao Sở Nội vụ chủ trì."


def test_rows_with_the_same_heads_are_one_table() -> None:
    (table,) = [block for block in full_text(TEXT, TREE) if isinstance(block, Table)]
    assert table.columns == COLUMNS
    assert [row.path for row in table.rows] == ["dong-1", "dong-2"]
    row: Row = table.rows[0]
    assert [words(cell) for cell in row.cells] == ["1", "Rà soát", "Sở Nội vụ"]


def test_the_quote_is_marked_over_provisions_and_in_cells() -> None:
    start, end = TEXT.index("Một"), TEXT.index("dòng")
    start_row, end_row = TEXT.index("soát"), TEXT.index("Nội vụ")

    def marked(blocks: tuple[Block, ...]) -> str:
        text = ""
        for block in blocks:
            if isinstance(block, Line):
                text += "".join(run.text for run in block.runs if run.marked)
            elif isinstance(block, Table):
                cells = [cell for row in block.rows for cell in row.cells]
                text += "".join(run.text for cell in cells for run in cell if run.marked)
            else:
                text += marked(block.blocks)
        return text

    assert marked(full_text(TEXT, TREE, (start, end))) == "Một2. Haixuống "
    assert marked(full_text(TEXT, TREE, (start_row, end_row))) == "soátSở "
    assert marked(full_text(TEXT, TREE)) == ""
