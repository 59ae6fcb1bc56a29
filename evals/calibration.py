"""Fits the judge of the evidence: when does the best passage answer, when does the desk say it has none?

`python -m evals.calibration BENCH… --data FOLDER` asks the questions of benches (`evals.law_bench` names the two layouts)
and questions made from the documents of a data folder (`evals.made_questions`) of indexes that hold the answer and of
indexes that do not, and writes coefficients and figures to bot/texts/judge.json and the plot of the calibration to docs/images.
"""

import argparse
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.holdings import Holdings
from bot.judge import ENOUGH, Judgement, coefficients
from corpus.held import CurrentDocument
from corpus.spelling import fold
from corpus.store import Corpus
from evals.abstention import auroc, judged
from evals.bench_index import held, held_of
from evals.law_bench import Question, half_held, load_bench, smallest
from evals.made_questions import made_questions
from evals.perturb import perturbed
from index.embedding import Embedder, load_embedder
from index.search import Search, open_with
from settings import Settings, load_settings

Matrix = NDArray[np.float64]
#: Drawn with this seed: the documents of the figures (one of `TEST_OF`), the halves held, the made questions.
SEED, TEST_OF = 20261122, 3
#: Strength of the ridge that keeps coefficients small, on features of one scale, in units of one question.
RIDGE = 3.0
#: The fit sees as many questions without an answer as with one; officials mostly ask what the documents hold. The bias
#: is moved from the one share to the other, so that the confidence is that of a desk where five of six have an answer.
ASKED_WITHIN = 5 / 6
#: Of the questions whose document is not held, so many have an answer in another one all the same: of the 54 most
#: confident ones that were read, about half. The fit does not learn to distrust those.
ANSWERED_ELSEWHERE = 0.08
#: What questions of each source and label weigh together, in questions; the made ones half, being nearer to their
#: documents' words than those of people.
WEIGHT, MADE_WEIGHT = 200.0, 100.0
#: One made question is asked of each half for so many of a bench.
MADE_SHARE = 3
#: Of the made questions one in three is asked again as other hands would type it.
TYPED = ("no-diacritics", "abbreviations")
#: Of two documents whose titles share so much, the one may answer for the other.
ALIKE = 0.5
#: Equal bins of the confidence, in the plot and in the expected calibration error.
BINS = 10


