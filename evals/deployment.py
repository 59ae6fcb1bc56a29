"""The two ways to ask a deployment: the desk in this process, or a desk over HTTP.

Both are an `evals.reply.System`. Beside each answer they read what the deployment stores about the passages it cites,
so that scoring compares the answer with the documents and not with what the answer says of them. Called by
`evals.answers`.
"""

import json
import re
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, quote, urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.answer import Status
from bot.desk import HelpDesk
from corpus.document import Document, RelationKind
from corpus.store import Corpus, NotHeldError
from corpus.validity import speaks_of
from evals.problem import EvalProblem
from evals.record import OURS
from evals.reply import Asked, Cited, Reply, Source
from evals.retry import Delivered, Sleep, client_of, deliver, reason, shown
from index.generation import current_id

#: What an answer over HTTP may take, seconds; a desk with an LLM behind it is slow.
TIMEOUT_S = 120.0
_FAILED = "Trợ lý gặp lỗi khi trả lời câu này; xem nhật ký của trợ lý."
_TEXT_ROUTE = re.compile(r"/v1/documents/\{[^}]+\}/text$")


class _Stored(BaseModel):
    # as much of the wire as is measured; a newer deployment may say more
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Standing(_Stored):
    on: date | None = None
    since: date | None = None
    by: str = ""
    check: str = ""


class _Tie(_Stored):
    kind: str = ""
    number: str = ""
    effective_on: date | None = None


#: What other documents say of one without changing what holds of it.
_CHANGES_NOTHING = {RelationKind.BASED_ON, RelationKind.GUIDES, RelationKind.CONSOLIDATES}


class _Header(_Stored):
    """A document's metadata; the field names are those of GET /v1/documents/{id}."""

    number: str = ""
    kind: str = ""
    issuer: str = ""
    title: str = ""
    signer: str = ""
    issued_on: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    published_on: date | None = None
    validity: _Standing = _Standing()
    relations_of: tuple[_Tie, ...] = ()
    relations_to: tuple[_Tie, ...] = ()

    def metadata(self) -> list[str]:
        name = Document(number=self.number, kind=self.kind, issuer=self.issuer, title=self.title).name
        status = self.validity
        days = [self.issued_on, self.effective_from, self.effective_to, self.published_on]
        changed = [tie for tie in self.relations_to if tie.kind not in _CHANGES_NOTHING]
        days += [status.since, status.on, *(tie.effective_on for tie in (*self.relations_of, *changed))]
        said = [self.number, name, self.title, self.issuer, self.signer, status.by, status.check]
        said += sorted({tie.number for tie in changed})
        return said + [tie.number for tie in self.relations_of] + [day.isoformat() for day in days if day]


class _Place(_Stored):
    """A provision's own metadata; the field names are those of GET /v1/documents/{id}/provisions/{path}."""

    label: str = ""
    heading: str = ""
    columns: tuple[str, ...] = ()


class _Text(_Stored):
    text: str


class _Store(Protocol):
    """What a deployment holds. None: not held. `revision`: first digits of the sha256, "" = the current one."""

    def text(self, id: str, revision: str) -> str | None: ...

    def header(self, id: str, on: date | None) -> _Header | None: ...

    def place(self, id: str, path: str, revision: str) -> _Place | None: ...


class _Sources:
    """The sources of replies; what was read once is kept for the run."""

    def __init__(self, store: _Store) -> None:
        self._text = cache(store.text)
        self._header = cache(store.header)
        self._place = cache(store.place)

    def of(self, reply: Reply) -> tuple[Source, ...]:
        return tuple(self._source(cited, reply.as_of) for cited in reply.citations)

    def _source(self, cited: Cited, on: date | None) -> Source:
        id, revision = cited.document.id, _revision(cited.url)
        text = self._text(id, revision)
        header = self._header(id, on)
        place = self._place(id, cited.path, revision) if cited.path else None
        said = header.metadata() if header else []
        said += [place.label, place.heading, *place.columns] if place else []
        return Source(stored=_passage(text, cited), metadata=tuple(dict.fromkeys(filter(None, said))))


def _passage(text: str | None, cited: Cited) -> str | None:
    """The quote where it stands in the text, at its span or elsewhere; else what stands at its span."""
    if text is None:
        return None
    if cited.quote.strip() and cited.quote in text:
        return cited.quote
    start, end = cited.span
    return text[max(start, 0) : max(end, 0)]


def _revision(url: str) -> str:
    """The revision that a citation's address names; "" where it names none."""
    with suppress(ValueError):  # an address that is none
        return parse_qs(urlsplit(url).query).get("revision", [""])[0]
    return ""


class _Failure(Exception):
    """One question cannot be measured; the message says why, in Vietnamese."""


def _failed(question: str, history: Sequence[str], why: str, ms: float = 0.0) -> Asked:
    reply = Reply(status=Status.ERROR.value, text="")
    return Asked(question=question, history=tuple(history), reply=reply, sources=(), ms=ms, error=why)


