"""Does the reader find every article, clause and point again? Codified law, printed as offices print it, is the truth.

Called by `cchc eval structure`. The articles of every document are written out as one plain text in several layouts,
read and parsed by the production reader, and compared: numbers, titles, and inside each article its clauses and
points, which a simple rule of its own (counting upwards, paragraph by paragraph) takes from the article's text.
"""

import re
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corpus.provision import Level, Provision
from corpus.spelling import nfc
from evals.law_bench import Article, Law, codified, smallest
from evals.problem import EvalProblem
from ingest.read import read_bytes
from ingest.structure import parse

_LETTERS = "abcdđefghijklmnopqrstuvwxyz"
_CLAUSE = re.compile(r"((\d{1,3})[a-zđ]?)\.(?!\d|$)")
_POINT = re.compile(r"([a-zđ])(?:\)\.?|\.(?=\s))(?=.)")
#: So many clauses or points in a row may have been repealed and left out.
_LEAP = 4
#: So many misses of a layout are kept as examples.
_EXAMPLES = 40
_WIDTH = 80  # characters of a hard-wrapped line


@dataclass(frozen=True, slots=True)
class Told:
    """One article as the truth or as the parser has it."""

    number: str
    heading: str
    parts: tuple[str, ...]  # "1", "1.a", ".a": clauses and points in order


@dataclass(slots=True)
class Figures:
    """One layout. Counts are articles; `extra` are articles the parser has and the truth has not."""

    layout: str
    documents: int = 0
    articles: int = 0
    found: int = 0  # right number, in the right order
    titled: int = 0  # found, with the right title
    split: int = 0  # found, with the right clauses and points
    extra: int = 0
    read_seconds: float = 0.0
    parse_seconds: float = 0.0
    misses: list[str] = field(default_factory=list)

    @property
    def articles_per_second(self) -> float:
        """Parsing alone, one process."""
        return self.articles / self.parse_seconds if self.parse_seconds else 0.0

    def as_json(self) -> dict[str, Any]:
        """The stable shape of the JSON report."""
        rates = {
            name: round(getattr(self, name) / self.articles, 5) if self.articles else None
            for name in ("found", "titled", "split")
        }
        return {**asdict(self), "rates": rates, "articles_per_second": round(self.articles_per_second, 1)}


# -- layouts -----------------------------------------------------------------------------------------------


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _plain(law: Law, sign: str = "Điều {}.", gap: str = "\n\n", title: str = "{} {}") -> str:
    articles = []
    for article in law.articles:
        first = title.format(sign.format(article.number), article.heading).strip()
        articles.append(gap.join([first, *_paragraphs(article.text)]))
    return gap.join(articles)


