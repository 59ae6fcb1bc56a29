"""Does the desk know when its documents hold no answer? Its confidence in questions with and without one.

Called by `evals.retrieval`, and by `evals.calibration`, which fits the judge to the same features.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.find import find
from bot.holdings import Holdings
from bot.judge import ENOUGH, Judgement, best_judgement
from bot.normalise import normalise
from bot.respelling import respell
from bot.turn import Turn
from bot.words import question_words
from evals.law_bench import Question, smallest
from index.search import Search

#: Questions of each kind that are asked at most, those with the smallest sha256 of their id: each takes the desk
#: about a tenth of a second.
ASKED = 400
#: Any day will do: all documents of a bench are in force.
_DAY = date(2026, 1, 1)
_LONGEST = 5000


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well the confidence tells questions inside the documents from those outside."""

    auroc: float  # chance that a question inside gets more confidence than one outside
    inside: int
    outside: int
    answered_inside: float  # share of them, at the desk's threshold
    wrongly_answered_outside: float
    threshold: float

    def as_json(self) -> dict[str, float]:
        return {
            "auroc": round(self.auroc, 4),
            "inside": self.inside,
            "outside": self.outside,
            "answered_inside": round(self.answered_inside, 4),
            "wrongly_answered_outside": round(self.wrongly_answered_outside, 4),
            "threshold": round(self.threshold, 3),
            "asked_at_most": ASKED,
        }


def measure_abstention(
    inside: Sequence[Question], outside: Sequence[Question], search: Search, holdings: Holdings
) -> Abstention:
    """Ask at most `ASKED` questions of each kind. Both kinds must be there."""
    sure, unsure = (
        np.array([_confidence(question.text, search, holdings) for question in _some(questions)])
        for questions in (inside, outside)
    )
    return Abstention(
        auroc=auroc(sure, unsure),
        inside=len(sure),
        outside=len(unsure),
        answered_inside=float((sure >= ENOUGH).mean()),
        wrongly_answered_outside=float((unsure >= ENOUGH).mean()),
        threshold=ENOUGH,
    )


def judged(question: str, search: Search, holdings: Holdings) -> Judgement | None:
    """The desk's own steps up to the judgement; None where nothing was found."""
    turn = Turn(question, (), _DAY, _DAY)
    normalise(turn, _LONGEST)
    respell(turn, search)
    find(turn, search, holdings)
    return best_judgement(turn, search, holdings, question_words(turn.query, search.frequency, search.size))


def auroc(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    """Area under the ROC curve; equals count one half."""
    more = (inside[:, None] > outside[None, :]).mean()
    return float(more + 0.5 * (inside[:, None] == outside[None, :]).mean())


def _confidence(question: str, search: Search, holdings: Holdings) -> float:
    judgement = judged(question, search, holdings)
    return judgement.probability if judgement else 0.0


def _some(questions: Sequence[Question]) -> list[Question]:
    by_id = {question.id: question for question in questions}
    return [by_id[id] for id in smallest(by_id, ASKED)]
