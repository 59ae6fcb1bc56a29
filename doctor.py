"""Looks over the whole desk and names the command that mends what is wrong. Called by `cchc doctor`.

It changes nothing but the database's tables, which every command brings up to date.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from urllib.parse import urlsplit

from bot.llm import INSTALL as INSTALL_LLM
from bot.llm import LlmError, missing_package, model_of
from bot.people.store import People
from corpus.database import CorpusError
from corpus.store import Corpus
from index.embedding import OFF, Embedder, load_embedder
from index.generation import GENERATIONS, read_manifest
from index.problem import IndexProblem
from index.search import open_with
from ingest.pipeline import unsure
from ingest.readers.doc_file import INSTALL as INSTALL_WORD
from ingest.readers.doc_file import missing_tool
from ingest.recognition import INSTALL, Ocr
from settings import Settings, SettingsError, load_settings

#: Free bytes below which it warns: a new index stands beside the old one until it is published.
LOW_DISK = 1_000_000_000

#: Longest wait for the language model's word, seconds.
LLM_CHECK_S = 10.0
_RULES, _PROBE = 'Trả lời đúng một đối tượng JSON: {"ok": true}', "Bạn có nhận được không?"

_FEED = "cchc ingest THƯ_MỤC (hoặc thử bằng văn bản mẫu: cchc ingest --samples)"


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"  # questions are answered, something deserves a look
    FAILED = "failed"  # questions cannot be answered


_MARKS = {State.OK: "✓", State.WARNING: "!", State.FAILED: "✗"}


@dataclass(frozen=True, slots=True)
class Check:
    name: str  # settings, data, database, documents, files, scans, people, model, index, llm, ocr, old_word, extras
    state: State
    text: str
    cure: str = ""  # a command; "" where nothing is to be done or the text says it

    @property
    def failed(self) -> bool:
        return self.state is State.FAILED


def report(checks: Sequence[Check]) -> str:
    """One line per check."""
    lines = [f"{_MARKS[c.state]} {c.text}" + (f" → {c.cure}" if c.cure else "") for c in checks]
    ready = not any(check.failed for check in checks)
    lines.append("Sẵn sàng trả lời câu hỏi." if ready else "Chưa trả lời được câu hỏi.")
    return "\n".join(lines)


def diagnose() -> list[Check]:
    """Every check on the settings in force; only the first where the settings themselves cannot be used."""
    try:
        settings = load_settings()
    except SettingsError as error:
        return [Check("settings", State.FAILED, str(error), "sửa biến môi trường CCHC_… hoặc cchc.toml")]
    return examine(settings)


def examine(settings: Settings) -> list[Check]:
    """Every check on these settings. No secret of the settings is in any text."""
    checks = [Check("settings", State.OK, "Cài đặt hợp lệ"), *_data(settings)]
    model, embedder = _model(settings)
    if _has_database(settings):
        try:
            with Corpus.open(settings.dsn) as corpus:
                checks += [*_corpus(corpus), model, _index(settings, embedder, model.failed, corpus.state())]
        except CorpusError as error:
            checks += [Check("database", State.FAILED, str(error)), model]
    else:
        checks += [Check("database", State.FAILED, "Chưa có kho văn bản", _FEED), model]
    return [*checks, *_people(settings), _llm(settings), _ocr(settings), _old_word(), _extras()]


def _people(settings: Settings) -> Iterator[Check]:
    """Nothing where nobody has asked yet: opening would make the file."""
    if settings.people_database_url is None and not (settings.data_dir / "people.db").exists():
        return
    try:
        with People.open(settings) as people:
            waiting = len(people.questions(open_only=True))
    except CorpusError as error:
        yield Check("people", State.FAILED, str(error))
        return
    cure = "cchc questions --open" if waiting else ""
    yield Check("people", State.OK, f"{waiting} câu hỏi đang chờ cán bộ trả lời", cure)


def _has_database(settings: Settings) -> bool:
    """Whether there is one to open: opening would make it, and a look must not leave folders behind."""
    return settings.database_url is not None or (settings.data_dir / "corpus.db").exists()


def _data(settings: Settings) -> Iterator[Check]:
    folder = settings.data_dir.absolute()
    try:
        if folder.exists():
            with tempfile.TemporaryFile(dir=folder):
                pass
            yield Check("data", State.OK, f"Ghi được vào thư mục dữ liệu {folder}")
        else:
            yield Check("data", State.WARNING, f"Chưa có thư mục dữ liệu {folder}", _FEED)
        there = next(place for place in (folder, *folder.parents) if place.exists())
        free = shutil.disk_usage(there).free
    except OSError as error:
        cure = "sửa quyền ghi hoặc đặt CCHC_DATA_DIR"
        yield Check("data", State.FAILED, f"Không ghi được vào {folder}: {error.strerror}", cure)
        return
    if free < LOW_DISK:
        yield Check(
            "disk", State.WARNING, f"Ổ đĩa chỉ còn {free / 1e9:.1f} GB", "giải phóng dung lượng ổ đĩa"
        )
    else:
        yield Check("disk", State.OK, f"Ổ đĩa còn trống {free / 1e9:.1f} GB")


def _corpus(corpus: Corpus) -> Iterator[Check]:
    yield Check("database", State.OK, "Cơ sở dữ liệu mở được, lược đồ mới nhất")
    counts = corpus.counts()
    if counts.documents:
        samples = f", trong đó {counts.samples} văn bản mẫu" if counts.samples else ""
        held = f"Kho có {counts.documents} văn bản{samples}; {counts.provisions} mục tra cứu được"
        yield Check("documents", State.OK, held)
    else:
        yield Check("documents", State.FAILED, "Kho chưa có văn bản nào", _FEED)
    failed = counts.files.get("failed", 0)
    if failed:
        yield Check("files", State.WARNING, f"{failed} tệp không đọc được", "cchc ingest --failed")
    else:
        yield Check("files", State.OK, "Không có tệp nào không đọc được")
    doubtful = len(unsure(corpus))
    if doubtful:
        text = f"{doubtful} tệp quét có trang nhận dạng kém hoặc chờ nhận dạng (OCR)"
        yield Check("scans", State.WARNING, text, "cchc ingest --failed")


def _ocr(settings: Settings) -> Check:
    problem = Ocr(settings.ocr == "auto").problem()
    if not problem:
        return Check("ocr", State.OK, "Đọc được bản quét: có tesseract tiếng Việt")
    text = f"Chưa đọc được bản quét: {problem}"
    return Check("ocr", State.WARNING, text, INSTALL if settings.ocr == "auto" else "đặt CCHC_OCR=auto")


def _model(settings: Settings) -> tuple[Check, Embedder | None]:
    try:
        embedder = load_embedder(settings)
    except IndexProblem as problem:
        return Check("model", State.FAILED, str(problem)), None
    if embedder is None:
        return Check(
            "model", State.OK, f"Mô hình véc-tơ tắt (CCHC_EMBEDDER={OFF}): chỉ tìm theo từ khóa"
        ), None
    embedder.vectors(["kiểm tra"], query=True)
    text = f"Mô hình “{embedder.name}” nguyên vẹn, {embedder.dimensions} chiều"
    return Check("model", State.OK, text), embedder


def _index(settings: Settings, embedder: Embedder | None, no_model: bool, corpus_state: str) -> Check:
    try:
        generation = open_with(settings, embedder).generation
        manifest = read_manifest(settings.index_dir / GENERATIONS / generation)
    except IndexProblem as problem:
        return Check("index", State.FAILED, str(problem), "cchc index")
    text = f"Chỉ mục {generation} đọc được, {manifest.segments} đoạn"
    if manifest.state != corpus_state:
        return Check("index", State.WARNING, f"{text}, nhưng kho đã thay đổi sau đó", "cchc index")
    if embedder is None and manifest.embedder and not no_model:
        return Check("index", State.WARNING, f"{text}, có véc-tơ mà cài đặt đã tắt", "cchc index")
    return Check("index", State.OK, f"{text}, khớp với kho và mô hình")


def _llm(settings: Settings) -> Check:
    """Says what leaves the machine; asks the model one small question, which holds nothing of anybody's."""
    model = model_of(settings)
    if model is None:
        text = "Không dùng mô hình ngôn ngữ: câu trả lời trích nguyên văn, không có gì gửi ra khỏi máy này"
        return Check("llm", State.OK, text)
    name = f"Mô hình ngôn ngữ “{settings.llm_model}” tại {settings.llm_url}"
    sent = (
        f"Câu hỏi (đã che số điện thoại, số giấy tờ tùy thân, thư điện tử) và các đoạn trích được gửi tới "
        f"{urlsplit(settings.llm_url).hostname}, ngoài ra không gửi gì"
    )
    if missing_package():
        text = f"{name} chưa dùng được vì thiếu gói; câu trả lời vẫn được trích nguyên văn"
        return Check("llm", State.WARNING, text, INSTALL_LLM)
    within = min(settings.llm_deadline_s, LLM_CHECK_S)
    try:
        with closing(model.pieces(_RULES, _PROBE, {"type": "object"}, time.monotonic() + within)) as pieces:
            said = "".join(pieces)
    except LlmError as problem:
        text = f"{name} không dùng được: {problem}; câu trả lời vẫn được trích nguyên văn. {sent}"
        return Check("llm", State.WARNING, text, "kiểm tra CCHC_LLM_URL, CCHC_LLM_MODEL, CCHC_LLM_KEY")
    finally:
        model.close()
    if not said.strip():
        return Check("llm", State.WARNING, f"{name} không nói gì. {sent}", "kiểm tra CCHC_LLM_MODEL")
    return Check("llm", State.OK, f"{name} trả lời được. {sent}")


def _old_word() -> Check:
    """Word 97 and later is read without help; older files need a program."""
    if missing_tool():
        return Check(
            "old_word", State.WARNING, "Đọc được tệp Word cũ (.doc, RTF), trừ Word 6/95", INSTALL_WORD
        )
    return Check("old_word", State.OK, "Đọc được tệp Word cũ (.doc, RTF), cả Word 6/95")


def _extras() -> Check:
    """What may be added; nothing here is needed."""
    packages = {
        "sentence_transformers": "models (mô hình véc-tơ khác)",
        "psycopg": "postgres (PostgreSQL)",
        "langchain_openai": "llm (mô hình ngôn ngữ)",
    }
    here = [name for package, name in packages.items() if find_spec(package)]
    missing = [name for package, name in packages.items() if not find_spec(package)]
    text = "Phần tùy chọn: " + "; ".join(
        [f"{name}: có" for name in here] + [f"{name}: không cài, không bắt buộc" for name in missing]
    )
    return Check("extras", State.OK, text)
