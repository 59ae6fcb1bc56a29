"""A real server on a free port over a real corpus, with a small desk of its own; used by the API and page tests."""

import hashlib
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from api.address import listen
from api.app import create_app
from api.desk import Desk, OnSentence, OnStep
from api.protocol import BoundedHead
from bot.answer import (
    Answer,
    CitationShape,
    CitedDocumentShape,
    Composer,
    NearestShape,
    Status,
    ValidityShape,
)
from bot.people.store import People
from corpus.citation import document_url
from corpus.document import Source
from corpus.spelling import fold
from corpus.store import Corpus
from index.problem import IndexProblem
from index.segment import Segment, segments
from ingest.header import header
from ingest.read import read_bytes
from ingest.structure import parse
from settings import Settings

DECREE = """CHÍNH PHỦ
Số: 61/2018/NĐ-CP
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hà Nội, ngày 23 tháng 4 năm 2018

NGHỊ ĐỊNH
Về thực hiện cơ chế một cửa, một cửa liên thông trong giải quyết thủ tục hành chính

Căn cứ Luật Tổ chức Chính phủ ngày 19 tháng 6 năm 2015;

Chương I
QUY ĐỊNH CHUNG

Điều 1. Phạm vi điều chỉnh
Nghị định này quy định về cơ chế một cửa.

Điều 2. Nguyên tắc
1. Lấy sự hài lòng của tổ chức, cá nhân làm thước đo chất lượng.
2. Thời hạn trả kết quả là ba ngày làm việc, trừ các trường hợp sau:
a) Hồ sơ phải thẩm tra tại hiện trường;
b) Hồ sơ chứa <script>document.title='hacked'</script> và <img src=x onerror="document.title='hacked'">.

Chương II
ĐIỀU KHOẢN THI HÀNH

Điều 3. Hiệu lực thi hành
Nghị định này có hiệu lực thi hành từ ngày 21 tháng 6 năm 2018.
"""
REPLACEMENT = """CHÍNH PHỦ
Số: 118/2025/NĐ-CP
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hà Nội, ngày 09 tháng 6 năm 2025

NGHỊ ĐỊNH
Về thực hiện thủ tục hành chính theo cơ chế một cửa tại Bộ phận Một cửa

Điều 1. Phạm vi điều chỉnh
Nghị định này quy định việc tiếp nhận hồ sơ tại trung tâm phục vụ hành chính công.

Điều 2. Hiệu lực thi hành
1. Nghị định này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2025.
2. Nghị định số 61/2018/NĐ-CP ngày 23 tháng 4 năm 2018 của Chính phủ hết hiệu lực kể từ ngày Nghị định này có hiệu lực thi hành.
"""
PLAN = """---
so_hieu: "905/QĐ-BNV"
loai_van_ban: "Quyết định"
co_quan_ban_hanh: "Bộ Nội vụ"
ngay_ban_hanh: "2022-11-17"
trich_yeu: "Phê duyệt Đề án tăng cường năng lực đội ngũ làm cải cách hành chính"
tinh_chat: "tom_luoc"
don_vi_bien_soan: "Ban biên tập thử nghiệm"
---

# Tóm lược Quyết định số 905/QĐ-BNV

Điều 1. Mục tiêu

1. Đến năm 2030, trên 95% cán bộ, công chức được bồi dưỡng.

Phụ lục I

DANH MỤC NHIỆM VỤ

| STT | Nhiệm vụ | Cơ quan chủ trì |
|---|---|---|
| 1 | Xây dựng cơ sở dữ liệu văn bản | Vụ Cải cách hành chính |
| 2 | Vận hành kênh hỏi đáp tự động | Trung tâm Thông tin |
"""


def add(corpus: Corpus, name: str, content: str) -> str:
    """Store a text as ingest would; gives the document id."""
    data = content.encode()
    reading = read_bytes(data, name)
    provisions = parse(reading)
    source = Source(f"file:///{name}", hashlib.sha256(data).hexdigest(), reading.media_type)
    head = header(reading, provisions)
    added = corpus.add(
        head, reading.text, provisions, source, data, root="/docs", file=name, size=len(data), mtime_ns=0
    )
    return added.document_id


#: Seconds after which a desk that a test holds back gives up.
HELD_MAX_S = 120.0


