"""From the blocks of a reading to the provision tree. Called by the ingest pipeline.

A text is first cut into containers (the main text, attached quy chế / đề án, appendices), each of which counts
its articles and sections anew; then every container is parsed as articles (điều › khoản › điểm), as an outline
(I. › 1. › 1.1. › a) › -) or as plain paragraphs. What an amending document quotes inside “…” stays text.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus.provision import Level, Provision
from corpus.spelling import fold
from ingest import marks
from ingest.containers import END, RECIPIENTS, SIGNATURE, Container, containers
from ingest.lines import Line, lines_of
from ingest.marks import Mark
from ingest.reading import Reading
from ingest.tables import TableRow, is_letterhead, table_rows

_LETTERHEAD = re.compile(
    r"CỘNG HÒA XÃ HỘI|CỘNG HOÀ XÃ HỘI|Độc lập\s*[-–]|(?:Luật\s+)?[Ss]ố\s*:|.{0,40},\s*ngày\s.{1,30}năm\b|Kính gửi"
)
#: An article that may quote another one without quotation marks.
_AMENDS = re.compile(r"sửa đổi|bổ sung|thay thế", re.IGNORECASE)
#: A line longer than this is a sentence, not the title of a section.
_TITLE_MAX = 250
_ARTICLE_TITLE_MAX = 400
#: "Điều 24. Báo cáo tài chính:" is a title, "Điều 1. Phê duyệt Kế hoạch … gồm các nội dung sau:" the text.
_COLON_TITLE_MAX = 60
_ANNOUNCES = re.compile(r"(?:như sau|sau đây|sau|gồm|là)\s*:$", re.IGNORECASE)
#: The list inside a section ends within this many lines.
_LIST_REACH = 200
#: The next point of a clause follows within this many lines.
_POINT_REACH = 40
#: Letterheads stand within this many lines of the beginning.
_LETTERHEAD_LINES = 25


@dataclass(slots=True)
class _Node:
    path: str
    parent: "_Node | None"
    level: Level
    number: str
    label: str
    heading: str
    start: int
    page: int | None
    rank: int
    end: int
    lead_end: int | None = None
    columns: tuple[str, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)


def parse(reading: Reading) -> tuple[Provision, ...]:
    """The provisions of a text in document order; paths are unique, spans lie in `reading.text`."""
    lines = lines_of(reading)
    parts = containers(lines)
    tree = _Tree()
    attachments = [c for c in parts if c.level is Level.ATTACHMENT]
    for container in parts:
        articled = _article_chain(lines, container)
        if container.level is Level.ATTACHMENT and len(attachments) == 1 and not articled:
            container.label = ""  # its sections are cited alone: "Mục V.1.2 điểm a"
        _ContainerParser(tree, lines, container, articled).parse()
    return tree.provisions()


# -- chains of numbers -----------------------------------------------------------------------------------


def best_chain(numbers: Sequence[tuple[int, str]]) -> list[int]:
    """Indexes of the numbers that count upwards: the real headings among candidates such as quoted ones.

    A step to the very next number weighs more than a leap, so `1, 10, 11, 2, 3` gives `1, 2, 3`.
    """
    if not numbers:
        return []
    scores = [0.0] * len(numbers)
    before = [-1] * len(numbers)
    for i, (number, letter) in enumerate(numbers):
        scores[i] = 1.0 if number == 1 else 0.4
        for j in range(i - 1, max(-1, i - 400), -1):
            if numbers[j] >= (number, letter):
                continue
            step = number - numbers[j][0]
            gain = 1.0 if step == 1 or (step == 0 and letter) else 0.4
            if scores[j] + gain > scores[i]:
                scores[i], before[i] = scores[j] + gain, j
    best = max(range(len(numbers)), key=lambda i: (scores[i], -i))
    chain = []
    while best >= 0:
        chain.append(best)
        best = before[best]
    return chain[::-1]


def _ends_as_title(title: str) -> bool:
    """Whether the last sign is that of a title: none, a closed quotation, or a colon that announces no list."""
    if title[-1] not in ".;:/,”" or (title[-1] == "”" and title.count("“") == title.count("”")):
        return True
    return title[-1] == ":" and len(title) <= _COLON_TITLE_MAX and not _ANNOUNCES.search(title)


def _split_number(number: str) -> tuple[int, str]:
    digits = re.match(r"\d+", number)
    return (int(digits[0]), number[digits.end() :]) if digits else (0, number)


def _article_chain(lines: Sequence[Line], container: Container) -> set[int]:
    """Indexes of the lines that open an article of this container."""
    candidates = [
        (index, mark)
        for index in range(container.body, container.stop)
        if lines[index].table is None
        and not lines[index].quoted
        and (mark := lines[index].article) is not None
    ]
    chain = best_chain([_split_number(mark.number) for _, mark in candidates])
    return {candidates[i][0] for i in chain} | _repeated(lines, candidates, chain)


def _repeated(
    lines: Sequence[Line], candidates: Sequence[tuple[int, Mark]], chain: Sequence[int]
) -> set[int]:
    """Articles that an office numbered like the one above them by mistake: a title again, and nothing is amended."""
    found = set()
    for here, after in pairwise([*chain, len(candidates)]):
        first, mark = candidates[here]
        for index, other in candidates[here + 1 : after]:
            title = lines[index].text[other.length :].strip()
            if (
                other.number != mark.number
                or not title
                or len(title) > _TITLE_MAX
                or not _ends_as_title(title)
            ):
                continue
            announced = any(_ANNOUNCES.search(line.text) for line in lines[first:index])
            if not announced and not _AMENDS.search(lines[first].text):
                found.add(index)
    return found


def _clause_chain(lines: Sequence[Line], first: int, stop: int) -> set[int]:
    """Indexes of the lines in [first, stop) that open a clause of one article."""
    candidates = []
    for index in range(first, stop):
        line = lines[index]
        if line.table is not None or line.quoted:
            continue
        mark = marks.outline(line.text)
        if mark is not None and mark.rank in (marks.ARABIC_RANK, marks.BRACKET_RANK):
            candidates.append((index, mark))
    chain = best_chain([_split_number(mark.number) for _, mark in candidates])
    if not chain or _split_number(candidates[chain[0]][1].number)[0] > 3:
        return set()
    return {candidates[i][0] for i in chain}


def _has_sections(lines: Sequence[Line], first: int, stop: int) -> bool:
    """Whether an article's text is an outline: lines "I. …" and "II. …" that look like titles."""
    wanted = 1
    for line in lines[first:stop]:
        if line.table is not None or line.quoted or len(line.text) > _TITLE_MAX:
            continue
        mark = marks.outline(line.text)
        if mark is None or mark.rank != marks.ROMAN_RANK or marks.roman_value(mark.number) != wanted:
            continue
        if line.strong or marks.is_capitals(line.text[mark.length :]) or line.text[-1] not in ".;,":
            wanted += 1
        if wanted > 2:
            return True
    return False


