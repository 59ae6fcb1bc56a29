"""Fits the judge of the evidence: when does the best passage answer, when does the desk say it has none?

`python -m evals.calibration BENCH` takes a bench (`evals.law_bench` names the two layouts) with questions whose answer
its documents hold and questions whose answer they do not hold, builds the product's own index over it and writes the
coefficients with their figures to bot/texts/judge.json.
"""

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.evidence import coefficients
from bot.holdings import Holdings
from evals.abstention import auroc, judged
from evals.bench_index import held
from evals.law_bench import Question, half_held, load_bench
from index.embedding import load_embedder
from index.search import open_with
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
    bench = load_bench(options.bench)
    if not bench.unanswered:
        bench = half_held(bench)
    embedder = load_embedder(settings)
    with held(bench.laws, settings, embedder, _progress) as (corpus, own, _):
        holdings = Holdings(corpus)
        answered, unanswered = (
            _some(questions, options.limit) for questions in (bench.questions, bench.unanswered)
        )
        fitted: dict[str, Any] = {}
        for name, model in (("vectors", embedder), ("words", None)):
            search = open_with(own, model)
            data: list[tuple[list[float], float]] = []
            for questions, label in ((answered, 1.0), (unanswered, 0.0)):
                judgements = [judged(question, search, holdings) for question in questions]
                # a question of the bench that was typed without marks and could not be mended is judged by words
                with_vectors = name == "vectors"
                data += [
                    (j.features(), label) for j in judgements if j and (j.cosine is not None) is with_vectors
                ]
            if not data:
                print(f"{name}: no questions, the coefficients stay as they are")
                fitted[name] = coefficients()[name]
                continue
            fitted[name] = _fit(data)
            print(name, json.dumps(fitted[name], ensure_ascii=False))
    options.out.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def _some(questions: Sequence[Question], limit: int) -> list[str]:
    drawn = [question.text for question in questions]
    random.Random(SEED).shuffle(drawn)
    return drawn[:limit]


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
            "auroc": round(auroc(inside, outside), 3),
            "answered": f"{int((inside > 0).sum())}/{len(inside)}",
            "wrongly_answered": f"{int((outside > 0).sum())}/{len(outside)}",
        },
    }


def _logistic(x: Matrix, y: Matrix) -> Matrix:
    """Ridge logistic regression by Newton steps; x has a leading column of ones, which is hardly shrunk: only so much
    that questions told apart without a doubt leave something to solve."""
    weights = np.zeros(x.shape[1])
    ridge = np.diag([1e-4] + [RIDGE] * (x.shape[1] - 1))
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (p - y) + ridge @ weights
        hessian = x.T @ (x * (p * (1 - p))[:, None]) + ridge
        step = np.linalg.solve(hessian, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _progress(done: int, total: int) -> None:
    """One line that counts the segments being embedded."""
    print(f"\rembedding {done}/{total}", end="" if done < total else "\n", flush=True)


if __name__ == "__main__":
    main()
