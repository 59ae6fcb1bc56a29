"""A retrieval bench of law articles: documents, questions and which articles answer them.

Used by `evals.retrieval` and `evals.calibration`. Two layouts are known by their content:

- articles of their own: `corpus.jsonl.gz`, `queries.jsonl`, `qrels.tsv`, perhaps `out_of_corpus_queries.jsonl`;
- questions with their gold over the codified law: `queries.jsonl`, and `phapdien.jsonl.gz` beside the folder.
"""

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from pydantic import Field

from corpus.document import Document
from corpus.number import canonical
from evals.bench_rows import BenchRow, Text, read_lines, read_rows, unique, wrong_row
from evals.problem import EvalProblem

#: Which documents of a codification are held by `half_held` is drawn with this seed.
SEED = 20261122
QUERIES, QRELS, OUTSIDE = "queries.jsonl", "qrels.tsv", "out_of_corpus_queries.jsonl"
CORPUS, CODIFIED = "corpus.jsonl.gz", "phapdien.jsonl.gz"
#: A bench asks about the law as it stands in it: everything is in force.
_ALWAYS = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Article:
    """The unit of retrieval."""

    id: str  # of the bench; the same id in two rows is one answer
    number: str  # "28a"
    heading: str  # "Phạm vi điều chỉnh", without "Điều 1."
    text: str


@dataclass(frozen=True, slots=True)
class Law:
    """One document of a bench with its articles in their order."""

    name: str  # unique in the bench; stands for the file
    header: Document
    articles: tuple[Article, ...]

    @property
    def text(self) -> str:
        """The document as an office would hold it: one text, article after article."""
        return "\n\n".join(f"Điều {a.number}. {a.heading}\n\n{a.text}" for a in self.articles)


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str
    gold: frozenset[str] = frozenset()  # ids of the articles that answer; none where no document answers
    outside: frozenset[str] = (
        frozenset()
    )  # ids of the articles that would answer, were they held; often unknown


@dataclass(frozen=True)
class LawBench:
    """Documents, questions that they answer and questions that they do not."""

    name: str
    laws: tuple[Law, ...]
    questions: tuple[Question, ...]
    unanswered: tuple[Question, ...] = ()

    @cached_property
    def articles(self) -> int:
        return sum(len(law.articles) for law in self.laws)


class _Article(BenchRow):
    id: Text
    law_id: Text
    article_id: Text
    title: str
    text: str


class _Query(BenchRow):
    id: Text
    text: Text
    gold_outside: tuple[str, ...] = ()


class _CodifiedArticle(BenchRow):
    article: str  # three of the real articles have no number
    heading: str
    text: str


class _Codified(BenchRow):
    number: Text
    kind: str
    title: str
    issuer: str
    issued: str = ""  # "12/06/2018"
    articles: tuple[_CodifiedArticle, ...]


class _CodifiedQuery(BenchRow):
    id: Text
    question: Text
    gold: tuple[Text, ...] = Field(min_length=1)


def load_bench(folder: Path, sample: int | None = None) -> LawBench:
    """Either layout. `sample` keeps all gold articles and, up to that many articles in total, those whose id has the
    smallest sha256. Raises `EvalProblem` that names the missing file, or file, line and field of a wrong row.
    """
    if not folder.is_dir():
        raise EvalProblem(f"Không có thư mục {folder}. Hãy chỉ tới thư mục của một bộ đo.")
    bench = _with_articles(folder) if (folder / CORPUS).is_file() else _over_codified(folder)
    return bench if sample is None else _sampled(bench, sample)