class KeywordDesk:
    """Answers with the clause that shares most words with the question: the smallest honest desk."""

    STEPS = ("normalise", "search", "compose")

    def __init__(self, corpus: Corpus, max_chars: int = 2000) -> None:
        self.corpus = corpus
        self.trouble: str | None = None
        self.crash = False
        self.max_chars = max_chars
        self.held: threading.Event | None = None  # an answer is not finished before this is set
        self.sentences: list[str] = []  # said before the answer, as a language model's draft is
        self.asked: list[tuple[str, tuple[str, ...], date | None]] = []
        self.finished: list[str] = []
        self.left: list[str] = []  # stopped because nobody waited for the answer any more

    def problem(self) -> str | None:
        return self.trouble

    def passages(self, words: str, limit: int, documents: frozenset[str] | None = None) -> list[Segment]:
        if self.trouble:
            raise IndexProblem(self.trouble)
        wanted = set(fold(words).split())
        found = [
            one
            for held in self.corpus.documents(on=date.today())
            if documents is None or held.id in documents
            for one in segments(
                held.id,
                held.revision,
                held.header,
                self.corpus.text(held.id),
                self.corpus.provisions(held.id),
            )
            if wanted & set(re.findall(r"\w+", fold(one.text)))
        ]
        return found[:limit]

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        on_step: OnStep | None = None,
        on_sentence: OnSentence | None = None,
    ) -> Answer:
        self.asked.append((question, tuple(history), as_of))
        try:
            self._work(on_step or (lambda step, ms: None), on_sentence or (lambda sentence: None))
        except BaseException:
            self.left.append(question)
            raise
        self.finished.append(question)
        day = as_of or date.today()
        if self.crash:
            return self._say(Status.ERROR, "Hệ thống gặp lỗi.", day)
        if not question.strip() or len(question) > self.max_chars:
            return self._say(Status.CLARIFY, "Hãy viết câu hỏi ngắn gọn.", day)
        found = self._search(question)
        if found is None:
            nearest = self.corpus.documents(on=day, limit=2)
            shapes = [
                NearestShape(
                    id=one.id, number=one.header.number, title=one.header.title, url=document_url(one.id)
                )
                for one in nearest
            ]
            return self._say(
                Status.NO_EVIDENCE, f"Không tìm thấy căn cứ cho: {question}", day, nearest=shapes
            )
        return self._cite(*found, day)

    def _work(self, on_step: OnStep, on_sentence: OnSentence) -> None:
        held = self.held
        for step in self.STEPS:
            on_step(step, 1.5)
        for sentence in self.sentences:
            on_sentence(sentence)
        ends = time.monotonic() + HELD_MAX_S
        while held is not None and not held.wait(0.05):
            assert time.monotonic() < ends, "the test never let go of the desk"
            on_step(self.STEPS[-1], 1.5)

    def _search(self, question: str) -> tuple[str, str] | None:
        words = set(re.findall(r"\w{3,}", fold(question)))
        best, place = 1, None
        for document in self.corpus.documents(on=date.today()):
            text = self.corpus.text(document.id)
            for provision in self.corpus.provisions(document.id):
                shared = len(
                    words & set(re.findall(r"\w{3,}", fold(text[provision.start : provision.lead_end])))
                )
                if provision.level.value in ("khoan", "diem", "dong") and shared > best:
                    best, place = shared, (document.id, provision.path)
        return place

    def _cite(self, id: str, path: str, day: date) -> Answer:
        document, provision = self.corpus.document(id), self.corpus.provision(id, path)
        quote = self.corpus.text(id)[provision.start : provision.lead_end].rstrip()
        span = (provision.start, provision.start + len(quote))
        judged, header = self.corpus.validity(id, day), document.header
        citation = CitationShape(
            document=CitedDocumentShape(
                id=id,
                number=header.number,
                kind=header.kind,
                issuer=header.issuer,
                issued_on=header.issued_on,
                title=header.title,
                authority=header.authority.value,
                validity=ValidityShape(
                    status=judged.status.value,
                    label=judged.status.vietnamese,
                    on=day,
                    since=judged.since,
                    by=judged.by,
                ),
            ),
            file=document.file,
            provision=provision.label,
            path=path,
            quote=quote,
            span=span,
            page=provision.page,
            url=document_url(id, path, document.revision, day, span),
        )
        lead = f"Theo {provision.label} {header.kind} {header.number}:"
        return self._say(
            Status.ANSWERED,
            f"{lead}\n{quote}\n\nLưu ý: đây là bản thử nghiệm.",
            day,
            citations=[citation],
            suggestions=["Còn trường hợp thẩm tra tại hiện trường thì sao?"],
        )

    @staticmethod
    def _say(status: Status, text: str, day: date, **more: object) -> Answer:
        fields = {
            "status": status,
            "text": text,
            "as_of": day,
            "composer": Composer.EXTRACTIVE,
            "timings": {"total": 4.5},
        }
        return Answer.model_validate(
            fields | {"notice": "Câu trả lời do máy tự động trích từ văn bản."} | more
        )


@contextmanager
def running(
    desk: Desk, settings: Settings, people: People | None = None, http: type[BoundedHead] = BoundedHead
) -> Iterator[str]:
    """Serve on a free port of this machine while the block runs; gives the base URL.

    Without `people` what is kept about askers goes with the block.
    """
    with tempfile.TemporaryDirectory() as folder:
        own = people or People.open(settings.model_copy(update={"data_dir": Path(folder)}))
        try:
            yield from _serving(create_app(desk, settings, own), http)
        finally:
            if people is None:
                own.close()


def _serving(app: FastAPI, http: type[BoundedHead]) -> Iterator[str]:
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        app,
        http=http,
        log_level="warning",
        timeout_graceful_shutdown=2,
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)
        listener.close()


@contextmanager
def small_corpus(folder: Path) -> Iterator[Corpus]:
    """A corpus of three documents in a SQLite file."""
    with Corpus.open(f"sqlite:///{folder / 'corpus.db'}") as corpus:
        add(corpus, "61-2018-ND-CP.txt", DECREE)
        add(corpus, "118-2025-ND-CP.txt", REPLACEMENT)
        add(corpus, "905-QD-BNV.md", PLAN)
        yield corpus
