"""What ingest is given: patterns, archives, folders that lose files; with real files, real ZIPs and a real database."""

import io
import os
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from test_pipeline import decision, numbers, outcomes

from corpus.store import Corpus, Outcome
from ingest import pipeline
from ingest.pipeline import IngestError, ingest
from settings import Settings

TODAY = date(2032, 1, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "van-ban"
    made.mkdir()
    return made


@pytest.fixture
def options(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", ingest_workers=2)


@pytest.fixture
def corpus(options: Settings) -> Iterator[Corpus]:
    with Corpus.open(options.dsn) as opened:
        yield opened


def packed(**files: str | bytes) -> bytes:
    """A ZIP; "__" in a name stands for "/"."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/") + ".txt", content)
    return held.getvalue()


def with_names(names: dict[bytes, str], flags: int = 0) -> bytes:
    """A ZIP whose names are these bytes, with the UTF-8 flag unset unless given."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for at, content in enumerate(names.values()):
            archive.writestr(f"{at:04}" + "x" * (len(list(names)[at]) - 4), content)
    raw = held.getvalue()
    for at, name in enumerate(names):
        raw = raw.replace((f"{at:04}" + "x" * (len(name) - 4)).encode(), name)
    return raw


class TestPatterns:
    def test_a_quoted_pattern_takes_what_fits_and_nothing_else(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        for name in ("a.txt", "b.txt", "c.md"):
            (folder / name).write_text(decision(ord(name[0])))
        assert set(outcomes(ingest([str(folder / "*.txt")], corpus, options))) == {"a.txt", "b.txt"}

    def test_a_pattern_that_fits_nothing_is_refused(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        with pytest.raises(IngestError, match="khớp với mẫu"):
            ingest([str(folder / "*.pdf")], corpus, options)

    def test_a_file_whose_name_looks_like_a_pattern_is_that_file(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "[1].txt").write_text(decision(1))
        (folder / "1.txt").write_text(decision(2))
        assert set(outcomes(ingest([str(folder / "[1].txt")], corpus, options))) == {"[1].txt"}


class TestArchives:
    def test_members_are_documents_under_the_path_of_their_archive(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        inner = packed(sau=decision(3))
        with zipfile.ZipFile(folder / "a.zip", "w") as archive:
            archive.writestr("b/c.txt", decision(1))
            archive.writestr("b/trong.zip", inner)
        found = outcomes(ingest([folder], corpus, options))
        assert found == {
            "a.zip/b/c.txt": Outcome.ADDED, "a.zip/b/trong.zip/sau.txt": Outcome.ADDED, "a.zip": "skipped",
        }  # fmt: skip
        assert numbers(corpus) == ["01/QĐ-BNV", "03/QĐ-BNV"]

    def test_an_unchanged_archive_is_not_opened_again(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "a.zip").write_bytes(packed(mot=decision(1), hai=decision(2)))
        ingest([folder], corpus, options)
        stat = (folder / "a.zip").stat()
        (folder / "a.zip").write_bytes(b"x" * stat.st_size)  # whoever opened it would find no archive
        os.utime(folder / "a.zip", ns=(stat.st_atime_ns, stat.st_mtime_ns))
        again = outcomes(ingest([folder], corpus, options))
        assert again == {"a.zip/mot.txt": "unchanged", "a.zip/hai.txt": "unchanged", "a.zip": "skipped"}

    def test_a_changed_archive_reads_only_what_changed_and_retires_what_left(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "a.zip").write_bytes(packed(mot=decision(1), hai=decision(2), ba=decision(3)))
        ingest([folder], corpus, options)
        (folder / "a.zip").write_bytes(packed(mot=decision(1), hai=decision(2, rows=4)))
        again = outcomes(ingest([folder], corpus, options))
        assert again["a.zip/mot.txt"] == "unchanged" and again["a.zip/hai.txt"] == Outcome.REVISED
        assert again["a.zip/ba.txt"] == "retired"
        assert numbers(corpus) == ["01/QĐ-BNV", "02/QĐ-BNV"]

    def test_an_archive_in_an_archive_in_an_archive_is_refused(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        held = packed(sau=decision(1))
        for name in ("hai.zip", "mot.zip"):
            outer = io.BytesIO()
            with zipfile.ZipFile(outer, "w") as archive:
                archive.writestr(name, held)
            held = outer.getvalue()
        (folder / "a.zip").write_bytes(held)
        (failed,) = ingest([folder], corpus, options).failed
        assert (failed.file, failed.code) == ("a.zip/mot.zip/hai.zip", "nested")

    def test_paths_that_lead_outside_are_refused_and_written_nowhere(
        self, folder: Path, tmp_path: Path, corpus: Corpus, options: Settings
    ) -> None:
        with zipfile.ZipFile(folder / "a.zip", "w") as archive:
            for name in ("../../ra-ngoai.txt", "/etc/goc.txt", "C:\\o-dia.txt", "tot.txt"):
                archive.writestr(name, decision(len(name)))
            link = zipfile.ZipInfo("lien-ket.txt")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")
        report = ingest([folder], corpus, options)
        assert [one.code for one in report.failed] == ["unsafe_name"] * 4
        assert report.count(Outcome.ADDED) == 1
        assert not list(tmp_path.rglob("ra-ngoai.txt"))

    def test_bombs_are_refused_by_ratio_size_and_count(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "nen.zip").write_bytes(packed(no=b"0" * 5_000_000, tot=decision(1)))
        (folder / "nhieu.zip").write_bytes(packed(**{f"t{n}": "x" for n in range(30)}))
        (folder / "nang.zip").write_bytes(packed(**{f"t{n}": os.urandom(90_000) for n in range(4)}))
        small = options.model_copy(
            update={"archive_max_files": 20, "archive_max_bytes": 6_000_000, "read_max_bytes": 5_100_000}
        )
        codes = {
            one.file: one.code
            for one in ingest([folder / "nen.zip", folder / "nhieu.zip"], corpus, small).failed
        }
        assert codes == {"nen.zip/no.txt": "archive_bomb", "nhieu.zip": "archive_bomb"}
        tiny = options.model_copy(update={"archive_max_bytes": 300_000})
        assert [one.code for one in ingest([folder / "nang.zip"], corpus, tiny).failed] == ["archive_bomb"]
        assert numbers(corpus) == ["01/QĐ-BNV"]

    def test_a_large_list_that_only_the_zip64_end_tells_of_is_not_read(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        entry = b"PK\x01\x02" + struct.pack("<HHHHHHLLLHHHHHLL", 20, 20, *[0] * 7, 8, *[0] * 6) + b"%08d"
        listing = b"".join(entry[:-4] + b"%08d" % n for n in range(200_000))
        large = struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 200_000, 200_000, len(listing), 0)
        end = b"PK\x06\x06" + large + b"PK\x06\x07" + struct.pack("<LQL", 0, len(listing), 1)
        (folder / "a.zip").write_bytes(
            listing + end + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, 54, 0, 0)
        )
        with (folder / "a.zip").open("r+b") as file:
            file.write(b"PK\x03\x04")
        tracemalloc.start()
        report = ingest([folder], corpus, options)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert report.failed[0].code == "archive_bomb"
        assert peak < 20_000_000

    def test_encrypted_and_damaged_members_are_named(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        raw = bytearray(packed(khoa=decision(1), tot=decision(2)))
        raw[raw.index(b"PK\x03\x04") + 6] |= 1
        raw[raw.index(b"PK\x01\x02") + 8] |= 1
        (folder / "khoa.zip").write_bytes(raw)
        whole = packed(tot=decision(3), hong=os.urandom(3000))
        at = whole.index(b"hong.txt") + 500
        (folder / "hong.zip").write_bytes(whole[:at] + b"????" + whole[at + 4 :])
        (folder / "cut.zip").write_bytes(whole[: len(whole) // 2])
        codes = {one.file: one.code for one in ingest([folder], corpus, options).failed}
        assert codes == {"khoa.zip/khoa.txt": "encrypted", "hong.zip/hong.txt": "broken", "cut.zip": "broken"}
        assert numbers(corpus) == ["02/QĐ-BNV", "03/QĐ-BNV"]

    def test_vietnamese_names_come_out_right_whatever_packed_them(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        name = "Quyết định số một.txt"
        windows = "Quyê\u0301t đi\u0323nh ba.txt".encode("cp1258")
        (folder / "a.zip").write_bytes(
            with_names(
                {name.encode(): decision(1), windows: decision(2), "café.txt".encode("cp437"): decision(3)}
            )
        )
        with zipfile.ZipFile(folder / "b.zip", "w") as archive:
            archive.writestr("Thông tư.txt", decision(4))
        found = set(outcomes(ingest([folder], corpus, options)))
        assert found >= {f"a.zip/{name}", "a.zip/Quyết định ba.txt", "a.zip/café.txt", "b.zip/Thông tư.txt"}

    def test_an_office_file_is_a_document_and_no_archive(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        import docx

        document = docx.Document()
        for line in decision(3).splitlines():
            document.add_paragraph(line)
        document.save(str(folder / "a.docx"))
        assert outcomes(ingest([folder], corpus, options)) == {"a.docx": Outcome.ADDED}


class TestGone:
    def test_a_document_whose_file_is_gone_is_withdrawn_and_still_opens(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        for n in (1, 2):
            (folder / f"{n}.txt").write_text(decision(n))
        ingest([folder], corpus, options)
        (one,) = corpus.find("1/QĐ-BNV")
        (folder / "1.txt").unlink()
        report = ingest([folder], corpus, options)
        assert outcomes(report) == {"1.txt": "retired", "2.txt": "unchanged"}
        assert "không còn được tra cứu" in next(f.reason for f in report.files if f.outcome == "retired")
        assert numbers(corpus) == ["02/QĐ-BNV"]
        assert "kho sách" in corpus.text(one.id, one.revision)
        assert ingest([folder], corpus, options).count("retired") == 0

    def test_it_comes_back_with_its_file(self, folder: Path, corpus: Corpus, options: Settings) -> None:
        for n in (1, 2):
            (folder / f"{n}.txt").write_text(decision(n))
        ingest([folder], corpus, options)
        (folder / "1.txt").rename(folder.parent / "cho.txt")
        ingest([folder], corpus, options)
        (folder.parent / "cho.txt").rename(folder / "1.txt")
        assert outcomes(ingest([folder], corpus, options))["1.txt"] == Outcome.ADDED
        assert numbers(corpus) == ["01/QĐ-BNV", "02/QĐ-BNV"]

    def test_a_renamed_file_keeps_its_document(self, folder: Path, corpus: Corpus, options: Settings) -> None:
        for n in (1, 2):
            (folder / f"{n}.txt").write_text(decision(n))
        ingest([folder], corpus, options)
        (folder / "1.txt").rename(folder / "mot.txt")
        report = ingest([folder], corpus, options)
        assert outcomes(report) == {"1.txt": "retired", "2.txt": "unchanged", "mot.txt": Outcome.COPY}
        assert numbers(corpus) == ["01/QĐ-BNV", "02/QĐ-BNV"]
        assert "vẫn có ở tệp mot.txt" in report.files[-1].reason

    def test_another_copy_with_other_bytes_becomes_the_document_at_once(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "a.txt").write_text(decision(1))
        (folder / "b.txt").write_text(decision(1).replace("Thủ thư", "Thủ kho"))
        ingest([folder], corpus, options)
        (folder / "a.txt").unlink()
        ingest([folder], corpus, options)
        (held,) = corpus.documents(on=TODAY)
        assert "Thủ kho" in corpus.text(held.id)

    def test_a_folder_that_is_suddenly_empty_loses_nothing_until_confirmed(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        for n in (1, 2, 3):
            (folder / f"{n}.txt").write_text(decision(n))
        ingest([folder], corpus, options)
        for file in folder.iterdir():
            file.unlink()
        (kept,) = ingest([folder], corpus, options).files
        assert kept.outcome == "kept" and "--retire-all" in kept.reason
        assert len(numbers(corpus)) == 3
        assert ingest([folder], corpus, options, retire_all=True).count("retired") == 3
        assert numbers(corpus) == []

    def test_a_folder_that_lost_most_of_many_files_is_doubted_too(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        for n in range(1, 31):
            (folder / f"{n}.txt").write_text(decision(n))
        ingest([folder], corpus, options)
        for n in range(1, 26):
            (folder / f"{n}.txt").unlink()
        assert len(ingest([folder], corpus, options).kept) == 1
        assert len(numbers(corpus)) == 30

    def test_a_share_inside_the_folder_that_is_not_mounted_is_doubted_and_the_rest_is_not(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        share = folder / "o-mang"
        share.mkdir()
        for n in range(1, 13):
            (share / f"{n}.txt").write_text(decision(n))
        for n in range(20, 40):
            (folder / f"{n}.txt").write_text(decision(n))
        ingest([folder], corpus, options)
        for file in share.iterdir():
            file.unlink()
        (folder / "20.txt").unlink()
        report = ingest([folder], corpus, options)
        assert (len(report.kept), report.count("retired")) == (1, 1)
        assert len(numbers(corpus)) == 31

    def test_a_folder_that_is_not_there_retires_nothing(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "1.txt").write_text(decision(1))
        ingest([folder], corpus, options)
        folder.rename(folder.parent / "cho")
        with pytest.raises(IngestError):
            ingest([folder], corpus, options)
        assert numbers(corpus) == ["01/QĐ-BNV"]


class TestDeadLetters:
    def test_an_archive_that_can_be_read_no_longer_keeps_its_documents(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        whole = packed(a=decision(1), b=decision(2))
        (folder / "hồ sơ.zip").write_bytes(whole)
        ingest([folder], corpus, options)
        (folder / "hồ sơ.zip").write_bytes(whole[:-40])
        for _ in range(2):  # the second run knows the archive as a file that failed
            assert outcomes(ingest([folder], corpus, options))["hồ sơ.zip"] == "failed"
            assert numbers(corpus) == ["01/QĐ-BNV", "02/QĐ-BNV"]
        (folder / "hồ sơ.zip").write_bytes(packed(a=decision(1)))
        assert outcomes(ingest([folder], corpus, options))["hồ sơ.zip/b.txt"] == "retired"

    def test_an_archive_on_its_way_keeps_its_documents(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "a.zip").write_bytes(packed(a=decision(1)))
        ingest([folder], corpus, options)
        ingest([folder], corpus, options, leave=lambda path: path.name == "a.zip")
        assert numbers(corpus) == ["01/QĐ-BNV"]

    def test_an_archive_that_lost_a_member_is_not_opened_again(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "a.zip").write_bytes(packed(a=decision(1), b=decision(2)))
        ingest([folder], corpus, options)
        (folder / "a.zip").write_bytes(packed(a=decision(1)))
        ingest([folder], corpus, options)
        stat = (folder / "a.zip").stat()
        (folder / "a.zip").write_bytes(b"?" * stat.st_size)  # opened, it would be found out
        os.utime(folder / "a.zip", ns=(stat.st_atime_ns, stat.st_mtime_ns))
        assert outcomes(ingest([folder], corpus, options)) == {"a.zip": "skipped", "a.zip/a.txt": "unchanged"}

    def test_a_name_in_an_archive_too_long_for_a_file_is_listed(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "a.zip").write_bytes(packed(**{"k" * 5000: b"\x01\x02\xff" * 400}))
        ingest([folder], corpus, options)
        assert len(pipeline.failures(corpus)) == 1

    def test_files_that_are_gone_are_no_longer_listed(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "tot.txt").write_text(decision(1))
        (folder / "hong.txt").write_bytes(b"")
        ingest([folder], corpus, options)
        assert [one.path for one in pipeline.failures(corpus)] == ["hong.txt"]
        (folder / "hong.txt").unlink()
        assert pipeline.failures(corpus) == []
        ingest([folder], corpus, options)
        assert corpus.failures() == []

    def test_retry_reads_what_failed_and_nothing_else(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "tot.txt").write_text(decision(1))
        (folder / "lau.txt").write_text(decision(2))
        with zipfile.ZipFile(folder / "a.zip", "w") as archive:
            archive.writestr("trong.txt", decision(3))
        hasty = options.model_copy(update={"read_timeout_s": 0.0001})
        assert {one.code for one in ingest([folder], corpus, hasty).failed} == {"timeout"}
        assert (
            ingest([folder], corpus, options).count(Outcome.ADDED) == 0
        )  # what took too long is not tried for ever
        (folder / "moi.txt").write_text(decision(4))
        report = pipeline.retry(corpus, options)
        assert {one.file for one in report.files if one.outcome == Outcome.ADDED} == {
            "tot.txt", "lau.txt", "a.zip/trong.txt",
        }  # fmt: skip
        assert pipeline.failures(corpus) == [] and "04/QĐ-BNV" not in numbers(corpus)

    def test_what_wanted_a_program_is_read_when_the_program_is_there(
        self, folder: Path, tmp_path: Path, corpus: Corpus, options: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = folder / "quet.txt"
        file.write_text(decision(1))
        ingest([folder], corpus, options)
        known = corpus.file_state(str(folder), "quet.txt")
        assert known is not None
        corpus.record_failure(
            str(folder), "quet.txt", known.sha256, known.size, known.mtime_ns, "needs_doc_tool", "Cần antiword.", reader=known.reader
        )  # fmt: skip
        tools = tmp_path / "bin"
        tools.mkdir()
        monkeypatch.setenv("PATH", str(tools))
        assert outcomes(ingest([folder], corpus, options)) == {"quet.txt": "failed"}
        (tools / "antiword").write_text("#!/bin/sh\n")
        (tools / "antiword").chmod(0o755)
        assert outcomes(ingest([folder], corpus, options)) == {"quet.txt": Outcome.UNCHANGED}
        assert pipeline.failures(corpus) == []


class TestNewReaders:
    def test_what_an_older_reader_saw_is_read_again_once(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        for n in (1, 2):
            (folder / f"{n}.txt").write_text(decision(n))
        (folder / "rong.txt").write_bytes(b"")
        ingest([folder], corpus, options)
        for name in ("1.txt", "rong.txt"):
            state = corpus.file_state(str(folder), name)
            assert state is not None and state.reader
            corpus.touch(
                type(state)(**{f: getattr(state, f) for f in state.__dataclass_fields__} | {"reader": "cu"})
            )
        assert [one.articles for one in ingest([folder], corpus, options).files] == [3, 0, 0]
        assert [one.articles for one in ingest([folder], corpus, options).files] == [0, 0, 0]
