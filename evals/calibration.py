"""Fits the judge of the evidence: when does the best passage answer, when does the desk say it has none?

`python -m evals.calibration BENCH…` takes benches (`evals.law_bench` names the two layouts) with questions whose answer
their documents hold and questions whose answer they do not hold, builds the product's own index over each and writes the
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

from bot.holdings import Holdings
from bot.judge import coefficients
from evals.abstention import auroc, judged
from evals.bench_index import held
from evals.law_bench import Question, half_held, load_bench
from index.embedding import Embedder, load_embedder
from index.search import open_with
from settings import Settings, load_settings

#: What the desk knows of a question, and 1.0 where the documents answer it.
Example = tuple[list[float], float]
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
    parser.add_argument("benches", type=Path, nargs="+")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent.parent / "bot" / "texts" / "judge.json"
    )
    parser.add_argument("--limit", type=int, default=300, help="questions of each kind")
    options = parser.parse_args(arguments)
    settings = load_settings()
    embedder = load_embedder(settings)
    data: dict[str, list[Example]] = {"vectors": [], "words": []}
    for folder in options.benches:
        for name, examples in _examples(folder, settings, embedder, options.limit).items():
            data[name] += examples
    fitted: dict[str, Any] = {}
    for name, examples in data.items():
        if not examples:
            print(f"{name}: no questions, the coefficients stay as they are")
            fitted[name] = coefficients()[name]
            continue
        fitted[name] = _fit(examples)
        print(name, json.dumps(fitted[name], ensure_ascii=False))
    options.out.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def _examples(
    folder: Path, settings: Settings, embedder: Embedder | None, limit: int
) -> dict[str, list[Example]]:
    """What the desk knows of each question of a bench, with vectors and by words alone, and whether it has an answer."""
    bench = load_bench(folder)
    if not bench.unanswered:
        bench = half_held(bench)
    found: dict[str, list[Example]] = {"vectors": [], "words": []}
    with held(bench.laws, settings, embedder, _progress) as (corpus, own, _):
        holdings = Holdings(corpus)
        for name, model in (("vectors", embedder), ("words", None)):
            search = open_with(own, model)
            for questions, label in ((bench.questions, 1.0), (bench.unanswered, 0.0)):
                for question in _some(questions, limit):
                    one = judged(question, search, holdings)
                    # typed without marks and past mending, it is judged by words
                    if one is not None and (one.cosine is not None) is (name == "vectors"):
                        found[name].append((one.features(), label))
    return found


def _some(questions: Sequence[Question], limit: int) -> list[str]:
    drawn = [question.text for question in questions]
    random.Random(SEED).shuffle(drawn)
    return drawn[:limit]


def _fit(data: Sequence[Example]) -> dict[str, Any]:
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
