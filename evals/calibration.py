"""Fits the judge of the evidence: when does the best passage answer, when does the desk say it has none?

`python -m evals.calibration BENCH` takes a bench (`evals.law_bench` names the two layouts) with questions whose answer
its documents hold and questions whose answer they do not hold, builds the product's own index over it and writes the
coefficients with their figures to bot/texts/judge.json.
"""

import argparse
import json
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.evidence import Judgement, best_judgement, coefficients
from bot.find import find
from bot.follow_up import follow_up
from bot.holdings import Holdings
from bot.normalise import normalise
from bot.turn import Turn
from bot.words import question_words
from corpus.spelling import fold
from corpus.store import Corpus
from evals.law_bench import load_bench, progress, store_laws
from index.embedding import load_embedder
from index.publishing import publish
from index.search import Search, open_current
from settings import load_settings

Matrix = NDArray[np.float64]
#: Questions are split by a hash-free shuffle with this seed: two thirds to fit, one third for the figures.
SEED, TEST_SHARE = 20261122, 1 / 3
#: Strength of the ridge that keeps coefficients small, on features of one scale, in units of one question.
RIDGE = 1.0
#: The bench has as many questions without an answer as with one; officials mostly ask what the documents hold.
#: The bias is moved from the one share to the other, so that one half means "worth answering" at the desk.
ASKED_WITHIN = 0.8
#: A wrong answer costs an official as much as this many needless refusals.
WRONG_ANSWER_COST = 1.5


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bench", type=Path)
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent.parent / "bot" / "texts" / "judge.json"
    )
    parser.add_argument("--limit", type=int, default=300, help="questions of each kind")
    options = parser.parse_args(arguments)
    settings = load_settings()
    settings = settings.model_copy(update={"data_dir": settings.data_dir / "benches" / options.bench.name})
    bench = load_bench(options.bench)
    with Corpus.open(settings.dsn) as corpus:
        store_laws(bench.laws, corpus)
        publish(corpus, settings, load_embedder(settings), progress)
        search, holdings = open_current(settings), Holdings(corpus)
        answered, unanswered = (
            _some(questions, options.limit) for questions in (bench.answered, bench.unanswered)
        )
        fitted: dict[str, Any] = {}
        for name, spell in (("vectors", str), ("words", fold)):
            data: list[tuple[list[float], float]] = []
            for questions, label in ((answered, 1.0), (unanswered, 0.0)):
                judged = [_judged(spell(question), search, holdings) for question in questions]
                # a question of the bench that was typed without marks is judged by words alone
                with_vectors = name == "vectors"
                data += [
                    (j.features(), label) for j in judged if j and (j.cosine is not None) is with_vectors
                ]
            if not data:
                print(f"{name}: no questions, the coefficients stay as they are")
                fitted[name] = coefficients()[name]
                continue
            fitted[name] = _fit(data)
            print(name, json.dumps(fitted[name], ensure_ascii=False))
    options.out.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def _some(questions: Sequence[str], limit: int) -> list[str]:
    drawn = list(questions)
    random.Random(SEED).shuffle(drawn)
    return drawn[:limit]


def _judged(question: str, search: Search, holdings: Holdings) -> Judgement | None:
    """The desk's own steps up to the judgement."""
    day = date(2026, 1, 1)
    turn = Turn(question, (), day, day)
    normalise(turn, 5000)
    follow_up(turn)
    find(turn, search, holdings)
    return best_judgement(turn, search, holdings, question_words(turn.query, search.frequency, search.size))


def _fit(data: Sequence[tuple[list[float], float]]) -> dict[str, Any]:
    rows = list(data)
    random.Random(SEED).shuffle(rows)
    x = np.array([features for features, _ in rows])
    y = np.array([label for _, label in rows])
    cut = int(len(rows) * (1 - TEST_SHARE))
    # cosines differ by hundredths, shares by tenths: without one scale the ridge would silence the cosines
    mean, scale = x[:cut].mean(axis=0), x[:cut].std(axis=0) + 1e-9
    scaled = _logistic(np.column_stack([np.ones(cut), (x[:cut] - mean) / scale]), y[:cut])
    weights = np.concatenate([[scaled[0] - (scaled[1:] * mean / scale).sum()], scaled[1:] / scale])
    share = y[:cut].mean()
    weights[0] += np.log(ASKED_WITHIN / (1 - ASKED_WITHIN)) - np.log(share / (1 - share))
    weights[0] -= np.log(WRONG_ANSWER_COST)
    test = np.column_stack([np.ones(len(x) - cut), x[cut:]]) @ weights
    inside, outside = test[y[cut:] == 1], test[y[cut:] == 0]
    return {
        "bias": round(float(weights[0]), 4),
        "weights": [round(float(w), 4) for w in weights[1:]],
        "test": {
            "auroc": round(_auroc(inside, outside), 3),
            "answered": f"{int((inside > 0).sum())}/{len(inside)}",
            "wrongly_answered": f"{int((outside > 0).sum())}/{len(outside)}",
        },
    }


def _logistic(x: Matrix, y: Matrix) -> Matrix:
    """Ridge logistic regression by Newton steps; x has a leading column of ones, which is not shrunk."""
    weights = np.zeros(x.shape[1])
    ridge = np.diag([0.0] + [RIDGE] * (x.shape[1] - 1))
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (p - y) + ridge @ weights
        hessian = x.T @ (x * (p * (1 - p))[:, None]) + ridge
        step = np.linalg.solve(hessian, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _auroc(inside: Matrix, outside: Matrix) -> float:
    return float(
        (inside[:, None] > outside[None, :]).mean() + 0.5 * (inside[:, None] == outside[None, :]).mean()
    )


if __name__ == "__main__":
    main()
