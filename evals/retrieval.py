"""How well the search finds the right article: our search beside plain keywords and the embedder alone.

Called by `cchc eval retrieval` for the embedder of the settings; `evals.comparison` sets several side by side. The unit is
the article; `evals.rankers` has the ways of searching.
"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import ir_measures
from ir_measures import RR, R, nDCG

from bot.holdings import Holdings
from corpus.spelling import fold
from evals import rankers
from evals.abstention import Abstention, measure_abstention
from evals.bench_index import held
from evals.law_bench import LawBench, Question, load_bench
from evals.problem import EvalProblem
from evals.rankers import DEPTH, Ranker
from evals.sentence_check import SentenceSummary, is_sentence_bench, measure_sentences
from index.builder import Progress
from index.embedding import load_embedder
from index.generation import GENERATIONS, Generation
from index.search import open_with
from settings import Settings

#: Questions asked before the clock counts.
WARM_UP = 5


@dataclass(frozen=True, slots=True)
class SystemFigures:
    """One way of searching."""

    recall_1: float  # share of a question's gold articles that come first
    recall_10: float
    mrr_10: float
    ndcg_10: float
    ms: float  # median milliseconds of a question, in this process and warm

    def as_json(self) -> dict[str, float]:
        return {
            "recall@1": round(self.recall_1, 4),
            "recall@10": round(self.recall_10, 4),
            "mrr@10": round(self.mrr_10, 4),
            "ndcg@10": round(self.ndcg_10, 4),
            "ms_per_query": round(self.ms, 2),
        }


@dataclass(frozen=True, slots=True)
class RetrievalSummary:
    """A bench with the figures of every system: "ours", "bm25", "embedder"."""

    bench: str
    articles: int  # searched
    queries: int
    systems: dict[str, SystemFigures]
    undiacritised: dict[str, SystemFigures]  # the same questions typed without diacritics
    sample: int | None
    lost: int  # articles that the product did not recognise as such: ours and the embedder cannot find them
    segments: int
    embedder: str  # name; "" = switched off, and there are no figures of it
    checksum: str
    vector_weight: float
    embedded: int  # vectors computed now; the others were kept from earlier runs
    abstention: Abstention | None  # None where the bench has no questions without an answer

    def as_json(self) -> dict[str, Any]:
        """The stable shape of summary.json."""
        return {
            "bench": self.bench,
            "articles": self.articles,
            "queries": self.queries,
            "systems": {name: figures.as_json() for name, figures in self.systems.items()},
            "undiacritised": {name: figures.as_json() for name, figures in self.undiacritised.items()},
            "abstention": self.abstention.as_json() if self.abstention else None,
            "sample": self.sample,
            "articles_lost": self.lost,
            "segments": self.segments,
            "embedder": {"name": self.embedder, "checksum": self.checksum},
            "vector_weight": self.vector_weight,
            "embedded_now": self.embedded,
        }

    def table(self) -> str:
        """For the terminal, in Vietnamese."""
        sampled = f" (mẫu {self.sample})" if self.sample is not None else ""
        lines = [f"Bộ đo {self.bench}: {self.articles} điều luật{sampled}, {self.queries} câu hỏi"]
        for heading, systems in (
            ("Câu hỏi như đã cho", self.systems),
            ("Cùng câu hỏi, gõ không dấu", self.undiacritised),
        ):
            lines += ["", f"{heading:26s}{'R@1':>8s}{'R@10':>8s}{'MRR@10':>8s}{'nDCG@10':>9s}{'ms/câu':>9s}"]
            lines += [
                f"  {_NAMES[name]:24s}{f.recall_1:8.3f}{f.recall_10:8.3f}{f.mrr_10:8.3f}{f.ndcg_10:9.3f}{f.ms:9.1f}"
                for name, f in systems.items()
            ]
        if self.lost:
            lines += ["", lost_articles(self.lost)]
        if self.abstention:
            a = self.abstention
            lines += [
                "",
                f"Biết khi nào không có căn cứ: AUROC {a.auroc:.3f} ({a.inside} câu có đáp án, {a.outside} câu không); "
                f"trả lời {a.answered_inside:.0%} câu có đáp án, trả lời nhầm {a.wrongly_answered_outside:.0%} câu không có.",
            ]
        return "\n".join(lines)


_NAMES = {"ours": "hệ thống này", "bm25": "BM25 cả điều", "embedder": "chỉ véc-tơ"}


def measure(
    bench: Path, settings: Settings, sample: int | None = None, progress: Progress | None = None
) -> RetrievalSummary | SentenceSummary:
    """Measure a bench folder; its content tells what it is, and the paragraphs of a reading test give the check of the
    sentence picker. `progress` counts the segments being embedded. Raises `EvalProblem`, `IndexProblem`.
    """
    if is_sentence_bench(bench):
        if sample is not None:
            raise EvalProblem("--sample chỉ dùng cho bộ đo điều luật; hãy bỏ tùy chọn này.")
        return measure_sentences(bench, settings, progress)
    return _measure_laws(load_bench(bench, sample), settings, sample, progress)


class Summary(Protocol):
    """What a run gives: for machines and for the terminal."""

    def as_json(self) -> dict[str, Any]: ...
    def table(self) -> str: ...


def write(summary: Summary, folder: Path) -> Path:
    """Write summary.json into the folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "summary.json"
    file.write_text(json.dumps(summary.as_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return file


def table(summary: Summary) -> str:
    """For the terminal, in Vietnamese."""
    return summary.table()


def lost_articles(count: int) -> str:
    """The sentence on articles that the product did not recognise as such."""
    return f"{count} điều luật không được nhận ra khi đọc nên hệ thống không tìm thấy được."


def figures(rank: Ranker, questions: Sequence[Question], typed: Callable[[str], str] = str) -> SystemFigures:
    """The figures of one way of searching; `typed` says how the questions are typed."""
    for question in questions[:WARM_UP]:
        rank(typed(question.text))
    times, run = [], []
    for question in questions:
        started = time.perf_counter()
        ranked = rank(typed(question.text))
        times.append((time.perf_counter() - started) * 1000)
        # the order is what counts: scores of equals must not be ordered anew
        run += [ir_measures.ScoredDoc(question.id, id, -place) for place, id in enumerate(ranked[:DEPTH])]
    qrels = [ir_measures.Qrel(question.id, id, 1) for question in questions for id in sorted(question.gold)]
    found = ir_measures.calc_aggregate([R @ 1, R @ 10, RR @ 10, nDCG @ 10], qrels, run)
    return SystemFigures(
        recall_1=float(found[R @ 1]),
        recall_10=float(found[R @ 10]),
        mrr_10=float(found[RR @ 10]),
        ndcg_10=float(found[nDCG @ 10]),
        ms=statistics.median(times),
    )


def _measure_laws(
    bench: LawBench, settings: Settings, sample: int | None, progress: Progress | None
) -> RetrievalSummary:
    embedder = load_embedder(settings)
    with held(bench.laws, settings, embedder, progress) as (corpus, own, built):
        search = open_with(own, embedder)
        generation = Generation(own.index_dir / GENERATIONS / search.generation)
        places = rankers.places_of(bench, corpus, generation)
        ways: dict[str, Ranker] = {"ours": rankers.ours(search, places), "bm25": rankers.bm25(bench)}
        if embedder is not None:
            ways["embedder"] = rankers.by_segments(embedder, generation, places)
        abstention = None
        if bench.unanswered:
            abstention = measure_abstention(bench.questions, bench.unanswered, search, Holdings(corpus))
        wanted = {article.id for law in bench.laws for article in law.articles}
        return RetrievalSummary(
            bench=bench.name,
            articles=bench.articles,
            queries=len(bench.questions),
            systems={name: figures(rank, bench.questions) for name, rank in ways.items()},
            undiacritised={name: figures(rank, bench.questions, fold) for name, rank in ways.items()},
            sample=sample,
            lost=len(wanted - set(places.values())),
            segments=built.segments,
            embedder=embedder.name if embedder else "",
            checksum=embedder.checksum if embedder else "",
            vector_weight=settings.vector_weight,
            embedded=built.embedded,
            abstention=abstention,
        )