# -- the tree --------------------------------------------------------------------------------------------


class _Tree:
    """Collects nodes in document order and gives every one a unique path."""

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self._paths: Counter[str] = Counter()

    def add(
        self, parent: _Node | None, level: Level, number: str, label: str, step: str, rank: int, line: Line,
        *, heading: str = "", above: str = "", start: int | None = None, end: int | None = None,
    ) -> _Node:  # fmt: skip
        path = f"{above}.{step}" if above else step
        self._paths[path] += 1
        if self._paths[path] > 1:
            path = f"{path}~{self._paths[path]}"
        begin = line.start if start is None else start
        stop = line.end if end is None else end
        node = _Node(path, parent, level, number, label, heading, begin, line.page, rank, stop)
        ancestor = parent
        while ancestor is not None:
            if ancestor.lead_end is None:
                ancestor.lead_end = begin
            ancestor.end = max(ancestor.end, stop)
            ancestor = ancestor.parent
        self.nodes.append(node)
        return node

    def provisions(self) -> tuple[Provision, ...]:
        return tuple(
            Provision(
                path=node.path, parent=node.parent.path if node.parent else None, level=node.level,
                number=node.number, label=node.label, heading=node.heading, start=node.start,
                lead_end=min(node.end, node.lead_end if node.lead_end is not None else node.end),
                end=node.end, ordinal=ordinal, page=node.page, columns=node.columns,
            )
            for ordinal, node in enumerate(self.nodes)
        )  # fmt: skip