def _wrapped(law: Law) -> str:
    lines: list[str] = []
    for paragraph in _paragraphs(_plain(law)):
        lines += textwrap.wrap(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def _marked(law: Law, pattern: str, mark: str) -> str:
    """The text with another sign behind the numbers of clauses or the letters of points."""
    return re.sub(pattern, mark, _plain(law), flags=re.MULTILINE)


def _quoting(law: Law) -> str:
    """An amending document: every article quotes one of the law's as new wording."""
    articles = []
    for count, article in enumerate(law.articles, 1):
        head = f"Điều {count}. Sửa đổi, bổ sung Điều {article.number} như sau:"
        body = "\n\n".join(_paragraphs(article.text.replace("“", "").replace("”", "").replace('"', "")))
        articles.append(f"{head}\n\n“Điều {article.number}. {article.heading}\n\n{body}”.")
    return "\n\n".join(articles)


def _citing(law: Law) -> str:
    """Every article ends with lines that begin with the name of another article."""
    cited = (
        "Điều 5 Nghị định này áp dụng cho trường hợp này.\n\nĐiều 3 của Luật này được áp dụng theo.\n\n"
        "Điều 7, Điều 8 và khoản 2 Điều 9 của Luật này không áp dụng."
    )
    return "\n\n".join(_plain(Law(law.name, law.header, (a,))) + "\n\n" + cited for a in law.articles)


LAYOUTS: dict[str, Callable[[Law], str]] = {
    "office": _plain,
    "dense": lambda law: _plain(law, gap="\n"),
    "colon": lambda law: _plain(law, sign="Điều {}:"),
    "eth": lambda law: _plain(law, sign="Ðiều {}."),
    "capitals": lambda law: _plain(law, sign="ĐIỀU {}."),
    "title below": lambda law: _plain(law, title="{}\n\n{}"),
    "wrapped": _wrapped,
    "clauses 1)": lambda law: _marked(law, r"^(\d{1,3})\.(?=\s)", r"\1)"),
    "clauses 1/": lambda law: _marked(law, r"^(\d{1,3})\.(?=\s)", r"\1/"),
    "points a.": lambda law: _marked(law, r"^([a-zđ])\)(?=\s)", r"\1."),
    "quoting": _quoting,
    "citing": _citing,
}


# -- truth and what was read ---------------------------------------------------------------------------------


def _cleaned(article: Article) -> Article:
    """Without the marks of emphasis that the codification's own files carry: no office prints them."""
    text = "\n".join(
        re.sub(r"\s+", " ", line.replace("*", "")).strip() for line in nfc(article.text).split("\n")
    )
    heading = re.sub(r"\s+", " ", nfc(article.heading).replace("*", "")).strip()
    return Article(article.id, article.number, heading, text)


def truth(article: Article) -> Told:
    """Clauses and points counted upwards through the paragraphs: 1, 2, 3 … and inside each a, b, c, d, đ …

    Repealed ones leave holes, so a small leap is allowed.
    """
    parts: list[str] = []
    clause, letter = "", 0
    for line in _paragraphs(article.text):
        if (mark := _CLAUSE.match(line)) and _follows(mark[1], clause):
            clause, letter = mark[1], 0
            parts.append(clause)
        elif (mark := _POINT.match(line)) and 0 <= _LETTERS.find(mark[1]) - letter < (
            _LEAP if ")" in mark[0] else 1
        ):
            letter = _LETTERS.find(mark[1]) + 1
            parts.append(f"{clause}.{mark[1]}")
    return Told(article.number, article.heading, tuple(parts))


def _follows(number: str, last: str) -> bool:
    """Whether clause "3" or "2a" comes after "2"."""
    before, now = (int(re.sub(r"\D", "", one) or 0) for one in (last, number))
    return before < now <= before + _LEAP or (before == now and number > last)


def found_in(provisions: Sequence[Provision]) -> Iterator[Told]:
    """The articles of a tree, each with its clauses and the points of these."""
    by_path = {p.path: p for p in provisions}
    parts: dict[str, list[str]] = {}
    for one in provisions:
        above = by_path.get(one.parent or "")
        if one.level is Level.ARTICLE:
            parts[one.path] = []
        elif above is None:
            continue
        elif one.level is Level.CLAUSE and above.path in parts and "." not in one.number:
            parts[above.path].append(one.number)
        elif one.level is Level.POINT and above.path in parts:
            parts[above.path].append(f".{one.number}")
        elif one.level is Level.POINT and above.level is Level.CLAUSE and "." not in above.number:
            article = above.parent or ""
            if article in parts:
                parts[article].append(f"{above.number}.{one.number}")
    for one in provisions:
        if one.level is Level.ARTICLE:
            yield Told(one.number, one.heading, tuple(parts[one.path]))


def _same(one: str, other: str) -> bool:
    """Titles agree in their words; blanks and the sign at the end do not count."""
    return _words(one) == _words(other)


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip()


def compare(law: Law, provisions: Sequence[Provision], into: Figures) -> None:
    """Counts one document into the figures."""
    quoting = into.layout == "quoting"
    wanted = [
        Told(str(count), f"Sửa đổi, bổ sung Điều {a.number} như sau", ()) if quoting else truth(a)
        for count, a in enumerate(law.articles, 1)
    ]
    got: dict[str, Told] = {}
    for found in found_in(provisions):
        into.extra += found.number in got
        got.setdefault(found.number, found)
    into.extra += len(got.keys() - {one.number for one in wanted})
    into.documents += 1
    into.articles += len(wanted)
    for one in wanted:
        told = got.get(one.number)
        what = "lost" if told is None else _difference(one, told, into)
        if what and len(into.misses) < _EXAMPLES:
            into.misses.append(f"{law.header.number} Điều {one.number}: {what}")


def _difference(one: Told, told: Told, into: Figures) -> str:
    """Counts an article that was found; says in what it differs from the truth, "" in nothing."""
    titled = into.layout == "quoting" or _same(told.heading, one.heading)
    # the codification files an article without a title under its text
    titled = titled or (not told.heading and one.heading[-1:] in ".;")
    split = told.parts == one.parts
    into.found += 1
    into.titled += titled
    into.split += split
    if not titled:
        return f"title {told.heading[:80]!r} for {one.heading[:80]!r}"
    if not split:
        missing = [p for p in one.parts if p not in told.parts]
        added = [p for p in told.parts if p not in one.parts]
        return f"split: without {missing[:6]}, with {added[:6]}"
    return ""


def load_laws(file: Path, sample: int | None) -> list[Law]:
    """The documents of a codification, articles cleaned and each once; `sample` keeps that many documents."""
    laws = []
    for law in codified(file):
        articles = {
            a.number: _cleaned(a) for a in reversed(law.articles) if re.fullmatch(r"\d+[a-zđ]?", a.number)
        }
        if articles:
            laws.append(Law(law.name, law.header, tuple(articles[number] for number in reversed(articles))))
    if sample is not None:
        if sample < 1:
            raise EvalProblem("--sample phải là số văn bản, từ 1 trở lên.")
        kept = set(smallest((law.name for law in laws), sample))
        laws = [law for law in laws if law.name in kept]
    return laws


def measure(laws: Sequence[Law], layout: str, on_law: Callable[[], None] = lambda: None) -> Figures:
    """Reads every document in one layout. Raises `EvalProblem` for a layout that there is not."""
    if layout not in LAYOUTS:
        raise EvalProblem(f"Không có cách trình bày “{layout}”. Chọn trong: {', '.join(LAYOUTS)}.")
    figures = Figures(layout)
    for law in laws:
        data = LAYOUTS[layout](law).encode()
        begun = time.perf_counter()
        reading = read_bytes(data, "van-ban.txt")
        read = time.perf_counter()
        provisions = parse(reading)
        figures.parse_seconds += time.perf_counter() - read
        figures.read_seconds += read - begun
        compare(law, provisions, figures)
        on_law()
    return figures


def report(all_figures: Sequence[Figures]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| Cách trình bày | Điều | Tìm thấy | Đúng tiêu đề | Đúng khoản, điểm | Thừa | Điều/giây (phân tích) |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for f in all_figures:
        shares = (f"{100 * count / max(1, f.articles):.2f} %" for count in (f.found, f.titled, f.split))
        lines.append(
            f"| {f.layout} | {f.articles} | {' | '.join(shares)} | {f.extra} | {f.articles_per_second:.0f} |"
        )
    return "\n".join(lines)
