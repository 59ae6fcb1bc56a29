"""Files into the corpus, with real files and a real database: nothing twice, nothing lost, every refusal with its reason."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import docx
import pytest

from corpus.document import Authority
from corpus.store import Corpus, Outcome
from ingest.pipeline import IngestError, Progress, Report, ingest
from settings import Settings

TODAY = date(2032, 1, 1)


def decision(number: int, title: str = "kho sách", rows: int = 1) -> str:
    """The text of an invented decision with a few articles."""
    return (
        f"BỘ NỘI VỤ\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nSố: {number}/QĐ-BNV\n"
        f"Hà Nội, ngày 05 tháng 6 năm 2031\nQUYẾT ĐỊNH\nVề {title}\nCăn cứ Luật Kho sách số 10/2030/QH15;\nQUYẾT ĐỊNH:\n"
        + "".join(f"Điều {n}. Mở gian thứ {n} của {title}.\n" for n in range(1, rows + 1))
        + f"Điều {rows + 1}. Quyết định này có hiệu lực kể từ ngày ký và thay thế Quyết định số {number + 1000}/QĐ-BNV.\n"
        f"Điều {rows + 2}. Thủ thư chịu trách nhiệm thi hành./.\n"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "van-ban"
    made.mkdir()
    return made


@pytest.fixture
def options(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def corpus(options: Settings) -> Iterator[Corpus]:
    with Corpus.open(options.dsn) as opened:
        yield opened


def outcomes(report: Report) -> dict[str, str]:
    return {file.file: file.outcome for file in report.files}


def numbers(corpus: Corpus) -> list[str]:
    return sorted(one.header.number for one in corpus.documents(on=TODAY))


class TestTwice:
    def test_a_second_run_stores_nothing_anew(self, folder: Path, corpus: Corpus, options: Settings) -> None:
        for n in (1, 2):
            (folder / f"{n}.txt").write_text(decision(n))
        assert set(outcomes(ingest([folder], corpus, options)).values()) == {Outcome.ADDED}
        before = corpus.counts()
        again = ingest([folder], corpus, options)
        assert set(outcomes(again).values()) == {Outcome.UNCHANGED}
        assert corpus.counts() == before

    def test_a_touched_file_is_known_by_its_bytes(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "1.txt").write_text(decision(1))
        ingest([folder], corpus, options)
        os.utime(folder / "1.txt", (1, 1))
        assert outcomes(ingest([folder], corpus, options)) == {"1.txt": Outcome.UNCHANGED}

    def test_the_same_document_in_two_files_is_stored_once(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "a.txt").write_text(decision(1))
        (folder / "b.txt").write_text(decision(1))
        assert outcomes(ingest([folder], corpus, options)) == {"a.txt": Outcome.ADDED, "b.txt": Outcome.COPY}
        assert numbers(corpus) == ["01/QĐ-BNV"]

    def test_a_folder_and_a_file_in_it_are_one(self, folder: Path, corpus: Corpus, options: Settings) -> None:
        (folder / "a.txt").write_text(decision(1))
        assert len(ingest([folder, folder / "a.txt"], corpus, options).files) == 1


class TestChanges:
    def test_a_changed_file_is_a_new_revision_and_the_old_one_stays(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "1.txt").write_text(decision(1))
        ingest([folder], corpus, options)
        (one,) = corpus.documents(on=TODAY)
        (folder / "1.txt").write_text(decision(1, rows=2))
        assert outcomes(ingest([folder], corpus, options)) == {"1.txt": Outcome.REVISED}
        revisions = corpus.revisions(one.id)
        assert len(revisions) == 2 and one.revision in revisions
        assert "gian thứ 2" in corpus.text(one.id) and "gian thứ 2" not in corpus.text(one.id, one.revision)

    def test_reread_reads_files_that_did_not_change(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "1.txt").write_text(decision(1))
        ingest([folder], corpus, options)
        seen: list[str] = []
        report = ingest(
            [folder],
            corpus,
            options,
            reread=True,
            progress=Progress(done=lambda file: seen.append(file.file)),
        )
        assert report.files[0].articles == 3 and seen == ["1.txt"]


def _docx(path: Path) -> None:
    document = docx.Document()
    for line in decision(3).splitlines():
        document.add_paragraph(line)
    document.save(str(path))


class TestRefusals:
    def test_every_bad_file_has_its_reason_and_the_rest_is_in(
        self, folder: Path, tmp_path: Path, corpus: Corpus
    ) -> None:
        options = Settings(data_dir=tmp_path / "data", read_max_bytes=60_000)
        (folder / "tot.txt").write_text(decision(1))
        (folder / "rong.txt").write_bytes(b"")
        (folder / "nang.txt").write_text(decision(2) * 200)
        (folder / "nhi-phan.txt").write_bytes(bytes(range(256)) * 40)
        _docx(tmp_path / "du.docx")
        whole = (tmp_path / "du.docx").read_bytes()
        (folder / "dut.docx").write_bytes(whole[: len(whole) // 2])
        (folder / "doi-duoi.pdf").write_bytes(whole)
        (folder / "dut.pdf").write_bytes(
            b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Ty"
        )
        (folder / "cu.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
        report = ingest([folder], corpus, options)
        got = {file.file: file for file in report.files}
        codes = {name: file.code for name, file in got.items() if file.outcome == "failed"}
        assert set(codes) == {"rong.txt", "nang.txt", "nhi-phan.txt", "dut.docx", "dut.pdf", "cu.doc"}
        assert (codes["rong.txt"], codes["nang.txt"]) == ("empty", "too_large")
        assert codes["dut.docx"] == "broken"
        assert got["doi-duoi.pdf"].outcome == Outcome.ADDED  # read by what it is, not by its name
        assert got["tot.txt"].outcome == Outcome.ADDED
        recorded = {file.path: file.reason for file in corpus.failures()}
        assert set(recorded) == set(codes)
        assert all(len(reason) > 15 and any(c in "ệạảếọớủđ" for c in reason) for reason in recorded.values())

    def test_a_refused_file_is_told_again_and_read_when_it_is_mended(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "a.txt").write_bytes(b"")
        ingest([folder], corpus, options)
        again = ingest([folder], corpus, options)
        assert [(file.outcome, file.code) for file in again.files] == [("failed", "empty")]
        (folder / "a.txt").write_text(decision(1))
        assert outcomes(ingest([folder], corpus, options)) == {"a.txt": Outcome.ADDED}
        assert corpus.failures() == []

    def test_data_files_are_skipped(self, folder: Path, corpus: Corpus, options: Settings) -> None:
        (folder / "index.tsv").write_text("file\tnumber\n")
        (folder / "1.txt").write_text(decision(1))
        assert outcomes(ingest([folder], corpus, options)) == {"1.txt": Outcome.ADDED, "index.tsv": "skipped"}
        assert [file.status for file in corpus.files() if file.path == "index.tsv"] == ["skipped"]
        assert corpus.failures() == []

    def test_hidden_files_are_not_seen(self, folder: Path, corpus: Corpus, options: Settings) -> None:
        (folder / ".git").mkdir()
        (folder / ".git" / "a.txt").write_text(decision(1))
        (folder / "~$b.docx").write_bytes(b"x")
        assert ingest([folder], corpus, options).files == []

    def test_a_path_that_does_not_exist_is_refused_in_vietnamese(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        with pytest.raises(IngestError, match="Không có tệp hay thư mục"):
            ingest([folder / "khong-co"], corpus, options)


SAMPLE = (
    "---\nso_hieu: {number}\nloai_van_ban: Quyết định\nco_quan_ban_hanh: Bộ Nội vụ\nngay_ban_hanh: '2031-06-05'\n"
    "trich_yeu: Về kho sách\ntinh_chat: tom_luoc\ndon_vi_bien_soan: Nhóm biên soạn\nngay_bien_soan: '2031-12-01'\n---\n"
    "# Quyết định {number}\n\nĐiều 1. Có kho.\n\nĐiều 2. Có sách.\n"
)


class TestSamples:
    def test_samples_are_marked_and_can_be_taken_out(
        self, folder: Path, tmp_path: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "1.txt").write_text(decision(1))
        samples = tmp_path / "mau"
        samples.mkdir()
        (samples / "mau.md").write_text(SAMPLE.format(number="7/QĐ-BNV"))
        ingest([folder], corpus, options)
        ingest([samples], corpus, options, sample=True)
        assert {one.is_sample for one in corpus.find("7/QĐ-BNV")} == {True}
        assert corpus.counts().samples == 1
        assert corpus.remove_samples() == 1
        assert len(corpus.documents(on=TODAY)) == 1 and corpus.find("7/QĐ-BNV") == []

    def test_without_asking_no_sample_is_loaded(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "1.txt").write_text(decision(1))
        ingest([folder], corpus, options)
        assert corpus.counts().samples == 0

    def test_the_real_document_goes_ahead_of_its_summary(
        self, folder: Path, tmp_path: Path, corpus: Corpus, options: Settings
    ) -> None:
        samples = tmp_path / "mau"
        samples.mkdir()
        (samples / "mau.md").write_text(SAMPLE.format(number="7/QĐ-BNV"))
        ingest([samples], corpus, options, sample=True)
        (folder / "that.txt").write_text(decision(7))
        ingest([folder], corpus, options)
        first, second = corpus.find("7/QĐ-BNV")
        assert (first.header.authority, second.header.authority) == (Authority.OFFICIAL, Authority.SUMMARY)
        assert corpus.superseded_by_authority(second.id) == first.id
        assert corpus.superseded_by_authority(first.id) is None


class TestTheSameFile:
    def test_a_file_ingested_alone_keeps_the_folder_it_came_with(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        inside = folder / "quyet-dinh"
        inside.mkdir()
        file = inside / "mot.txt"
        file.write_text(decision(1))
        ingest([folder], corpus, options)
        file.write_text(decision(1, title="kho sách lớn"))
        again = ingest([file], corpus, options)
        assert outcomes(again) == {"quyet-dinh/mot.txt": Outcome.REVISED}
        assert len(corpus.files()) == 1

    def test_a_copy_becomes_the_document_when_the_first_file_turns_to_another(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        one, other = folder / "a.txt", folder / "b.txt"
        one.write_text(decision(1))
        other.write_text(decision(1).replace("Thủ thư", "Thủ kho"))
        ingest([folder], corpus, options)
        one.write_text(decision(2))
        ingest([folder], corpus, options)
        ingest([folder], corpus, options)
        held = next(d for d in corpus.documents(on=TODAY) if d.header.number == "01/QĐ-BNV")
        assert "Thủ kho" in corpus.text(held.id)

    def test_a_file_over_the_limit_is_read_once_the_limit_is_raised(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        (folder / "mot.txt").write_text(decision(1))
        small = options.model_copy(update={"read_max_bytes": 100})
        assert ingest([folder], corpus, small).failed[0].code == "too_large"
        assert outcomes(ingest([folder], corpus, options)) == {"mot.txt": Outcome.ADDED}

    def test_a_name_that_is_no_text_does_not_end_the_run(
        self, folder: Path, corpus: Corpus, options: Settings
    ) -> None:
        Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xe1.txt")).write_text(decision(1))
        (folder / "hai.txt").write_text(decision(2))
        report = ingest([folder], corpus, options)
        assert report.count(Outcome.ADDED) == 2
        assert numbers(corpus) == ["01/QĐ-BNV", "02/QĐ-BNV"]