class _ContainerParser:
    def __init__(self, tree: _Tree, lines: Sequence[Line], container: Container, articles: set[int]) -> None:
        self.tree = tree
        self.lines = lines
        self.container = container
        self.articles = articles
        self.clauses: set[int] = set()
        self.inner_until = 0  # offset up to which "1." counts a list inside the open section
        self.outlined = False  # the open article holds an outline, such as a đề án that it approves
        self.stack: list[_Node] = []
        self.root: _Node | None = None
        self.closed = False
        self.tables: Counter[str] = Counter()
        titles = [lines[index].text for index in articles if len(lines[index].text) < _TITLE_MAX]
        short = [t for t in titles if t[-1] not in ";:/,”" and not re.search(r"[.;]\s", t[10:])]
        self.all_titled = len(articles) >= 5 and len(short) >= 0.8 * len(articles)

    def parse(self) -> None:
        container, lines = self.container, self.lines
        if container.level is not None:
            line = lines[container.first]
            end = (
                lines[max(container.body - 1, container.first)].end
                if container.body > container.first
                else line.start
            )
            self.root = self.tree.add(
                None, container.level, container.number, container.name, container.path,
                -1, line, heading=container.heading, end=end,
            )  # fmt: skip
        step = self._line_parser()
        index = container.body if container.level is not None else self._after_letterhead(step)
        while index < container.stop:
            line = lines[index]
            self.closed = self.closed and not self._goes_on(index)
            if self.closed and container.level is not Level.APPENDIX:
                index += 1
                continue
            if line.table is not None:
                if not is_letterhead(line.table):
                    self._table(line)
                index += 1
                continue
            if container.level is not Level.APPENDIX and (
                RECIPIENTS.match(line.text) or SIGNATURE.match(line.text)
            ):
                self.closed = True
                index += 1
                continue
            index = step(index)
            self.closed = self.closed or bool(END.search(line.text) and not line.quoted)

    def _goes_on(self, index: int) -> bool:
        """Whether more is said below a "./." or signature: scans spoil a head, forms follow each other in attachments."""
        line = self.lines[index]
        if index in self.articles:
            return True
        if self.container.level is not Level.ATTACHMENT or line.table is not None or line.quoted:
            return False
        mark = marks.outline(line.text)
        section = mark is not None and mark.rank <= marks.ARABIC_RANK
        return section or marks.division(line.text) is not None

    def _line_parser(self) -> Callable[[int], int]:
        if self.articles:
            return self._article_line
        for index in range(self.container.body, self.container.stop):
            line = self.lines[index]
            if line.table is not None or line.quoted:
                continue
            mark = marks.division(line.text) or marks.outline(line.text)
            if mark is not None and mark.level not in (Level.DASH, Level.POINT):
                return self._outline_line
        return self._paragraph_line

    def _after_letterhead(self, step: Callable[[int], int]) -> int:
        """The main text begins below agency, number, place and date; only paragraphs care."""
        first = self.container.first
        if step != self._paragraph_line:
            return first
        head = [
            index
            for index, line in enumerate(self.lines[: min(_LETTERHEAD_LINES, self.container.stop)])
            if line.table is None and len(line.text) < 160 and _LETTERHEAD.match(line.text)
        ]
        return max(first, head[-1] + 1) if head else first

    # how a line continues or opens a node

    def _open(
        self,
        level: Level,
        number: str,
        label: str,
        step: str,
        rank: int,
        line: Line,
        heading: str,
        above: str,
    ) -> _Node:
        while self.stack and self.stack[-1].rank >= rank:
            self.stack.pop()
        parent = self.stack[-1] if self.stack else self.root
        node = self.tree.add(parent, level, number, label, step, rank, line, heading=heading, above=above)
        self.stack.append(node)
        return node

    def _continue(self, line: Line) -> None:
        node = self.stack[-1] if self.stack else self.root
        while node is not None:
            node.end = max(node.end, line.end)
            node = node.parent

    def _within(self, text: str) -> str:
        """A label inside the container: "Quy chế kèm theo, Điều 6"."""
        return f"{self.container.label}, {text}" if self.container.label else text

    def _title(self, line: Line, mark: Mark, index: int) -> tuple[str, int]:
        """Title of a division and the index of the first line below it; the title may stand on the next lines."""
        title = line.text[mark.length :].strip(" .:-–")
        index += 1
        while index < self.container.stop:
            below = self.lines[index]
            if below.table is not None or below.mark is not None or len(below.text) > _TITLE_MAX:
                break
            if not (marks.is_capitals(below.text) or (below.strong and not title)):
                break
            title = f"{title} {below.text}".strip()
            index += 1
        return title, index

    def _division(self, index: int, mark: Mark) -> int:
        line = self.lines[index]
        title, after = self._title(line, mark, index)
        above = [n for n in self.stack if n.rank < mark.rank]
        word = {
            Level.PART: "Phần", Level.CHAPTER: "Chương", Level.SECTION: "Mục", Level.SUBSECTION: "Tiểu mục",
        }[mark.level]  # fmt: skip
        label = f"{above[-1].label} {word} {mark.number}" if above else self._within(f"{word} {mark.number}")
        parent_path = above[-1].path if above else self.container.path
        node = self._open(
            mark.level,
            mark.number,
            label,
            f"{mark.level.value}-{mark.number}",
            mark.rank,
            line,
            title,
            parent_path,
        )
        last = self.lines[after - 1]
        node.end = max(node.end, last.end)
        self._continue(last)
        return after

    # articles

    def _article_line(self, index: int) -> int:
        line = self.lines[index]
        if index in self.articles:
            return self._article(index)
        mark = None if line.quoted else marks.division(line.text)
        if mark is not None:
            return self._division(index, mark)
        if self.outlined:
            return self._outline_line(index)
        article = next((n for n in self.stack if n.level is Level.ARTICLE), None)
        mark = None if line.quoted or article is None else marks.outline(line.text)
        if mark is None or article is None:
            if article is not None:
                self._continue(line)
            return index + 1
        if index in self.clauses:
            self._open(
                Level.CLAUSE, mark.number, f"{article.label} khoản {mark.number}", f"khoan-{mark.number}",
                marks.ARABIC_RANK, line, "", article.path,
            )  # fmt: skip
        elif mark.level is Level.POINT:
            self._point(index, mark)
        elif mark.level is Level.DASH:
            self._dash(line, mark)
        elif mark.level is Level.HEADING and mark.rank >= marks.DECIMAL_RANK and "." in mark.number:
            self._nested_decimal(line, mark, article)
        else:
            self._continue(line)
        return index + 1

    def _article(self, index: int) -> int:
        line = self.lines[index]
        mark = line.article
        assert mark is not None
        stop = min((i for i in self.articles if i > index), default=self.container.stop)
        below = next((x for x in self.lines[index + 1 : stop]), None)
        title = line.text[mark.length :].strip(" -–")
        is_title = below is not None and self._is_title(title) and not self._is_tail(below)
        self._open(
            Level.ARTICLE, mark.number, self._within(f"Điều {mark.number}"), f"dieu-{mark.number}".replace("đ", "dd"),
            mark.rank, line, title if is_title else "", self.container.path,
        )  # fmt: skip
        after = index + 1
        if not title and below is not None and self._is_title_below(below, index + 2, stop):
            self.stack[-1].heading = below.text
            self._continue(below)
            after += 1
        self.outlined = _has_sections(self.lines, after, stop)
        self.clauses = set() if self.outlined else _clause_chain(self.lines, after, stop)
        return after

    def _is_title(self, title: str) -> bool:
        """Whether the words behind "Điều N." are a title; "Điều 1. Phê duyệt Đề án ….." of a decision is its text.

        A title has no full stop, but for a slip in a text whose other articles all have titles.
        """
        if not title or len(title) > _ARTICLE_TITLE_MAX:
            return False
        if _ends_as_title(title):
            return True
        return self.all_titled and title[-1] in ".:" and not re.search(r"[.;]\s", title)

    def _is_title_below(self, line: Line, after: int, stop: int) -> bool:
        """Whether the line below a bare "Điều 5." is its title: set in bold, or short with the text still to come."""
        if line.table is not None or line.mark is not None or self._is_tail(line):
            return False
        titled = len(line.text) <= _TITLE_MAX and line.text[:1].isupper() and _ends_as_title(line.text)
        return line.strong or (titled and after < stop and not self._is_tail(self.lines[after]))

    @staticmethod
    def _is_tail(line: Line) -> bool:
        """Whether what follows an article is no text of it (recipients, signature, the next division)."""
        text = line.text
        return line.table is None and bool(
            RECIPIENTS.match(text) or SIGNATURE.match(text) or marks.division(text)
        )

    def _nested_decimal(self, line: Line, mark: Mark, article: _Node) -> None:
        """`1.1.` under `1.` of an article."""
        clause = next((n for n in self.stack if n.level is Level.CLAUSE), None)
        if clause is None or not mark.number.startswith(clause.number + "."):
            self._continue(line)
            return
        step = "khoan-" + mark.number.replace(".", "-")
        self._open(
            Level.CLAUSE,
            mark.number,
            f"{article.label} khoản {mark.number}",
            step,
            mark.rank,
            line,
            "",
            article.path,
        )

    # points and dashes, the same everywhere

    def _point(self, index: int, mark: Mark) -> None:
        line = self.lines[index]
        mark = self._right_letter(index, mark)
        if mark.length and line.text[len(mark.number)] == "." and not self._follows(mark):
            self._continue(line)  # "a. " counts as a mark only in sequence
            return
        parent = next((n for n in reversed(self.stack) if n.rank < marks.POINT_RANK), self.root)
        label = f"{parent.label} điểm {mark.number}" if parent else self._within(f"Điểm {mark.number}")
        step = "diem-" + mark.number.replace("đ", "dd")
        above = parent.path if parent else self.container.path
        self._open(Level.POINT, mark.number, label, step, marks.POINT_RANK, line, "", above)

    def _right_letter(self, index: int, mark: Mark) -> Mark:
        """Scans confuse d) and đ): the first of two đ) below c) is d), the second of two d) is đ)."""
        above = next((n for n in reversed(self.stack) if n.level is Level.POINT), None)
        if above is None or (above.number, mark.number) not in (("c", "đ"), ("d", "d")):
            return mark
        if mark.number == "d":
            return replace(mark, number="đ")
        for line in self.lines[index + 1 : min(index + _POINT_REACH, self.container.stop)]:
            below = marks.outline(line.text) if line.table is None and not line.quoted else None
            if line.article or (below is not None and below.rank < marks.POINT_RANK):
                break
            if below is not None and below.level is Level.POINT:
                return replace(mark, number="d") if below.number == "đ" else mark
        return mark

    def _follows(self, mark: Mark) -> bool:
        open_point = next((n for n in reversed(self.stack) if n.level is Level.POINT), None)
        letters = marks.POINT_LETTERS
        if mark.number not in letters:
            return False
        if open_point is None or open_point.number not in letters:
            return mark.number == "a"
        return letters.index(mark.number) == letters.index(open_point.number) + 1

    def _dash(self, line: Line, mark: Mark) -> None:
        rank = mark.rank
        parent = next((n for n in reversed(self.stack) if n.rank < rank), self.root)
        key = f"{mark.number}"
        holder = parent.counts if parent else self.tables
        holder[key] += 1
        count = holder[key]
        word = "gạch đầu dòng" if mark.number == "-" else "dấu cộng"
        label = f"{parent.label} {word} {count}" if parent else self._within(f"{word.capitalize()} {count}")
        step = f"gach-{count}" if mark.number == "-" else f"cong-{count}"
        above = parent.path if parent else self.container.path
        self._open(Level.DASH, str(count), label, step, rank, line, "", above)

    # outlines

    def _outline_line(self, index: int) -> int:
        line = self.lines[index]
        mark = None if line.quoted else marks.division(line.text)
        if mark is not None and (mark.level is not Level.SECTION or len(line.text) < 160):
            return self._division(index, mark)
        mark = None if line.quoted else marks.outline(line.text)
        if mark is not None and mark.rank == marks.ARABIC_RANK:
            mark = self._as_inner(mark, index)
        if mark is None or not self._fits(mark, line):
            if self.stack or self.root is not None:
                self._continue(line)
            return index + 1
        if mark.level is Level.POINT:
            self._point(index, mark)
        elif mark.level is Level.DASH:
            self._dash(line, mark)
        else:
            self._section(index, mark)
        return index + 1

    def _as_inner(self, mark: Mark, index: int) -> Mark:
        """The mark of "1." … "5." of a list inside section "1." ranks below the sections among which it stands."""
        outer = next((n for n in reversed(self.stack) if n.rank == marks.ARABIC_RANK), None)
        if mark.number == "1" and outer is not None and self.inner_until <= self.lines[index].start:
            self.inner_until = self._list_end(index, outer)
        if self.lines[index].start < self.inner_until:
            return replace(mark, rank=marks.LISTED_RANK)
        return mark

    def _list_end(self, index: int, outer: _Node) -> int:
        """Offset at which the section behind `outer` begins, if the list that begins here stands inside `outer`; or 0."""
        wanted = _split_number(outer.number.split(".")[-1])[0] + 1
        first, last = self.lines[index], 1
        for line in self.lines[index + 1 : min(index + _LIST_REACH, self.container.stop)]:
            if line.table is not None or line.quoted:
                continue
            mark = marks.division(line.text) or line.article or marks.outline(line.text)
            if mark is None or mark.rank > marks.ARABIC_RANK:
                continue
            if mark.rank < marks.ARABIC_RANK:
                return 0
            number = _split_number(mark.number)[0]
            is_outer = number == wanted and (number != last + 1 or (line.strong and not first.strong))
            if is_outer:
                return line.start
            if number not in (1, last + 1):
                return 0
            last = number
        return 0

    def _fits(self, mark: Mark, line: Line) -> bool:
        """Whether an outline mark continues the outline that is open; keeps numbers in running text out of it."""
        if mark.level is Level.DASH:
            return bool(self.stack) or self.root is not None
        if mark.level is Level.POINT:
            return bool(self.stack) or self.root is not None
        if "." in mark.number:
            open_arabic = next((n for n in self.stack if n.rank == marks.ARABIC_RANK), None)
            return open_arabic is None or mark.number.split(".")[0] == open_arabic.number.split(".")[-1]
        if mark.rank == marks.LISTED_RANK:
            return True
        if mark.rank in (marks.ARABIC_RANK, marks.BRACKET_RANK):
            above = next((n for n in reversed(self.stack) if n.rank < mark.rank), self.root)
            last = above.counts[f"number-{mark.rank}"] if above else self.tables[f"number-{mark.rank}"]
            number = _split_number(mark.number)[0]
            return number == 1 or last <= number <= last + 3
        if mark.rank == marks.CAPITAL_RANK:
            # "C." and "D." are letters only where A. was seen
            return mark.number == "A" or any(n.rank == marks.CAPITAL_RANK for n in self.tree.nodes)
        value = marks.roman_value(mark.number) or 0
        above = next((n for n in reversed(self.stack) if n.rank < mark.rank), self.root)
        last = above.counts["roman"] if above else self.tables["roman"]
        # a title may repeat the number above it: a slip, or an "I" that a scan lost
        repeats = value == last and marks.is_capitals(line.text[mark.length :])
        return value == 1 or repeats or last < value <= last + 3

    def _section(self, index: int, mark: Mark) -> None:
        line = self.lines[index]
        above = next((n for n in reversed(self.stack) if n.rank < mark.rank), None)
        counts = above.counts if above else (self.root.counts if self.root else self.tables)
        if mark.rank == marks.ROMAN_RANK:
            counts["roman"] = marks.roman_value(mark.number) or 0
        elif "." not in mark.number:
            counts[f"number-{mark.rank}"] = _split_number(mark.number)[0]
        prefix = self._outline_prefix(mark)
        full = prefix + mark.number
        division = next((n for n in reversed(self.stack) if n.rank < marks.CAPITAL_RANK), None)
        if division is not None:
            label, path = f"{division.label}, mục {full}", division.path
        elif self.container.label:
            label, path = f"{self.container.label}, mục {full}", self.container.path
        else:
            label, path = f"Mục {full}", self.container.path
        text = line.text[mark.length :].strip()
        titled = (
            line.strong or marks.is_capitals(text) or (text[-1:] not in ".;:,/" and len(text) <= _TITLE_MAX)
        )
        step = "muc-" + full.replace(".", "-").replace("đ", "dd")
        self._open(Level.HEADING, full, label, step, mark.rank, line, text if titled else "", path)

    def _outline_prefix(self, mark: Mark) -> str:
        """What stands before a section's own number: "V." for "1" and for "1.2" under V."""
        parts = [
            node.number.split(".")[-1]
            for node in self.stack
            if node.level is Level.HEADING and node.rank < mark.rank and node.rank < marks.DECIMAL_RANK
        ]
        if "." in mark.number and parts and parts[-1] == mark.number.split(".")[0]:
            parts.pop()
        if mark.rank in (marks.LISTED_RANK, marks.BRACKET_RANK):
            deepest = next(
                (n for n in reversed(self.stack) if n.level is Level.HEADING and n.rank < mark.rank), None
            )
            return f"{deepest.number}." if deepest else ""
        return "".join(f"{part}." for part in parts)

    # texts without sections

    def _paragraph_line(self, index: int) -> int:
        line = self.lines[index]
        mark = None if line.quoted else marks.outline(line.text)
        rank = marks.ARABIC_RANK
        open_item = bool(self.stack)
        if mark is not None and open_item and (mark.level is Level.DASH or mark.level is Level.POINT):
            leads = self.stack[0].heading == "" and self._leads(self.stack[0])
            if leads:
                if mark.level is Level.DASH:
                    self._dash(line, mark)
                else:
                    self._point(index, mark)
                return index + 1
        count = self.root.counts if self.root else self.tables
        count["paragraph"] += 1
        number = str(count["paragraph"])
        label = self._within(f"đoạn {number}") if self.container.label else f"Đoạn {number}"
        self.stack.clear()
        self._open(Level.PARAGRAPH, number, label, f"doan-{number}", rank, line, "", self.container.path)
        return index + 1

    def _leads(self, node: _Node) -> bool:
        """Whether a paragraph announces a list: it ends with a colon."""
        line = next((x for x in self.lines if x.start == node.start), None)
        return line is not None and line.text.rstrip().endswith(":")

    # tables

    def _table(self, line: Line) -> None:
        assert line.table is not None
        above_tables = (n for n in reversed(self.stack) if n.level not in (Level.DASH, Level.PARAGRAPH))
        parent = next(above_tables, self.root)
        above = parent.path if parent else self.container.path
        holder = parent.counts if parent else self.tables
        holder["table"] += 1
        which = holder["table"]
        table_label, table_path = "", above
        if which > 1:
            table_label = f"bảng {which}"
            table_path = f"{above}.bang-{which}" if above else f"bang-{which}"
        group: _Node | None = None
        for row in table_rows(line.table):
            group = self._row(row, line, parent, group, table_label, table_path)

    def _row(
        self,
        row: TableRow,
        line: Line,
        parent: _Node | None,
        group: _Node | None,
        table_label: str,
        table_path: str,
    ) -> _Node | None:
        at = replace(line, start=row.start, end=row.end, table=None)
        base = parent.label if parent else self.container.label
        # a table of an appendix is cited "Phụ lục I, dòng 2", one inside a section "Mục II dòng 2"
        joint = ", " if parent is self.root and self.root is not None else " "
        where = joint.join(filter(None, [base, table_label])) if table_label else base
        if row.is_group:
            label = f"{where}, mục {row.number}" if where else f"Mục {row.number}"
            slug = re.sub(r"\W+", "-", fold(row.number)).strip("-")[:40]
            return self.tree.add(
                parent, Level.HEADING, row.number, label, f"muc-{slug}", marks.ROMAN_RANK, at,
                heading=row.heading, above=table_path,
            )  # fmt: skip
        holder = group or parent
        if group is not None:
            label = f"{group.label} dòng {row.number}"
        else:
            label = f"{where}{joint}dòng {row.number}" if where else f"Bảng, dòng {row.number}"
        above = group.path if group else table_path
        node = self.tree.add(
            holder, Level.ROW, row.number, label, "dong-" + row.number.replace(".", "-"), marks.PLUS_RANK + 1, at,
            above=above,
        )  # fmt: skip
        node.columns = row.columns
        return group
