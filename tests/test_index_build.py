"""Building and publishing the index: resumable, incremental, atomic, and plain about what is wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from corpus.document import Document
from corpus.provision import Level, Provision
from index.builder import IndexedDocument, build
from index.embedding import Embedder, Vectors
from index.generation import KEPT
from index.problem import IndexProblem
from index.search import open_current, open_with
from settings import Settings, load_settings

ROOT = Path(__file__).parent.parent


class CountingEmbedder(Embedder):
    """A real embedder in small: texts with common letters have like vectors. Counts what it computes."""

    name = "letters"
    checksum = "letters-1"
    dimensions = 32

    def __init__(self) -> None:
        self.texts = 0

    def vectors(self, texts: Sequence[str], query: bool = False) -> Vectors:
        self.texts += len(texts)
        rows = np.full((len(texts), self.dimensions), 0.01, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text:
                row[ord(letter) % self.dimensions] += 1
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


class DyingEmbedder(CountingEmbedder):
    """Stops in the middle of a build."""

    def vectors(self, texts: Sequence[str], query: bool = False) -> Vectors:
        if self.texts > 0:
            raise RuntimeError("killed")
        return super().vectors(texts, query)


def document(number: str, articles: Sequence[str], revision: str = "r1") -> IndexedDocument:
    text, provisions = "", []
    for i, said in enumerate(articles, 1):
        start = len(text)
        text += f"Điều {i}. {said}\n"
        end = len(text) - 1
        provisions.append(
            Provision(f"dieu-{i}", None, Level.ARTICLE, str(i), f"Điều {i}", "", start, end, end, i - 1)
        )
    header = Document(number=number, kind="Nghị định", issuer="Chính phủ", title="Về một cửa")
    return IndexedDocument(number, revision, header, text, provisions)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path, embedder="off")


DOCS = [document("1/2020/NĐ-CP", ["Lệ phí", "Thời hạn"]), document("2/2020/NĐ-CP", ["Hồ sơ", "Kinh phí"])]


def test_an_unchanged_corpus_publishes_nothing_and_embeds_nothing(settings: Settings) -> None:
    embedder = CountingEmbedder()
    first = build(DOCS, settings, embedder)
    second = build(DOCS, settings, embedder)
    assert first.changed and (first.documents, first.segments, first.embedded) == (2, 4, 4)
    assert not second.changed and second.generation == first.generation and embedder.texts == 4


def test_the_same_state_does_not_even_read_the_source(settings: Settings) -> None:
    build(DOCS, settings, None, state="v1")

    def unread():  # type: ignore[no-untyped-def]
        raise AssertionError("read")
        yield

    assert not build(unread(), settings, None, state="v1").changed
    with pytest.raises(AssertionError):
        build(unread(), settings, None, state="v2")


def test_another_model_or_other_dates_make_a_new_generation(settings: Settings) -> None:
    first = build(DOCS, settings, None, state="s")
    assert build(DOCS, settings, CountingEmbedder(), state="s").changed
    ended = [replace(DOCS[0], effective_to=date(2024, 12, 31)), DOCS[1]]
    third = build(ended, settings, CountingEmbedder(), state="t")
    assert third.changed and third.embedded == 0 and third.generation > first.generation


def test_one_changed_document_embeds_only_its_new_segments(settings: Settings) -> None:
    build(DOCS, settings, CountingEmbedder())
    changed = document("2/2020/NĐ-CP", ["Hồ sơ", "Kinh phí mới"], revision="r2")
    assert build([DOCS[0], changed], settings, CountingEmbedder()).embedded == 1


def test_a_removed_document_is_found_no_more(settings: Settings) -> None:
    build(DOCS, settings, None)
    build(DOCS[:1], settings, None)
    assert open_current(settings).search("kinh") == []


def test_a_build_that_died_goes_on_where_it_stopped_and_left_the_old_index_alone(settings: Settings) -> None:
    build(DOCS, settings, CountingEmbedder())
    many = [document(f"{i}/2021/NĐ-CP", [f"Việc số {i}.{j}" for j in range(50)]) for i in range(6)]
    with pytest.raises(RuntimeError):
        build(many, settings, DyingEmbedder())
    assert len(open_with(settings, CountingEmbedder()).documents) == 2
    assert build(many, settings, CountingEmbedder()).embedded == 300 - 256


def test_a_killed_process_leaves_the_index_whole_and_its_rubbish_is_cleared(settings: Settings) -> None:
    build(DOCS, settings, None)
    code = f"""
