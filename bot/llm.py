"""A language model at an OpenAI-compatible server, behind the small interface that the draft step and the doctor use.

Also what everybody who talks to such a model needs: text fenced as data, and the JSON objects of a reply (also used by
`evals.judge`). LangChain is imported with the first question: a desk without a model does not pay for it.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from concurrent.futures import Future
from importlib.util import find_spec
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, Protocol

from settings import Settings

#: The package that speaks to such servers, and how it is installed.
_PACKAGE = "langchain_openai"
INSTALL = "pip install 'cchc-help-desk[llm]'"

#: An answer is a few sentences; a model that runs on is cut off.
TOKENS_MAX = 1_200
#: The same for a server that does not know `max_tokens`, characters.
CHARS_MAX = 20_000

#: What the client library would tell of this machine, or take from the environment for another server.
_UNSENT = (
    "OpenAI-Organization", "OpenAI-Project", "X-Stainless-Lang", "X-Stainless-Package-Version", "X-Stainless-OS",
    "X-Stainless-Arch", "X-Stainless-Runtime", "X-Stainless-Runtime-Version", "X-Stainless-Async",
)  # fmt: skip


class LlmError(Exception):
    """The model gave no usable reply; the message says why, in Vietnamese, without key, question or reply."""


class Model(Protocol):
    """What the desk needs of a model; a test may bring its own."""

    def pieces(
        self, rules: str, data: str, shape: Mapping[str, object], until: float
    ) -> Generator[str, None, None]:
        """The reply, piece by piece. `shape` = JSON schema it should have, `until` = `time.monotonic()` of the deadline.

        Raises `LlmError`, at the deadline too. Closing the iterator hangs up.
        """
        ...

    def close(self) -> None: ...


def model_of(settings: Settings) -> Model | None:
    """The model that the settings name; None without one."""
    if not settings.llm_url:
        return None
    key = settings.llm_key.get_secret_value() if settings.llm_key else ""
    return ChatServer(settings.llm_url, settings.llm_model, key)


def missing_package() -> bool:
    """Whether the optional package for such servers is not installed."""
    return find_spec(_PACKAGE) is None


def fenced(name: str, text: str, limit: int) -> str:
    """Text that the model must not take for words of ours, cut at `limit` characters.

    The marks of the fence are taken out of it, so that it cannot close it.
    """
    if len(text) > limit:
        text = text[:limit] + " […]"
    return f"<<<{name}\n{text.replace('<<<', '‹‹‹').replace('>>>', '›››')}\n>>>"


def objects(content: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in a text, fenced or with words around them, and those right inside them."""
    decoder = json.JSONDecoder()
    at = content.find("{")
    while at >= 0:
        end = at + 1
        try:
            found, end = decoder.raw_decode(content, at)
        except (ValueError, RecursionError):
            pass
        else:
            yield found
            yield from (inner for inner in found.values() if isinstance(inner, dict))
        at = content.find("{", end)


class ChatServer:
    """A model behind /chat/completions, through LangChain. May be shared by threads.

    The talk with the server runs in an event loop of its own thread, so that the deadline holds whatever the server does:
    whoever waits stops waiting, and the request is cancelled.
    """

    def __init__(self, url: str, name: str, key: str) -> None:
        self._url, self._name, self._key = url, name, key
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._chat: Any = None  # touched only in the loop
        self._form = 0  # the first of `_forms` that the server understood

    def pieces(
        self, rules: str, data: str, shape: Mapping[str, object], until: float
    ) -> Generator[str, None, None]:
        """See `Model`."""
        if missing_package():
            raise LlmError(f"chưa cài gói để nối với mô hình ngôn ngữ, hãy chạy: {INSTALL}")
        told: SimpleQueue[str | LlmError | None] = SimpleQueue()
        talk = self._talk(rules, data, shape, told.put)
        work: Future[None] = asyncio.run_coroutine_threadsafe(talk, self._running())
        length = 0
        try:
            while (left := until - time.monotonic()) > 0:
                try:
                    piece = told.get(timeout=left)
                except Empty:
                    break
                if piece is None:
                    return
                if isinstance(piece, LlmError):
                    raise piece
                length += len(piece)
                if length > CHARS_MAX:
                    raise LlmError("mô hình trả lời quá dài")
                yield piece
            raise LlmError("quá thời gian chờ")
        finally:
            work.cancel()

    def close(self) -> None:
        """Hang up whatever is still under way."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(_cancel_others(), loop).add_done_callback(
                lambda _: loop.call_soon_threadsafe(loop.stop)
            )

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                Thread(target=self._loop.run_forever, name="llm", daemon=True).start()
            return self._loop

    async def _talk(
        self, rules: str, data: str, shape: Mapping[str, object], say: Callable[[str | LlmError | None], None]
    ) -> None:
        """Say every piece, then None or why there are no more."""
        from langsmith import tracing_context

        try:
            with tracing_context(enabled=False):  # whatever the environment says: nobody else reads along
                async for piece in self._reply(rules, data, shape):
                    say(piece)
            say(None)
        except Exception as error:  # whatever a server can do to a client
            say(LlmError(_reason(error)))

    async def _reply(self, rules: str, data: str, shape: Mapping[str, object]) -> AsyncIterator[str]:
        import openai

        if self._chat is None:
            from langchain_openai import ChatOpenAI
            from pydantic import SecretStr

            # a key must be given, else one for another server is taken from the environment
            self._chat = ChatOpenAI(
                base_url=self._url, model=self._name, api_key=SecretStr(self._key or "-"), max_retries=0,
                use_responses_api=False, stream_usage=False, stream_chunk_timeout=None,
            )  # fmt: skip
        forms = _forms(shape)
        silent = {name: openai.Omit() for name in _UNSENT}
        messages = [("system", rules), ("human", data)]
        for form in range(self._form, len(forms)):
            try:
                async for chunk in self._chat.astream(messages, extra_body=forms[form], extra_headers=silent):
                    self._form = form
                    yield str(chunk.text)
                return
            except (openai.BadRequestError, openai.UnprocessableEntityError):
                if form == len(forms) - 1:
                    raise


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _forms(shape: Mapping[str, object]) -> list[dict[str, object]]:
    """How a reply is asked for, best first: not every server knows schemas, JSON or temperatures."""
    schema = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": shape}}
    plain: dict[str, object] = {"temperature": 0, "max_tokens": TOKENS_MAX}
    return [
        plain | {"response_format": schema},
        plain | {"response_format": {"type": "json_object"}},
        plain,
        {},
    ]


def _reason(error: Exception) -> str:
    """Why there is no reply, for the operator. Not the server's own words: they may repeat key or question."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return f"máy chủ trả lời HTTP {error.status_code}"
    if isinstance(error, openai.APITimeoutError):
        return "quá thời gian chờ"
    if isinstance(error, openai.APIConnectionError):
        return "không nối được với máy chủ"
    return f"máy chủ trả lời không đúng dạng ({type(error).__name__})"
