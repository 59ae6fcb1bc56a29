"""Several embedders over one bench in one run: alone and with keywords, by segments and by whole articles.

Called by `cchc eval retrieval` with `--embedder`, `--whole` or `--weights`. The corpus is read once and indexed anew for
every embedder; vectors that any measurement has computed are not computed again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.spelling import fold
from evals import rankers
from evals.bench_index import held
from evals.law_bench import LawBench, Question, load_bench
from evals.problem import EvalProblem
from evals.rankers import Places, Ranker
from evals.retrieval import SystemFigures, figures, lost_articles
from evals.sentence_check import is_sentence_bench
from evals.throwaway import Show
from evals.tokens import Tokens
from evals.vectors import vectors_of
from index.builder import Built, Progress
from index.embedding import Embedder, load_embedder
from index.generation import GENERATIONS, Generation
from index.search import CANDIDATES, Search, fuse, open_with
from settings import Settings

#: Tokens of an article that its one vector sees where articles are not cut into segments.
WHOLE_TOKENS = 256

#: A way of searching with its name, a key of `_SYSTEMS`.
_Way = tuple[str, Ranker]
#: nDCG@10 by weight, of the questions typed in a way.
_Weigh = Callable[[Callable[[str], str]], dict[float, float]]
#: Article ids, BM25 and cosines of the candidates of a question.
_Candidates = tuple[list[str | None], NDArray[np.float32], NDArray[np.float32]]

_SYSTEMS = {
    "bm25": "BM25 cả điều",
    "embedder": "chỉ véc-tơ, đoạn tốt nhất",
    "embedder_restored": "chỉ véc-tơ, đã thêm dấu",
    "whole": f"chỉ véc-tơ, {WHOLE_TOKENS} token đầu điều",
    "ours": "cùng từ khóa (hệ thống này)",
}
_QUESTIONS = {"as_given": "Câu hỏi như đã cho", "undiacritised": "Cùng câu hỏi, gõ không dấu"}
#: Characters of the first column.
_WIDTH = 36


@dataclass(frozen=True, slots=True)
class Model:
    """An embedder that took part."""

    given: str  # as it was named: two folders may hold models of one name
    name: str
    checksum: str
    dimensions: int

    def as_json(self) -> dict[str, Any]:
        return {
            "given": self.given,
            "name": self.name,
            "checksum": self.checksum,
            "dimensions": self.dimensions,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One way of searching, asked all questions."""

    system: str  # a key of `_SYSTEMS`
    questions: str  # a key of `_QUESTIONS`
    model: Model | None  # None: keywords only
    figures: SystemFigures
    by_weight: dict[float, float]  # share of the vectors in the fused score -> nDCG@10

    def as_json(self) -> dict[str, Any]:
        return {
            "system": self.system,
            "questions": self.questions,
            "embedder": self.model.as_json() if self.model else None,
            **self.figures.as_json(),
            "ndcg@10_by_weight": {f"{weight:g}": round(ndcg, 4) for weight, ndcg in self.by_weight.items()},
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """A bench with the figures of every way of searching with every embedder."""

    bench: str
    articles: int
    queries: int
    sample: int | None
    lost: int  # articles that the product did not recognise as such: only the whole articles can find them
    segments: int
    embedded: (
        int  # vectors of segments computed now, of all embedders; the others were kept from earlier runs
    )
    vector_weight: float
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        """The stable shape of summary.json."""
        return {
            "bench": self.bench,
            "articles": self.articles,
            "queries": self.queries,
            "sample": self.sample,
            "articles_lost": self.lost,
            "segments": self.segments,
            "embedded_now": self.embedded,
            "vector_weight": self.vector_weight,
            "rows": [row.as_json() for row in self.rows],
        }

    def table(self) -> str:
        """For the terminal, in Vietnamese."""
        sampled = f" (mẫu {self.sample})" if self.sample is not None else ""
        lines = [
            f"Bộ đo {self.bench}: {self.articles} điều luật{sampled}, {self.queries} câu hỏi, {self.segments} đoạn"
        ]
        for kind, heading in _QUESTIONS.items():
            lines += ["", f"{heading:{_WIDTH}}    R@1    R@10  MRR@10  nDCG@10   ms/câu"]
            model = None
            for row in (row for row in self.rows if row.questions == kind):
                if row.model and row.model != model:
                    model = row.model
                    lines.append(f"{model.given} ({model.dimensions} chiều, {model.checksum[:8]})")
                f = row.figures
                lines.append(
                    f"  {_SYSTEMS[row.system]:{_WIDTH - 2}}{f.recall_1:7.3f}{f.recall_10:8.3f}{f.mrr_10:8.3f}"
                    f"{f.ndcg_10:9.3f}{f.ms:9.1f}"
                )
        if any(row.by_weight for row in self.rows):
            lines += ["", *self._weights()]
        if self.lost:
            lines += ["", lost_articles(self.lost)]
        return "\n".join(lines)

    def _weights(self) -> list[str]:
        weighed = [row for row in self.rows if row.by_weight]
        heads = "".join(f"{weight:8g}" for weight in weighed[0].by_weight)
        lines = [f"{'nDCG@10 theo trọng số của véc-tơ':{_WIDTH}}{heads}"]
        for row in weighed:
            if row.model and row.questions == "as_given":
                lines.append(row.model.given)
            cells = "".join(f"{ndcg:8.3f}" for ndcg in row.by_weight.values())
            lines.append(f"  {_QUESTIONS[row.questions]:{_WIDTH - 2}}{cells}")
        return lines


def compare(
    folder: Path,
    settings: Settings,
    show: Show,
    embedders: Sequence[str] = (),
    sample: int | None = None,
    whole: bool = False,
    weights: Sequence[float] = (),
) -> Comparison:
    """Measure a bench of law articles with every embedder (a shipped name, a folder, a name of the hub; none: that of
    the settings). `whole` adds one vector for each article, `weights` the fusion at other weights of the vectors.
    Raises `EvalProblem`, `IndexProblem`.
    """
    if is_sentence_bench(folder):
        raise EvalProblem(
            "--embedder, --whole và --weights chỉ dùng cho bộ đo điều luật; hãy bỏ các tùy chọn này."
        )
    bench = load_bench(folder, sample)
    # all are loaded before the first works for hours: a wrong name is said at once
    named = list(dict.fromkeys(embedders or [settings.embedder]))
    loaded = [_loaded(name, settings) for name in named]
    tokens = [Tokens(name) if whole else None for name in named]
    keywords: list[_Way] = [("bm25", rankers.bm25(bench))]
    rows = _rows(None, bench, keywords, keywords)
    parts = [
        _part(bench, name, embedder, cutting, settings, weights, show)
        for name, embedder, cutting in zip(named, loaded, tokens, strict=True)
    ]
    return Comparison(
        bench=bench.name,
        articles=bench.articles,
        queries=len(bench.questions),
        sample=sample,
        lost=parts[0].lost,
        segments=parts[0].built.segments,
        embedded=sum(part.built.embedded for part in parts),
        vector_weight=settings.vector_weight,
        rows=(*rows, *(row for part in parts for row in part.rows)),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What one embedder came to."""

    rows: list[Row]
    built: Built
    lost: int


def _part(
    bench: LawBench,
    name: str,
    embedder: Embedder,
    tokens: Tokens | None,
    settings: Settings,
    weights: Sequence[float],
    show: Show,
) -> _Part:
    progress = partial(show, f"Lập chỉ mục {name}")
    with held(bench.laws, settings, embedder, progress) as (corpus, own, built):
        search = open_with(own, embedder)
        generation = Generation(own.index_dir / GENERATIONS / search.generation)
        places = rankers.places_of(bench, corpus, generation)
    alone, ours = rankers.by_segments(embedder, generation, places), rankers.ours(search, places)
    whole: list[_Way] = []
    if tokens:
        progress = partial(show, f"Tính véc-tơ cả điều {name}")
        whole = [("whole", _by_whole(bench, tokens, embedder, settings, progress))]
    rows = _rows(
        Model(name, embedder.name, embedder.checksum, embedder.dimensions),
        bench,
        [("embedder", alone), *whole, ("ours", ours)],
        [("embedder", alone), ("embedder_restored", rankers.mended(alone, search)), *whole, ("ours", ours)],
        partial(_by_weight, search, places, bench.questions, weights) if weights else None,
    )
    wanted = {id for id, _ in rankers.whole_articles(bench)}
    return _Part(rows, built, len(wanted - set(places.values())))


def _loaded(name: str, settings: Settings) -> Embedder:
    embedder = load_embedder(settings.model_copy(update={"embedder": name}))
    if embedder is None:
        raise EvalProblem(
            f"Không có mô hình nào để so với nhau khi --embedder hoặc CCHC_EMBEDDER là “{name}”. "
            "Hãy nêu tên hoặc thư mục của mô hình; BM25 luôn được đo cùng."
        )
    return embedder


def _rows(
    model: Model | None,
    bench: LawBench,
    as_given: Sequence[_Way],
    undiacritised: Sequence[_Way],
    weigh: _Weigh | None = None,
) -> list[Row]:
    return [
        Row(
            system, kind, model, figures(rank, bench.questions, typed),
            weigh(typed) if weigh and system == "ours" else {},
        )
        for kind, typed, ways in (("as_given", str, as_given), ("undiacritised", fold, undiacritised))
        for system, rank in ways
    ]  # fmt: skip


def _by_whole(
    bench: LawBench, tokens: Tokens, embedder: Embedder, settings: Settings, progress: Progress
) -> Ranker:
    articles = rankers.whole_articles(bench)
    texts = [tokens.cut(text, WHOLE_TOKENS) for _, text in articles]
    vectors = vectors_of(texts, embedder, settings, progress)
    return rankers.by_articles(embedder, vectors, [id for id, _ in articles])


def _by_weight(
    search: Search,
    places: Places,
    questions: Sequence[Question],
    weights: Sequence[float],
    typed: Callable[[str], str],
) -> dict[float, float]:
    """nDCG@10 of our search had the vectors another weight: every question is searched once."""
    found = {question.text: _candidates(typed(question.text), search, places) for question in questions}

    def at(weight: float) -> float:
        def rank(question: str) -> Sequence[str]:
            ids, bm25, cosines = found[question]
            fused = fuse(bm25, cosines, weight)
            return rankers.best_first(ids[i] for i in np.argsort(-fused, kind="stable"))

        return figures(rank, questions).ndcg_10

    return {weight: at(weight) for weight in weights}


def _candidates(question: str, search: Search, places: Places) -> _Candidates:
    """All that the keywords and the vectors put forward."""
    meant, *variants = rankers.wordings(question, search)
    hits = search.search(meant, CANDIDATES * (2 + len(variants)), variants=variants)
    return (
        [places.get(hit.segment.id) for hit in hits],
        np.array([hit.keyword for hit in hits], dtype=np.float32),
        np.array([hit.vector for hit in hits], dtype=np.float32),
    )