def _asked(
    question: str, history: Sequence[str], reply: Reply, sources: tuple[Source, ...], ms: float
) -> Asked:
    error = _FAILED if reply.status == Status.ERROR.value else ""
    return Asked(question=question, history=tuple(history), reply=reply, sources=sources, ms=ms, error=error)


class DeskHere:
    """The desk in this process. Closing it closes the desk."""

    name = OURS

    def __init__(self, desk: HelpDesk) -> None:
        """Raises `EvalProblem` where the desk cannot answer."""
        problem = desk.problem()
        if problem is not None:
            raise EvalProblem(problem)
        self._desk = desk
        self._sources = _Sources(_CorpusStore(desk.corpus))

    def ask(self, question: str, history: Sequence[str], as_of: date | None) -> Asked:
        started = time.perf_counter()
        answer = self._desk.ask(question, history, as_of)
        ms = (time.perf_counter() - started) * 1000
        reply = Reply.model_validate(answer.model_dump(mode="json"))
        return _asked(question, history, reply, self._sources.of(reply), ms)

    def describe(self) -> dict[str, str | int]:
        """What was measured, for the report."""
        counts, settings = self._desk.corpus.counts(), self._desk.settings
        return {
            "documents": counts.documents,
            "provisions": counts.provisions,
            "generation": current_id(settings.index_dir) or "",
            "embedder": settings.embedder,
        }

    def close(self) -> None:
        self._desk.close()


class _CorpusStore:
    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def text(self, id: str, revision: str) -> str | None:
        with suppress(NotHeldError):
            return self._corpus.text(id, self._whole(id, revision))
        return None

    def header(self, id: str, on: date | None) -> _Header | None:
        try:
            header = self._corpus.document(id).header
        except NotHeldError:
            return None
        standing = self._corpus.validity(id, on) if on else None
        return _Header(
            number=header.number, kind=header.kind, issuer=header.issuer, title=header.title, signer=header.signer,
            issued_on=header.issued_on, effective_from=header.effective_from, effective_to=header.effective_to,
            published_on=header.published_on,
            validity=_Standing(on=on, since=standing.since, by=standing.by, check=standing.check) if standing else _Standing(),
            relations_of=tuple(_Tie(number=one.number, effective_on=one.effective_on) for one in header.relations),
            relations_to=tuple(
                _Tie(kind=one.relation.kind.value, number=one.header.number, effective_on=one.day)
                for one in self._corpus.relations_to(header.number) if speaks_of(one, header)
            ) if header.number else (),
        )  # fmt: skip

    def place(self, id: str, path: str, revision: str) -> _Place | None:
        try:
            found = self._corpus.provision(id, path, self._whole(id, revision))
        except NotHeldError:
            return None
        return _Place(label=found.label, heading=found.heading, columns=found.columns)

    def _whole(self, id: str, revision: str) -> str:
        current = self._corpus.document(id).revision
        for held in (current, *self._corpus.revisions(id)):
            if held.startswith(revision):
                return held
        raise NotHeldError(f"{id} {revision}")


