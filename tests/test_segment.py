"""Segments: one provision or a small run, never across an article, rows alone with their column heads."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document
from corpus.provision import Level, Provision
from index.segment import RUN_MAX, WHOLE_MAX, Segment, embedding_input, segments

HEADER = Document(number="61/2018/NĐ-CP", kind="Nghị định", title="Về thực hiện cơ chế một cửa")


class Tree:
    """Writes a text and its provisions side by side."""

    def __init__(self, preamble: str = "") -> None:
        self.text = preamble
        self.provisions: list[Provision] = []

    def add(
        self,
        path: str,
        level: Level,
        label: str,
        lead: str,
        *,
        parent: str | None = None,
        heading: str = "",
        columns: tuple[str, ...] = (),
    ) -> "Tree":
        start = len(self.text)
        self.text += lead + "\n"
        end = start + len(lead)
        self.provisions.append(
            Provision(
                path,
                parent,
                level,
                "",
                label,
                heading,
                start,
                end,
                end,
                len(self.provisions),
                columns=columns,
            )
        )
        above = parent
        while above is not None:
            at = next(i for i, p in enumerate(self.provisions) if p.path == above)
            p = self.provisions[at]
            lead_end = min(p.lead_end, start - 1)
            self.provisions[at] = Provision(
                p.path, p.parent, p.level, p.number, p.label, p.heading, p.start, lead_end, end, p.ordinal
            )
            above = p.parent
        return self

    def cut(self) -> list[Segment]:
        return segments("61-2018", "rev", HEADER, self.text, self.provisions)


def words(count: int, word: str = "chữ") -> str:
    return " ".join([word] * count)


def article(tree: Tree, number: int, clauses: list[str], *, parent: str | None = None) -> Tree:
    path, label = f"dieu-{number}", f"Điều {number}"
    heading = f"Trách nhiệm {number}"
    tree.add(path, Level.ARTICLE, label, f"{label}. {heading}", parent=parent, heading=heading)
    for i, clause in enumerate(clauses, 1):
        tree.add(f"{path}.khoan-{i}", Level.CLAUSE, f"{label} khoản {i}", f"{i}. {clause}", parent=path)
    return tree


def test_a_short_article_is_one_segment_with_the_document_in_its_context() -> None:
    found = article(Tree(), 14, ["Sở Nội vụ chủ trì.", "Các sở phối hợp."]).cut()
    assert [s.path for s in found] == ["dieu-14"]
    assert found[0].text.startswith("Điều 14. Trách nhiệm 14\n1. Sở Nội vụ") and found[0].text.endswith(
        "phối hợp."
    )
    assert (
        found[0].context == "Nghị định 61/2018/NĐ-CP – Về thực hiện cơ chế một cửa › Điều 14 Trách nhiệm 14"
    )


def test_a_long_article_falls_into_its_clauses() -> None:
    found = article(Tree(), 1, [words(200), words(190)]).cut()
    assert [s.label for s in found] == ["Điều 1 khoản 1", "Điều 1 khoản 2"]
    assert all("Điều 1 Trách nhiệm 1 › khoản" in s.context for s in found)


def test_small_clauses_of_a_long_article_are_gathered_under_it() -> None:
    found = article(Tree(), 1, [words(50), words(50), words(250), words(20), words(20)]).cut()
    assert [s.path for s in found] == ["dieu-1", "dieu-1.khoan-3", "dieu-1"]
    assert found[0].text.startswith("1. ") and "\n2. " in found[0].text
    assert max(len(s.text) for s in found) <= WHOLE_MAX


def test_two_short_articles_stay_two_segments() -> None:
    tree = article(article(Tree(), 1, ["Ngắn."]), 2, ["Ngắn."])
    assert [s.path for s in tree.cut()] == ["dieu-1", "dieu-2"]


def test_a_chapter_is_context_never_a_segment() -> None:
    tree = Tree().add("chuong-II", Level.CHAPTER, "Chương II", "Chương II\nTIẾP NHẬN", heading="TIẾP NHẬN")
    found = article(article(tree, 5, ["Một."], parent="chuong-II"), 6, ["Hai."], parent="chuong-II").cut()
    assert [s.path for s in found] == ["dieu-5", "dieu-6"]
    assert "› Chương II TIẾP NHẬN › Điều 5" in found[0].context


def test_points_of_a_long_clause_carry_its_lead_as_context() -> None:
    tree = article(Tree(), 1, ["Sở Nội vụ có trách nhiệm:"])
    for letter in "abcd":
        point = f"Điều 1 khoản 1 điểm {letter}"
        path = "dieu-1.khoan-1"
        tree.add(f"{path}.diem-{letter}", Level.POINT, point, f"{letter}) {words(180)}", parent=path)
    last = tree.cut()[-1]
    assert last.label == "Điều 1 khoản 1 điểm d"
    assert "khoản 1 Sở Nội vụ có trách nhiệm: › điểm d" in last.context


def test_each_row_is_a_segment_with_its_column_heads() -> None:
    columns = ("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn")
    tree = Tree().add("phu-luc-I", Level.APPENDIX, "Phụ lục I", "Phụ lục I\nDANH MỤC", heading="DANH MỤC")
    tree.add("g", Level.HEADING, "Phụ lục I, mục I", "I | Tập huấn", parent="phu-luc-I", heading="Tập huấn")
    rows = ["1 | Mở lớp | Sở Nội vụ | 2025", "2 | Biên soạn tài liệu | Sở Nội vụ | "]
    for i, row in enumerate(rows, 1):
        label = f"Phụ lục I, mục I dòng {i}"
        tree.add(f"g.dong-{i}", Level.ROW, label, row, parent="g", columns=columns)
    found = tree.cut()
    assert [s.text for s in found] == [
        "STT: 1; Nhiệm vụ: Mở lớp; Cơ quan chủ trì: Sở Nội vụ; Thời hạn: 2025",
        "STT: 2; Nhiệm vụ: Biên soạn tài liệu; Cơ quan chủ trì: Sở Nội vụ",
    ]
    assert tree.text[found[0].start : found[0].end] == rows[0]
    assert found[0].context.endswith("Phụ lục I DANH MỤC › mục I Tập huấn › dòng 1")


def test_title_block_and_legal_bases_are_a_segment_without_path_and_signatures_are_none() -> None:
    tree = article(Tree("NGHỊ ĐỊNH\nCăn cứ Luật Tổ chức Chính phủ;\n"), 1, ["Một."])
    tree.text += "Nơi nhận: Như trên. Nguyễn Văn A\n"
    found = tree.cut()
    assert found[0].path == "" and found[0].text == "NGHỊ ĐỊNH\nCăn cứ Luật Tổ chức Chính phủ;"
    assert not any("Nơi nhận" in s.text for s in found)


def test_an_over_long_provision_is_cut_at_sentence_ends() -> None:
    sentence = "Cơ quan tiếp nhận hồ sơ có trách nhiệm kiểm tra tính đầy đủ của hồ sơ."
    found = Tree().add("dieu-1", Level.ARTICLE, "Điều 1", " ".join([sentence] * 60)).cut()
    assert len(found) > 3 and all(s.text.endswith(".") and len(s.text) <= RUN_MAX for s in found)
    assert {s.path for s in found} == {"dieu-1"}


def test_a_text_without_provisions_is_still_searchable() -> None:
    found = segments("x", "r", Document(title="Tin"), words(600), [])
    assert len(found) > 1 and {s.path for s in found} == {""}


def test_ids_are_stable_and_differ_between_equal_texts_in_other_places() -> None:
    tree = article(article(Tree(), 1, ["Như nhau."]), 2, ["Như nhau."])
    first, second = tree.cut(), tree.cut()
    assert [s.id for s in first] == [s.id for s in second]
    assert len({s.id for s in first}) == 2


def test_embedding_input_keeps_document_and_place_of_a_deep_segment() -> None:
    deep = " › ".join(["Nghị định 1", *[f"Chương {i} {words(30)}" for i in range(6)], "khoản 9"])
    got = embedding_input(Segment("i", "d", "r", "p", "l", 0, 5, "chữ gì", deep))
    assert got.startswith("Nghị định 1 › ") and got.endswith("khoản 9\nchữ gì") and len(got) < 450


@given(
    st.lists(st.lists(st.integers(1, 400), max_size=6), min_size=1, max_size=6),
    st.lists(st.sampled_from(["chữ", "chữ.", "chữ;\n"]), min_size=1, max_size=3),
)
def test_whatever_the_lengths_every_clause_is_covered_once_in_order(
    shape: list[list[int]], atoms: list[str]
) -> None:
    tree = Tree("Căn cứ Luật;\n")
    for number, clauses in enumerate(shape, 1):
        article(tree, number, [" ".join(atoms[i % len(atoms)] for i in range(n)) for n in clauses])
    found = tree.cut()
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(s.text == tree.text[s.start : s.end] and s.text.strip() for s in found)
    covered = {place for s in found for place in range(s.start, s.end)}
    for p in tree.provisions:
        if p.level is Level.CLAUSE:
            assert all(i in covered for i in range(p.start, p.end) if not tree.text[i].isspace())
    for s in found:
        crossed = [
            p for p in tree.provisions if p.level is Level.ARTICLE and p.start < s.end and p.end > s.start
        ]
        assert len(crossed) <= 1