import sys, time
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from test_index_build import DOCS, document
from index.builder import build
from settings import load_settings
def slow():
    yield document("3/2020/NĐ-CP", ["Mới"])
    print("half", flush=True)
    time.sleep(60)
build(slow(), load_settings(data_dir={str(settings.data_dir)!r}, embedder="off"), None)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "half\n"
    with pytest.raises(IndexProblem, match="đang chạy"):
        build(DOCS, settings, None)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert [hit.segment.document for hit in open_current(settings).search("kinh")] == ["2/2020/NĐ-CP"]
    build([*DOCS, document("3/2020/NĐ-CP", ["Mới"])], settings, None)
    assert not [f for f in (settings.index_dir / "generations").iterdir() if f.name.startswith(".")]


def test_a_reader_keeps_its_generation_while_newer_ones_come_and_moves_on_when_told(
    settings: Settings,
) -> None:
    build(DOCS, settings, CountingEmbedder())
    reader = open_with(settings, CountingEmbedder())
    for i in range(KEPT + 1):
        build([*DOCS, document(f"9{i}/2024/NĐ-CP", ["Chuyển đổi số"])], settings, CountingEmbedder())
    assert len(list((settings.index_dir / "generations").iterdir())) == KEPT
    assert {hit.segment.document for hit in reader.search("chuyển đổi hồ sơ")} <= {d.id for d in DOCS}
    assert len(reader.segments_of("1/2020/NĐ-CP")) == 2
    newer = reader.latest()
    assert newer is not reader and newer.latest() is newer
    assert newer.search("chuyển đổi số")[0].segment.document == f"9{KEPT}/2024/NĐ-CP"


def test_progress_counts_up_to_all_segments(settings: Settings) -> None:
    seen: list[tuple[int, int]] = []
    build(DOCS, settings, CountingEmbedder(), lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 4) and seen[-1] == (4, 4)


def test_an_empty_corpus_builds_and_finds_nothing(settings: Settings) -> None:
    assert build([], settings, CountingEmbedder()).segments == 0
    assert open_with(settings, CountingEmbedder()).search("hồ sơ") == []


def test_no_index_yet_says_how_to_make_one(settings: Settings) -> None:
    with pytest.raises(IndexProblem, match="cchc index"):
        open_current(settings)