class DeskOverHttp:
    """A deployment at a URL, a path in front of its routes included."""

    name = OURS

    def __init__(
        self,
        url: str,
        api_key: str = "",
        today: date | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        sleep: Sleep = time.sleep,
    ) -> None:
        """Looks whether the deployment can be measured. `today`: the day asked about by questions that name none.

        Raises `EvalProblem` where it cannot be reached, refuses the key, is not ready or is too old.
        """
        self._url = shown(url)
        self._client = client_of(url, api_key, timeout_s)
        # a session of its own, to be forgotten: the people behind the desk do not wait for the suite's questions
        self._client.headers["X-CCHC-Session"] = secrets.token_urlsafe(24)
        self._today = today
        self._sleep = sleep
        self._answered = False
        self._sources = _Sources(_HttpStore(self._get))
        try:
            self._about = self._look()
        except BaseException:
            self.close()
            raise

    def ask(self, question: str, history: Sequence[str], as_of: date | None) -> Asked:
        """Raises `EvalProblem` only where the first question already is refused for its key."""
        day = as_of or self._today
        body = {"question": question, "history": list(history)}
        if day:
            body["as_of"] = day.isoformat()
        # ASCII with escapes: half a character in a question is the server's to refuse, not a crash here
        request = self._client.build_request(
            "POST", "v1/ask", content=json.dumps(body), headers={"Content-Type": "application/json"}
        )
        ms = 0.0
        try:
            delivered = self._send(request)
            ms = delivered.ms
            reply = self._reply(delivered.response)
            return _asked(question, history, reply, self._sources.of(reply), ms)
        except _Failure as failure:
            return _failed(question, history, str(failure), ms)

    def describe(self) -> dict[str, str | int]:
        """What was measured, for the report."""
        return self._about

    def close(self) -> None:
        if self._answered:
            with suppress(httpx.HTTPError):
                self._client.post("v1/forget")
        self._client.close()

    def _send(self, request: httpx.Request) -> Delivered:
        try:
            return deliver(self._client, request, self._sleep)
        except httpx.HTTPError as error:
            raise _Failure(f"{self._url} không trả lời: {reason(error)}") from error

    def _get(self, path: str, params: dict[str, str]) -> httpx.Response:
        return self._send(self._client.build_request("GET", path, params=params)).response

    def _reply(self, response: httpx.Response) -> Reply:
        status = response.status_code
        if status in (401, 403) and not self._answered:
            raise EvalProblem(_refused(self._url, status))
        if status not in (200, 500):  # 500: the desk failed and says so in the shape of an answer
            raise _Failure(_said(response))
        try:
            reply = Reply.model_validate_json(response.content)
        except ValidationError as error:
            if status == 500:
                raise _Failure(_said(response)) from error
            where = ".".join(map(str, error.errors()[0]["loc"])) or "(cả nội dung)"
            raise _Failure(f"Câu trả lời không đúng dạng của /v1/ask, trường {where}.") from error
        self._answered = True
        return reply

    def _look(self) -> dict[str, str | int]:
        try:
            listed = self._get("v1/documents", {"limit": "1"})
        except _Failure as failure:
            raise EvalProblem(
                f"{failure}. Hãy kiểm tra địa chỉ và cổng, máy chủ có đang chạy (`cchc serve`) và tường lửa."
            ) from failure
        if listed.status_code in (401, 403):
            raise EvalProblem(_refused(self._url, listed.status_code))
        if listed.is_redirect:
            raise EvalProblem(
                f"{self._url} chuyển hướng tới {listed.headers.get('location', '?')}. Hãy dùng --url với địa chỉ đích."
            )
        total = _object(listed).get("total")
        if listed.status_code != 200 or not isinstance(total, int):
            raise EvalProblem(
                f"Tại {self._url} không thấy trợ lý CCHC: GET v1/documents cho {_said(listed)} Hãy kiểm tra địa chỉ, "
                "kể cả phần đường dẫn đứng trước /v1."
            )
        about: dict[str, str | int] = {"url": self._url, "documents": total}
        with suppress(httpx.HTTPError):
            ready = self._client.get("health/ready")
            if ready.status_code == 503:
                raise EvalProblem(f"{self._url} chưa trả lời được câu hỏi: {_said(ready)}")
            described = _object(self._client.get("openapi.json"))
            if (routes := described.get("paths")) and not any(map(_TEXT_ROUTE.search, routes)):
                raise EvalProblem(
                    f"{self._url} là bản cũ, không có /v1/documents/{{id}}/text nên không đối chiếu được trích dẫn. "
                    "Hãy nâng cấp rồi chạy lại."
                )
            version = described.get("info", {}).get("version")
            about |= {"version": str(version)} if version else {}
        return about


class _Get(Protocol):
    def __call__(self, path: str, params: dict[str, str]) -> httpx.Response: ...


_Shape = TypeVar("_Shape", bound=_Stored)


class _HttpStore:
    def __init__(self, get: _Get) -> None:
        self._get = get

    def text(self, id: str, revision: str) -> str | None:
        found = self._read(_Text, f"{_at(id)}/text", revision=revision)
        return found.text if found else None

    def header(self, id: str, on: date | None) -> _Header | None:
        return self._read(_Header, _at(id), on=on.isoformat() if on else "")

    def place(self, id: str, path: str, revision: str) -> _Place | None:
        return self._read(_Place, f"{_at(id)}/provisions/{quote(path, safe='')}", revision=revision)

    def _read(self, shape: type[_Shape], path: str, **params: str) -> _Shape | None:
        response = self._get(path, {name: value for name, value in params.items() if value})
        if response.status_code in (404, 422):  # 422: an id or a revision that cannot exist
            return None
        with suppress(ValidationError):
            if response.status_code == 200:
                return shape.model_validate_json(response.content)
        raise _Failure(f"Đã có câu trả lời nhưng không đọc được {path} để đối chiếu: {_said(response)}")


def _at(id: str) -> str:
    return f"v1/documents/{quote(id, safe='')}"


def _object(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a response; {} where it has none."""
    with suppress(ValueError):
        content = response.json()
        return content if isinstance(content, dict) else {}
    return {}


def _said(response: httpx.Response) -> str:
    """The status and, where the server tells, its reason."""
    error = _object(response).get("error")
    message = error.get("message") if isinstance(error, dict) else None
    return f"HTTP {response.status_code}: {message}" if message else f"HTTP {response.status_code}."


def _refused(url: str, status: int) -> str:
    return f"{url} từ chối (HTTP {status}). Hãy kiểm tra khóa truy cập (--api-key) và quyền của nó."
