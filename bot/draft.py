"""The step between composing and verifying, where the operator has a language model: it words the quotes anew.

Called by the desk. Only the question (personal data masked) and the quotes are handed over. Of what comes back only sentences
that the quotes they cite bear are used; where too little remains or the model fails, the quotes stay.
"""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.answer import Composer
from bot.guard import takes_over
from bot.holdings import Holdings
from bot.llm import LlmError, Model, fenced
from bot.masking import masked
from bot.quoting import beside, body, citation, day_text, place_name
from bot.support import Quoted, flaw
from bot.turn import Evidence, Turn
from corpus.citation import Citation
from corpus.document import Authority
from corpus.spelling import nfc

log = logging.getLogger("cchc.draft")

#: Longest passage that is handed over, characters; a list is quoted up to little more than half of it.
PASSAGE_MAX = 6_000
#: Longest sentence, characters; what is longer is no sentence.
SENTENCE_MAX = 700
#: A model of whose sentences fewer than this share can be used is not trusted with the others.
KEPT_SHARE = 0.5

#: Called with every sentence as it is found good, with its marks.
OnSentence = Callable[[str], None]

_AUTHORITIES = {
    Authority.SUMMARY: "bản tóm lược, không phải nguyên văn",
    Authority.PRESS: "bài giới thiệu trên báo, trang tin",
}


class _Sentence(BaseModel):
    """A sentence of the model: strict, what has another form is none."""

    model_config = ConfigDict(strict=True, extra="forbid")

    text: str = Field(min_length=1)
    evidence: list[int]


class _Reply(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    sentences: list[_Sentence]


@dataclass(frozen=True)
class Passage:
    """A numbered quote as the model sees it, and what an answer cites for it."""

    shown: str
    quoted: Quoted
    citations: tuple[Citation, ...]


def draft(
    turn: Turn,
    holdings: Holdings,
    model: Model,
    deadline_s: float,
    on_sentence: OnSentence = lambda sentence: None,
) -> None:
    """Put checked sentences of the model in place of the quoted paragraphs; sets the composer.

    Turns that quote no provision, or an amended one, stay as they are. Never raises but what `on_sentence` raises.
    """
    passages = passages_of(turn, holdings)
    if not passages:
        return
    until = time.monotonic() + deadline_s
    kept: list[str] = []
    cited: list[Citation] = []
    marks: dict[int, int] = {}  # passage -> its number in the answer
    offered = 0
    try:
        with closing(
            model.pieces(_rules(), _data(turn, passages), _Reply.model_json_schema(), until)
        ) as pieces:
            for sentence in _sentences(pieces):
                offered += 1
                used = [at for at in dict.fromkeys(sentence.evidence) if 1 <= at <= len(passages)]
                text = _plain(sentence.text)
                wrong = _flaw(text, [passages[at - 1].quoted for at in used])
                if wrong:
                    log.info("a sentence of the language model is not used: %s", wrong)
                    continue
                for at in used:
                    if at not in marks:
                        marks[at] = len(cited) + 1
                        cited += passages[at - 1].citations
                said = f"{text} {' '.join(f'[{marks[at]}]' for at in used)}"
                if said not in kept:
                    kept.append(said)
                    on_sentence(said)
        if len(kept) < max(1.0, KEPT_SHARE * offered):
            raise LlmError(f"chỉ {len(kept)} trong {offered} câu của mô hình có căn cứ")
    except LlmError as problem:
        log.warning("the answer is quoted, the language model failed: %s", problem)
        turn.composer = Composer.LLM_FAILED
        return
    turn.paragraphs = ["\n".join(kept)]
    turn.citations = cited
    turn.composer = Composer.LLM


def passages_of(turn: Turn, holdings: Holdings) -> list[Passage]:
    """What may be handed over: nothing where a quote was amended (two wordings and two documents must stay apart), and
    no passage that gives orders to machines."""
    if any(_amended(evidence, turn, holdings) for evidence in turn.quoted):
        return []
    return [_passage(evidence, turn, holdings) for evidence in turn.quoted if not takes_over(evidence.text)]


def _amended(evidence: Evidence, turn: Turn, holdings: Holdings) -> bool:
    path = evidence.provision.path
    found = holdings.as_of(evidence.document.id, path, turn.as_of) if path else None
    return found is not None and bool(found.amended or found.changes)


def _passage(evidence: Evidence, turn: Turn, holdings: Holdings) -> Passage:
    tree = holdings.tree(evidence.document.id, evidence.revision)
    own = citation(evidence, holdings, turn.as_of)
    header, status = evidence.document.header, own.document.validity
    name = f"{header.name}, {place_name(evidence.provision.label)}"
    text = body(evidence, tree, turn)[:PASSAGE_MAX]
    about = [f"Văn bản: {name}", f"Hiệu lực tại ngày {day_text(status.on)}: {status.status.vietnamese}"]
    if header.authority in _AUTHORITIES:
        about.append(f"Tính chất: {_AUTHORITIES[header.authority]}")
    named = f"{name}\n{evidence.provision.label}\n{day_text(header.issued_on)}"
    around = tuple(citation(one, holdings, turn.as_of) for one in beside(evidence, tree))
    return Passage("\n".join([*about, text]), Quoted(text, named), (own, *around))


@cache
def _rules() -> str:
    return files("bot").joinpath("prompts", "draft.txt").read_text("utf-8")


def _data(turn: Turn, passages: Sequence[Passage]) -> str:
    limit = PASSAGE_MAX + 1_000
    blocks = [fenced("CÂU HỎI TRƯỚC ĐÓ NÓI VỀ", masked(turn.subject), limit)] if turn.subject else []
    blocks.append(fenced("CÂU HỎI", masked(turn.text), limit))
    blocks += [fenced(f"ĐOẠN TRÍCH {at}", passage.shown, limit) for at, passage in enumerate(passages, 1)]
    return "\n\n".join(blocks)


def _plain(text: str) -> str:
    """One line without marks of the model's own."""
    return " ".join(re.sub(r"\[[\d,; ]*\]", " ", nfc(text)).split()).replace(" .", ".").replace(" ,", ",")


def _flaw(text: str, cited: Sequence[Quoted]) -> str | None:
    if not cited:
        return "no evidence"
    if len(text) > SENTENCE_MAX:
        return "too long"
    return flaw(text, cited)


_OPENING = re.compile(r'\{\s*"sentences"\s*:\s*\[')


def _sentences(pieces: Iterator[str]) -> Iterator[_Sentence]:
    """The sentences as they come. What stands around the JSON does not matter; in it everything must have its form.

    Raises `LlmError` where it has not, or ends before its end.
    """
    decoder, text, at = json.JSONDecoder(), "", -1
    for piece in pieces:
        text += piece
        if at < 0 and (opening := _OPENING.search(text)):
            at = opening.end()
        while at >= 0:
            rest = re.compile(r"[\s,]*").match(text, at)
            assert rest is not None
            if text[rest.end() : rest.end() + 1] == "]":
                return
            if "}" not in text[at:]:
                break
            try:
                found, at = decoder.raw_decode(text, rest.end())
                yield _Sentence.model_validate(found)
            except json.JSONDecodeError:
                break  # not all of it has come
            except (RecursionError, ValidationError) as error:
                raise LlmError("mô hình trả về JSON không đúng dạng") from error
    raise LlmError(
        "mô hình không trả về JSON dùng được" if at < 0 else "câu trả lời của mô hình bị cắt ngang"
    )