@pytest.mark.parametrize("name", ["segments.db", "vectors.faiss", "manifest.json", "keywords/meta.json"])
@pytest.mark.parametrize("harm", ["missing", "cut", "garbage"])
def test_a_damaged_index_is_refused_with_the_cure_and_rebuilt_by_it(
    settings: Settings, name: str, harm: str
) -> None:
    built = build(DOCS, settings, CountingEmbedder(), state="s")
    file = settings.index_dir / "generations" / built.generation / name
    size = file.stat().st_size
    if harm == "missing":
        file.unlink()
    elif harm == "cut":
        os.truncate(file, size // 2)
    else:
        file.write_bytes(b"\xff" * size)
    with pytest.raises(IndexProblem, match="cchc index"):
        open_with(settings, CountingEmbedder())
    assert build(DOCS, settings, CountingEmbedder(), state="s").changed
    assert open_with(settings, CountingEmbedder()).search("hồ sơ")


def test_an_index_of_another_model_names_both_and_the_cure(settings: Settings) -> None:
    build(DOCS, settings, CountingEmbedder())
    other = CountingEmbedder()
    other.checksum, other.name = "letters-2", "letters v2"
    with pytest.raises(IndexProblem, match=r"letters.*letters v2.*cchc index"):
        open_with(settings, other)


def test_an_index_with_vectors_still_serves_keywords_when_vectors_are_switched_off(
    settings: Settings,
) -> None:
    build(DOCS, settings, CountingEmbedder())
    assert open_current(settings).search("kinh phí")[0].vector == 0


def test_a_damaged_vector_cache_is_set_aside_and_computed_anew(settings: Settings) -> None:
    build(DOCS, settings, CountingEmbedder())
    (settings.index_dir / "vectors.db").write_bytes(b"not a database, but long enough to look like one" * 40)
    more = [*DOCS, document("3/2020/NĐ-CP", ["Mới"])]
    assert build(more, settings, CountingEmbedder()).embedded == 5


def test_a_disk_that_cannot_be_written_is_named_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(IndexProblem, match="Không ghi được chỉ mục"):
        build(DOCS, load_settings(data_dir=tmp_path / "data", embedder="off"), None)


# bytes a file may have: the first limit stops the segments, the second the vectors
@pytest.mark.parametrize(("limit", "file"), [(30_000, "disk"), (1_500_000, "vectors.faiss")])
def test_a_full_disk_is_named_with_the_cure_and_the_old_index_serves_on(
    settings: Settings, limit: int, file: str
) -> None:
    build(DOCS, settings, CountingEmbedder())
    code = f"""
import resource, signal, sys
from dataclasses import replace
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from test_index_build import CountingEmbedder, document
from index.builder import build
from settings import load_settings
class Wide(CountingEmbedder):
    dimensions = 512
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
alike = document("1/2021/NĐ-CP", [f"Việc số {{j}}" for j in range(80)])
many = [replace(alike, id=str(i)) for i in range(20)]
build(many, load_settings(data_dir={str(settings.data_dir)!r}, embedder="off"), Wide())
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240)
    problem = run.stderr.splitlines()[-1]
    assert "IndexProblem: Không ghi được chỉ mục" in problem and file in problem
    assert len(open_with(settings, CountingEmbedder()).documents) == 2


def test_the_manifest_tells_what_the_generation_was_made_of(settings: Settings) -> None:
    built = build(DOCS, settings, CountingEmbedder())
    manifest = json.loads(
        (settings.index_dir / "generations" / built.generation / "manifest.json").read_text()
    )
    assert manifest["checksum"] == "letters-1" and manifest["embedder"] == "letters"
    assert (manifest["documents"], manifest["segments"], manifest["dimensions"]) == (2, 4, 32)


def test_an_unchanged_corpus_is_seen_in_well_under_a_second(settings: Settings) -> None:
    many = [document(f"{i}/2021/NĐ-CP", [f"Việc số {i}.{j}" for j in range(50)]) for i in range(40)]
    build(many, settings, None, state="s")
    started = time.process_time()  # other work of the machine does not count
    assert not build(many, settings, None, state="s").changed
    assert time.process_time() - started < 0.5


def test_a_shared_file_of_vectors_serves_several_indexes_and_loses_none(tmp_path: Path) -> None:
    shared, embedder = tmp_path / "shared.db", CountingEmbedder()
    one, other = (load_settings(data_dir=tmp_path / name, embedder="off") for name in ("one", "other"))
    many = [document(f"{n}/2020/NĐ-CP", [f"Lệ phí {n}", f"Thời hạn {n}"]) for n in range(1, 6)]
    assert build(many, one, embedder, vectors=shared).embedded == 10
    assert build(many[:1], other, embedder, vectors=shared).embedded == 0
    # far more is kept than the second index uses; the first one still finds all of it
    assert build(many, one, embedder, rebuild=True, vectors=shared).embedded == 0
    assert not (one.index_dir / "vectors.db").exists()
