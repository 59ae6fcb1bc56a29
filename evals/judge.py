"""A language model as judge of answers: are they backed by the cited text, do they answer what was asked?

An option of `cchc eval answers`, for any OpenAI-compatible endpoint. What it thinks stands beside the deterministic
figures with its agreement, and is never part of them or of the gate.
"""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import httpx

from bot.llm import fenced, objects
from evals.problem import EvalProblem
from evals.record import Opinion, Record
from evals.reply import Asked
from evals.retry import Sleep, client_of, deliver, reason, shown
from evals.suite import RIGHT_STATUSES, Expect, Row

#: Longest passage that is shown to the judge, characters; a whole chapter would push the rules out of small models.
PASSAGE_MAX = 6_000
#: The verdict is one short sentence; a model that runs on is cut off.
TOKENS_MAX = 800

_YES = {"true", "yes", "có", "đúng", "đạt", "1"}
_NO = {"false", "no", "không", "sai", "0"}


@dataclass(frozen=True, slots=True)
class _Said:
    verdict: bool | None  # None: the model gave no usable reply
    reason: str


class Judge:
    """Asks a model at an OpenAI-compatible endpoint, at temperature 0. Close it when done."""

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str = "",
        timeout_s: float = 60.0,
        *,
        sleep: Sleep = time.sleep,
    ) -> None:
        """`base_url`: what stands before /chat/completions. Raises `EvalProblem` where it is no address."""
        self._url = shown(base_url)
        self._client = client_of(base_url, api_key, timeout_s)
        self._model = model
        self._sleep = sleep

    def check(self) -> None:
        """One small question. Raises `EvalProblem` where the endpoint, the key or the model cannot be used."""
        _, why = self._chat("Trả lời đúng một chữ: có", "Bạn có nhận được không?")
        if why:
            raise EvalProblem(
                f"Mô hình chấm “{self._model}” tại {self._url} không dùng được: {why}. Hãy kiểm tra địa chỉ (phần đứng "
                "trước /chat/completions), tên mô hình và khóa, hoặc chạy không có mô hình chấm."
            )

    def opinion(self, row: Row, asked: Asked) -> Opinion | None:
        """What the model thinks of an answer; None for a reply that does not claim to answer. Never raises."""
        if asked.reply.status not in RIGHT_STATUSES[Expect.ANSWER]:
            return None
        faithful = self._verdict("faithfulness", "faithful", _for_faithfulness(asked))
        relevant = self._verdict("relevance", "relevant", _for_relevance(row, asked))
        said = [
            f"{name}: {one.reason}"
            for name, one in (("căn cứ", faithful), ("đúng ý", relevant))
            if one.reason
        ]
        return Opinion(faithful=faithful.verdict, relevant=relevant.verdict, reason=" · ".join(said))

    def close(self) -> None:
        self._client.close()

    def _verdict(self, prompt: str, field: str, data: str) -> _Said:
        content, why = self._chat(_prompt(prompt), data)
        if why:
            return _Said(None, why)
        # the last one: before it a model may think aloud or repeat the form it was given
        for found in reversed(list(objects(content))):
            verdict = _truth(found.get(field))
            if verdict is not None:
                return _Said(verdict, str(found.get("reason", "")).strip())
        return _Said(None, "mô hình không trả về JSON dùng được")

    def _chat(self, system: str, user: str) -> tuple[str, str]:
        """What the model says, and why it says nothing."""
        body = {
            "model": self._model,
            "temperature": 0,
            "max_tokens": TOKENS_MAX,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
        }
        request = self._client.build_request(
            "POST", "chat/completions", content=json.dumps(body), headers={"Content-Type": "application/json"}
        )
        try:
            response = deliver(self._client, request, self._sleep).response
        except httpx.HTTPError as error:
            return "", reason(error)
        if response.status_code != 200:
            return "", f"HTTP {response.status_code}"
        try:
            content = response.json()["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError):
            return "", "phản hồi không đúng dạng chat/completions"
        return (content, "") if isinstance(content, str) else ("", "mô hình không nói gì")


@cache
def _prompt(name: str) -> str:
    return files("evals").joinpath("prompts", f"{name}.txt").read_text("utf-8")


def _for_faithfulness(asked: Asked) -> str:
    blocks = [_fenced("CÂU HỎI", asked.question), _fenced("CÂU TRẢ LỜI", asked.reply.text)]
    for count, (cited, source) in enumerate(zip(asked.reply.citations, asked.sources, strict=True), 1):
        stored = "(kho không giữ đoạn này)" if source.stored is None else source.stored
        blocks.append(_fenced(f"ĐOẠN TRÍCH {count}", stored))
        blocks.append(_fenced(f"THÔNG TIN LƯU TRỮ {count}", "\n".join([cited.provision, *source.metadata])))
    return "\n\n".join(blocks)


def _for_relevance(row: Row, asked: Asked) -> str:
    blocks = [_fenced("CÂU HỎI TRƯỚC", earlier) for earlier in asked.history]
    blocks += [_fenced("CÂU HỎI", asked.question)]
    if row.as_of:
        blocks.append(_fenced("NGÀY ĐƯỢC HỎI", row.as_of.isoformat()))
    return "\n\n".join([*blocks, _fenced("CÂU TRẢ LỜI", asked.reply.text)])


def _fenced(name: str, text: str) -> str:
    return fenced(name, text, PASSAGE_MAX)


def _truth(value: object) -> bool | None:
    word = str(value).strip().lower()
    return True if word in _YES else False if word in _NO else None


def agreement(records: Iterable[Record]) -> dict[str, Any]:
    """How far the judge and the deterministic figures say the same of the answers that were judged.

    `faithful` is compared with: every quote verbatim and no unsupported figure; `relevant` with: all facts said. Each
    has `n`, `agreement` (share) and Cohen's `kappa` (None: undefined, all of one kind). `judged` counts answers,
    `unusable` replies of the model, of which an answer has two.
    """
    judged = [(record.verdict, record.opinion) for record in records if record.opinion is not None]
    faithful = [
        (opinion.faithful, verdict.quotes_verbatim == verdict.quotes and not verdict.unsupported)
        for verdict, opinion in judged
        if opinion.faithful is not None
    ]
    relevant = [
        (opinion.relevant, verdict.facts_all)
        for verdict, opinion in judged
        if opinion.relevant is not None and verdict.facts_all is not None
    ]
    replies = [said for _, opinion in judged for said in (opinion.faithful, opinion.relevant)]
    return {
        "judged": len(judged),
        "unusable": replies.count(None),
        "faithful": _compared(faithful),
        "relevant": _compared(relevant),
    }


def _compared(pairs: Sequence[tuple[bool, bool]]) -> dict[str, float | int | None]:
    n = len(pairs)
    if not n:
        return {"n": 0, "agreement": None, "kappa": None}
    share = sum(one is other for one, other in pairs) / n
    yes, their_yes = sum(one for one, _ in pairs) / n, sum(other for _, other in pairs) / n
    by_chance = yes * their_yes + (1 - yes) * (1 - their_yes)
    kappa = (share - by_chance) / (1 - by_chance) if by_chance < 1 else None
    return {"n": n, "agreement": share, "kappa": kappa}