@dataclass(frozen=True, slots=True)
class Example:
    """What the desk knows of a question."""

    judgement: Judgement
    answered: bool  # whether the documents that were searched hold its answer
    document: str  # that it is about, held or not
    source: str

    @property
    def for_test(self) -> bool:
        return int(hashlib.sha256(f"{SEED} {self.document}".encode()).hexdigest(), 16) % TEST_OF == 0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    root = Path(__file__).resolve().parent.parent
    parser.add_argument("benches", type=Path, nargs="+")
    parser.add_argument(
        "--data", type=Path, help="data folder of a desk, to make questions from its documents"
    )
    parser.add_argument("--out", type=Path, default=root / "bot" / "texts" / "judge.json")
    parser.add_argument("--plot", type=Path, default=root / "docs" / "images" / "calibration.png")
    parser.add_argument("--limit", type=int, default=300, help="questions of each kind and source")
    options = parser.parse_args(arguments)
    settings = load_settings()
    embedder = load_embedder(settings)
    examples: list[Example] = []
    for folder in options.benches:
        examples += _of_bench(folder, settings, embedder, options.limit)
    if options.data:
        examples += _of_documents(options.data, settings, embedder, options.limit // MADE_SHARE)
    fitted: dict[str, Any] = {}
    tested: dict[str, tuple[Matrix, Matrix, Matrix]] = {}
    for name in ("vectors", "words"):
        # typed without marks and past mending, a question is judged by words
        own = [one for one in examples if (one.judgement.cosine is None) is (name == "words")]
        if not own:
            print(f"{name}: no questions, the coefficients stay as they are")
            fitted[name] = coefficients()[name]
            continue
        fitted[name], tested[name] = _fitted(own)
        print(name, json.dumps(fitted[name], ensure_ascii=False))
    options.out.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    _plot(tested, options.plot)


# -- the questions -----------------------------------------------------------------------------------------


def _of_bench(folder: Path, settings: Settings, embedder: Embedder | None, limit: int) -> Iterator[Example]:
    """Its questions with an answer, and those without: its own, or those on the half of its documents not held."""
    bench = load_bench(folder)
    if not bench.unanswered:
        bench = half_held(bench)
    with held(bench.laws, settings, embedder, _progress) as (corpus, own, _):
        holdings = Holdings(corpus)
        for search in _searches(own, embedder):
            for questions, answered in ((bench.questions, True), (bench.unanswered, False)):
                for question in _some(questions, limit):
                    if found := judged(question.text, search, holdings):
                        yield Example(found, answered, _document(question), bench.name)


def _document(question: Question) -> str:
    """The document it is about; where the bench does not say, the question stands for it."""
    return min(
        (id.rpartition("+")[0].lower() for id in question.gold | question.outside), default=question.id
    )


def _some(questions: Sequence[Question], limit: int) -> list[Question]:
    by_id = {question.id: question for question in questions}
    return [by_id[id] for id in smallest(by_id, limit)]


def _of_documents(
    folder: Path, settings: Settings, embedder: Embedder | None, limit: int
) -> Iterator[Example]:
    """Questions made from documents, asked of an index of either half of them."""
    with Corpus.open(settings.model_copy(update={"data_dir": folder, "database_url": None}).dsn) as corpus:
        holdings = Holdings(corpus)
        documents = [one for one in corpus.current() if one.superseded_by is None]
        made = made_questions(documents, SEED)
        random.Random(SEED).shuffle(made)
        header = {one.id: one.header for one in documents}
        halves = ([one for one in documents if _half(one) == side] for side in (0, 1))
        for half in halves:
            here = {one.id for one in half}
            titles = [_words(one) for one in half]
            own = held_of(half, settings, embedder, _progress)
            for search in _searches(own, embedder):
                asked: Counter[bool] = Counter()
                for question in made:
                    answered = question.document in here
                    title = _title_words(header[question.document].title)
                    if asked[answered] >= limit or (not answered and any(_alike(title, t) for t in titles)):
                        continue
                    asked[answered] += 1
                    for text in _as_typed(question.text):
                        if found := judged(text, search, holdings):
                            number = header[question.document].number.lower() or question.document
                            yield Example(found, answered, number, "made")


def _half(document: CurrentDocument) -> int:
    return hashlib.sha256(f"{SEED} half {document.id}".encode()).digest()[0] % 2


def _words(document: CurrentDocument) -> set[str]:
    return _title_words(document.header.title)


def _title_words(title: str) -> set[str]:
    return set(fold(title).split())


def _alike(one: set[str], other: set[str]) -> bool:
    return bool(one) and len(one & other) >= ALIKE * len(one | other)


def _as_typed(question: str) -> list[str]:
    chance = random.Random(f"{SEED} {question}")
    return (
        [question] if chance.random() > 1 / 3 else [question, perturbed(question, chance.choice(TYPED), "")]
    )


def _searches(settings: Settings, embedder: Embedder | None) -> Iterator[Search]:
    """As the desk searches, and as with `CCHC_EMBEDDER=off`."""
    if embedder is not None:
        yield open_with(settings, embedder)
    yield open_with(settings, None)


# -- the fit -----------------------------------------------------------------------------------------------


def _fitted(examples: Sequence[Example]) -> tuple[dict[str, Any], tuple[Matrix, Matrix, Matrix]]:
    """The model with its figures; (confidence, answered, weight) of the questions on the documents kept for them."""
    x = np.array([one.judgement.features() for one in examples])
    y = np.array([float(one.answered) for one in examples])
    test = np.array([one.for_test for one in examples])
    weight = _weights(examples, test)
    names = [field.name for field in fields(Judgement)][: x.shape[1]]
    bias, coefs = _not_negative(x[~test], y[~test], weight[~test])
    bias += np.log(ASKED_WITHIN / (1 - ASKED_WITHIN))
    p = 1 / (1 + np.exp(-(bias + x[test] @ coefs)))
    share = weight[test] * np.where(y[test] == 1, ASKED_WITHIN, 1 - ASKED_WITHIN)
    inside, outside = p[y[test] == 1], p[y[test] == 0]
    return {
        "bias": round(float(bias), 4),
        "weights": {name: round(float(w), 4) for name, w in zip(names, coefs, strict=True)},
        "test": {
            "auroc": round(auroc(inside, outside), 3),
            "answered": f"{int((inside >= ENOUGH).sum())}/{len(inside)}",
            "wrongly_answered": f"{int((outside >= ENOUGH).sum())}/{len(outside)}",
            "brier": round(float(np.average((p - y[test]) ** 2, weights=share)), 3),
            "ece": round(_calibration_error(p, y[test], share), 3),
        },
    }, (p, y[test], share)


def _weights(examples: Sequence[Example], test: NDArray[np.bool_]) -> Matrix:
    """Every source weighs the same with an answer and without, in the fit and in the figures."""
    keys = [(one.source, one.answered, bool(kept)) for one, kept in zip(examples, test, strict=True)]
    count = Counter(keys)
    return np.array([(MADE_WEIGHT if key[0] == "made" else WEIGHT) / count[key] for key in keys])


def _not_negative(x: Matrix, y: Matrix, weight: Matrix) -> tuple[float, Matrix]:
    """(bias, weights): more of any feature speaks for an answer. One whose weight comes out below 0 gets none, the worst
    first: it only says less clearly what others say."""
    used = np.ones(x.shape[1], dtype=bool)
    while True:
        # cosines differ by hundredths, shares by tenths: without one scale the ridge would silence the cosines
        mean, scale = x[:, used].mean(axis=0), x[:, used].std(axis=0) + 1e-9
        scaled = _answered_elsewhere((x[:, used] - mean) / scale, y, weight)
        if scaled[1:].min() >= 0:
            weights = np.zeros(x.shape[1])
            weights[used] = scaled[1:] / scale
            return float(scaled[0] - (scaled[1:] * mean / scale).sum()), weights
        used[np.flatnonzero(used)[scaled[1:].argmin()]] = False


def _answered_elsewhere(x: Matrix, y: Matrix, weight: Matrix) -> Matrix:
    """The fit where `ANSWERED_ELSEWHERE` of the questions without an answer have one: each counts as answered with the
    chance that it is one of those, which the fit itself tells."""
    x = np.column_stack([np.ones(len(x)), x])
    chance = ANSWERED_ELSEWHERE / (1 + ANSWERED_ELSEWHERE)
    label = y
    for _ in range(30):
        weights = _logistic(x, label, weight)
        p = 1 / (1 + np.exp(-x @ weights))
        label = np.where(y == 1, 1.0, chance * p / (1 - p + chance * p))
    return weights


def _logistic(x: Matrix, y: Matrix, weight: Matrix) -> Matrix:
    """Ridge logistic regression by Newton steps; x has a leading column of ones, which is hardly shrunk: only so much
    that questions told apart without a doubt leave something to solve."""
    weights = np.zeros(x.shape[1])
    ridge = np.diag([1e-4] + [RIDGE] * (x.shape[1] - 1))
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (weight * (p - y)) + ridge @ weights
        hessian = x.T @ (x * (weight * p * (1 - p))[:, None]) + ridge
        step = np.linalg.solve(hessian, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return weights


# -- the figures -------------------------------------------------------------------------------------------


def _bins(p: Matrix) -> NDArray[np.int64]:
    return np.minimum((p * BINS).astype(np.int64), BINS - 1)


def _calibration_error(p: Matrix, y: Matrix, share: Matrix) -> float:
    """By how much confidence and truth differ, over equal bins, weighted by what is asked."""
    bins = _bins(p)
    off = [abs(float((share[bins == b] * (p - y)[bins == b]).sum())) for b in range(BINS)]
    return sum(off) / float(share.sum())


def _plot(tested: dict[str, tuple[Matrix, Matrix, Matrix]], file: Path) -> None:
    """Confidence against truth on the documents kept for the figures, with the number of questions in each bin."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, max(1, len(tested)), figsize=(9, 4.2), squeeze=False)
    for axis, (name, (p, y, share)) in zip(axes[0], tested.items(), strict=False):
        bins = _bins(p)
        there = [b for b in range(BINS) if (bins == b).any()]
        said = [float(np.average(p[bins == b], weights=share[bins == b])) for b in there]
        true = [float(np.average(y[bins == b], weights=share[bins == b])) for b in there]
        axis.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        axis.axvline(ENOUGH, color="0.7", linewidth=1, linestyle=":")
        axis.plot(said, true, marker="o", color="#1f5fa8")
        for b, at, of in zip(there, said, true, strict=True):
            axis.annotate(
                str(int((bins == b).sum())), (at, of), xytext=(4, -11), textcoords="offset points", fontsize=8
            )
        axis.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="share with an answer", title=name)
    figure.suptitle(
        "Calibration of the judge (questions per bin; five of six taken to have an answer)", fontsize=10
    )
    figure.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    # nothing that differs from run to run
    figure.savefig(file, dpi=80, metadata={"Software": None})
    plt.close(figure)


def _progress(done: int, total: int) -> None:
    """One line that counts what is being read or embedded."""
    print(f"\r{done}/{total}", end="" if done < total else "\n", flush=True)


if __name__ == "__main__":
    main()