def half_held(bench: LawBench) -> LawBench:
    """A bench whose questions all have an answer, with half of the documents asked about and no others: questions
    on the other half have no answer then."""

    def asked(question: Question) -> set[str]:
        return {gold.rpartition("+")[0] for gold in question.gold}

    names = sorted({name for question in bench.questions for name in asked(question)})
    random.Random(SEED).shuffle(names)
    held = set(names[: len(names) // 2])
    return replace(
        bench,
        laws=tuple(
            law for law in bench.laws if law.articles and law.articles[0].id.rpartition("+")[0] in held
        ),
        questions=tuple(q for q in bench.questions if asked(q) <= held),
        unanswered=tuple(q for q in bench.questions if not asked(q) & held),
    )


def gold_of(file: Path, answers: set[str]) -> dict[str, set[str]]:
    """Question id -> what answers it, of a qrels file in three columns; `answers` are the ids that there are.

    Raises `EvalProblem` that names the line.
    """
    gold: dict[str, set[str]] = defaultdict(set)
    for line, text in read_lines(file):
        cells = text.split("\t")
        if line == 1 and cells[0] == "query-id":
            continue
        if len(cells) != 3:
            raise wrong_row(
                file, line, "(cả dòng)", "phải có ba cột cách nhau bằng tab: query-id, corpus-id, score"
            )
        query, answer, score = (cell.strip() for cell in cells)
        if not score.isdigit():
            raise wrong_row(file, line, "score", f"“{score}” không phải số nguyên")
        if answer not in answers:
            raise wrong_row(file, line, "corpus-id", f"“{answer}” không có trong kho của bộ đo")
        if int(score):
            gold[query].add(answer)
    return gold


def smallest(ids: Iterable[str], count: int) -> list[str]:
    """The ids with the smallest sha256: the same ones on every machine, whatever the order."""
    return sorted(set(ids), key=_hash)[:count]


def _hash(id: str) -> str:
    return hashlib.sha256(id.encode()).hexdigest()


# -- articles of their own ---------------------------------------------------------------------------------


def _with_articles(folder: Path) -> LawBench:
    rows = list(read_rows(folder / CORPUS, _Article))
    unique(folder / CORPUS, ((line, row.id) for line, row in rows))
    by_law: dict[str, list[Article]] = defaultdict(list)
    for _, row in rows:
        heading = re.sub(r"^Điều\s+\w+\s*[.:]?\s*", "", row.title)
        by_law[row.law_id].append(Article(row.id, row.article_id, heading, row.text))
    laws = tuple(
        Law(
            name,
            Document(number=canonical(name) or name, kind="Luật", issuer="Quốc hội", effective_from=_ALWAYS),
            _ordered(articles),
        )
        for name, articles in by_law.items()
    )
    gold = gold_of(folder / QRELS, {row.id for _, row in rows})
    asked = _questions(folder / QUERIES)
    for line, question in asked:
        if question.id not in gold:
            raise wrong_row(folder / QUERIES, line, "id", f"“{question.id}” không có dòng nào trong {QRELS}")
    outside = _questions(folder / OUTSIDE) if (folder / OUTSIDE).is_file() else []
    return LawBench(
        _name(folder),
        laws,
        tuple(replace(question, gold=frozenset(gold[question.id])) for _, question in asked),
        tuple(question for _, question in outside),
    )


def _questions(file: Path) -> list[tuple[int, Question]]:
    rows = [(line, Question(row.id, row.text)) for line, row in read_rows(file, _Query)]
    unique(file, ((line, question.id) for line, question in rows))
    if not rows:
        raise EvalProblem(f"{file} không có câu hỏi nào.")
    return rows


# -- questions over the codified law -----------------------------------------------------------------------


def _over_codified(folder: Path) -> LawBench:
    # the folder may be a link: the codification lies beside the link or beside what it points to
    beside = [folder.absolute().parent / CODIFIED, folder.resolve().parent / CODIFIED]
    file = next((one for one in beside if one.is_file()), None)
    if file is None:
        raise EvalProblem(
            f"Bộ đo {folder} không có {CORPUS}, và không có {CODIFIED} ở {' hay '.join(map(str, dict.fromkeys(beside)))}."
        )
    asked = list(read_rows(folder / QUERIES, _CodifiedQuery))
    unique(folder / QUERIES, ((line, row.id) for line, row in asked))
    if not asked:
        raise EvalProblem(f"{folder / QUERIES} không có câu hỏi nào.")
    laws = codified(file)
    known = {article.id for law in laws for article in law.articles}
    for line, row in asked:
        for gold in row.gold:
            if gold not in known:
                raise wrong_row(folder / QUERIES, line, "gold", f"“{gold}” không có trong {file.name}")
    questions = tuple(Question(row.id, row.question, frozenset(row.gold)) for _, row in asked)
    return LawBench(_name(folder), laws, questions)


def codified(file: Path) -> tuple[Law, ...]:
    """The codification as documents: it files one document under several subjects, each with some articles."""
    headers: dict[tuple[str, str, str], Document] = {}
    articles: dict[tuple[str, str, str], list[Article]] = defaultdict(list)
    for _, row in read_rows(file, _Codified):
        number = row.number.lower()
        key = (number, row.issuer, row.issued)
        headers.setdefault(
            key,
            Document(
                number=canonical(row.number) or row.number, kind=row.kind, issuer=row.issuer,
                issued_on=_day(row.issued), title=row.title, effective_from=_ALWAYS,
            ),
        )  # fmt: skip
        articles[key] += [
            Article(f"{number}+{a.article}", a.article, a.heading, a.text) for a in row.articles
        ]
    return tuple(
        Law(" | ".join(filter(None, key)), header, _ordered(articles[key])) for key, header in headers.items()
    )


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()
    except ValueError:
        return None


def _ordered(articles: Sequence[Article]) -> tuple[Article, ...]:
    """By number, as the document itself has them; a codification files them by subject."""

    def place(article: Article) -> tuple[int, str]:
        digits = re.match(r"\d*", article.number)
        leading = digits[0] if digits else ""
        return int(leading or 0), article.number[len(leading) :]

    return tuple(sorted(articles, key=place))


def _name(folder: Path) -> str:
    return folder.absolute().name


def _sampled(bench: LawBench, size: int) -> LawBench:
    if size < 1:
        raise EvalProblem("--sample phải là số điều luật, từ 1 trở lên.")
    gold = {id for question in bench.questions for id in question.gold}
    # gold first, then by hash
    ranked = sorted(
        (article for law in bench.laws for article in law.articles),
        key=lambda article: (article.id not in gold, _hash(article.id)),
    )
    kept = {article for article in ranked if article.id in gold} | set(ranked[:size])
    laws = (replace(law, articles=tuple(a for a in law.articles if a in kept)) for law in bench.laws)
    return replace(bench, laws=tuple(law for law in laws if law.articles))
