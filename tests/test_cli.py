"""The command line as an operator meets it: real processes, exit codes, what goes to stdout and what to stderr."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run

from settings import Settings

DECREE = """CHÍNH PHỦ
Số: 361/2025/NĐ-CP
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hà Nội, ngày 10 tháng 4 năm 2025

NGHỊ ĐỊNH
Về tiếp công dân tại kho lưu trữ

Điều 1. Phạm vi điều chỉnh
Nghị định này quy định việc tiếp công dân tại kho lưu trữ.

Điều 2. Thời gian tiếp công dân
1. Kho lưu trữ tiếp công dân vào thứ Ba hằng tuần.
2. Người đứng đầu kho lưu trữ trực tiếp tiếp công dân ít nhất một ngày trong tháng, trừ các trường hợp sau:
a) Ngày nghỉ lễ;
b) Thiên tai, hỏa hoạn.

Điều 3. Hiệu lực thi hành
Nghị định này có hiệu lực thi hành từ ngày 01 tháng 6 năm 2025.
"""
PLAN = """BỘ NỘI VỤ
Số: 4321/QĐ-BNV
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Hà Nội, ngày 05 tháng 01 năm 2024

QUYẾT ĐỊNH
Ban hành Kế hoạch kiểm tra cải cách hành chính

Điều 1. Ban hành kế hoạch
Kiểm tra cải cách hành chính tại mười đơn vị trong năm 2024.
"""
#: Keyword search only: quick, and these tests are not about the model.
OFF = {"CCHC_EMBEDDER": "off"}


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("van-ban")
    (folder / "361-2025-ND-CP.txt").write_text(DECREE, "utf-8")
    (folder / "4321-QD-BNV.txt").write_text(PLAN, "utf-8")
    return folder


@pytest.fixture(scope="module")
def data(papers: Path, tmp_path_factory: pytest.TempPathFactory, run_cchc: Run) -> Path:
    """A data folder with the two documents, by the command itself. Read only."""
    folder = tmp_path_factory.mktemp("kho")
    run = run_cchc("ingest", str(papers), data=folder, env=OFF)
    assert run.returncode == 0, run.stderr
    assert "Kho hiện có 2 văn bản, 4 điều" in run.stdout
    assert "2 văn bản" in run.stdout.splitlines()[-1]
    return folder


# -- ingest ----------------------------------------------------------------------------------------------


def test_ingesting_again_changes_nothing(data: Path, papers: Path, run_cchc: Run) -> None:
    run = run_cchc("ingest", str(papers), data=data, env=OFF)
    assert run.returncode == 0
    assert "không có gì thay đổi" in run.stdout


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_in(
    papers: Path, tmp_path: Path, run_cchc: Run
) -> None:
    folder = shutil.copytree(papers, tmp_path / "van-ban")
    (folder / "hong.pdf").write_bytes(b"%PDF-1.7\nhong")
    run = run_cchc("ingest", str(folder), data=tmp_path / "kho", env=OFF)
    assert run.returncode == 1
    assert "Không đọc được: hong.pdf:" in run.stdout
    assert "Kho hiện có 2 văn bản" in run.stdout
    listed = run_cchc("documents", "failed", data=tmp_path / "kho")
    assert listed.returncode == 0 and "hong.pdf: " in listed.stdout and "1 tệp" in listed.stdout
    (only,) = json.loads(run_cchc("documents", "failed", "--json", data=tmp_path / "kho").stdout)
    assert only["path"] == "hong.pdf" and only["reason"]


@pytest.mark.parametrize("words", [["ingest"], ["ingest", "khong-co/"], ["ingest", "--nhanh", "."]])
def test_ingest_without_anything_to_read_is_wrong_use(
    words: list[str], tmp_path: Path, run_cchc: Run
) -> None:
    run = run_cchc(*words, data=tmp_path / "kho", env=OFF)
    assert run.returncode == 2
    assert run.stderr and "Traceback" not in run.stderr


# -- documents and show ----------------------------------------------------------------------------------


def listed(run_cchc: Run, data: Path, *words: str) -> list[Any]:
    run = run_cchc("documents", "--json", *words, data=data)
    assert run.returncode == 0, run.stderr
    found: list[Any] = json.loads(run.stdout)
    return found


def test_documents_as_json_newest_first(data: Path, run_cchc: Run) -> None:
    decree, plan = listed(run_cchc, data, "--on", "2026-01-01")
    assert decree == {
        "id": decree["id"], "number": "361/2025/NĐ-CP", "kind": "Nghị định", "issuer": "Chính phủ",
        "issued_on": "2025-04-10", "title": decree["title"], "authority": "official", "status": "in_force",
        "file": "361-2025-ND-CP.txt", "sample": False,
    }  # fmt: skip
    assert "tiếp công dân" in decree["title"]
    assert plan["number"] == "4321/QĐ-BNV"


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["--kind", "quyết định"], ["4321/QĐ-BNV"]),
        (["--issuer", "Bộ Nội vụ", "--year", "2024"], ["4321/QĐ-BNV"]),
        (["--year", "2025", "--text", "tiep cong dan"], ["361/2025/NĐ-CP"]),
        (["--on", "2025-05-31", "--status", "not_yet_in_force"], ["361/2025/NĐ-CP"]),
        (["--number", "361/2025/nd-cp"], ["361/2025/NĐ-CP"]),
        (["--limit", "1"], ["361/2025/NĐ-CP"]),
        (["--year", "1999"], []),
    ],
)
def test_documents_can_be_narrowed(words: list[str], numbers: list[str], data: Path, run_cchc: Run) -> None:
    assert [one["number"] for one in listed(run_cchc, data, *words)] == numbers


def test_documents_as_a_table(data: Path, run_cchc: Run) -> None:
    run = run_cchc("documents", data=data)
    assert run.returncode == 0
    assert "2 văn bản" in run.stdout and "361/2025/NĐ-CP" in run.stdout and "10/04/2025" in run.stdout


def test_a_title_with_brackets_is_shown_as_it_is(tmp_path: Path, run_cchc: Run) -> None:
    (tmp_path / "a.txt").write_text(DECREE.replace("Về tiếp", "Về [/b] [red]"), "utf-8")
    assert run_cchc("ingest", "--no-index", str(tmp_path / "a.txt"), data=tmp_path, env=OFF).returncode == 0
    run = run_cchc("documents", data=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "[/b]" in run.stdout and "[red]" in run.stdout


@pytest.mark.parametrize("spelling", ["361/2025/NĐ-CP", "nđ 361", "361/2025/nd-cp"])
def test_show_prints_the_clause_asked_for(spelling: str, data: Path, run_cchc: Run) -> None:
    run = run_cchc("show", spelling, "điều 2 khoản 2", data=data)
    assert run.returncode == 0, run.stderr
    head, _, body = run.stdout.partition("\n\n")
    assert head.partition("] ")[2] == "khoản 2 Điều 2, Nghị định 361/2025/NĐ-CP: Còn hiệu lực"
    assert body.strip().startswith("2. Người đứng đầu") and body.strip().endswith("b) Thiên tai, hỏa hoạn.")


def test_show_prints_header_and_outline(data: Path, run_cchc: Run) -> None:
    run = run_cchc("show", "361/2025/NĐ-CP", data=data)
    assert run.returncode == 0
    for words in (
        "tiếp công dân tại kho lưu trữ",
        "Chính phủ",
        "361-2025-ND-CP.txt",
        "Điều 3 Hiệu lực thi hành",
    ):
        assert words in run.stdout


@pytest.mark.parametrize(("words", "said"), [(["999/QĐ-TTg"], "999/QĐ-TTg"), (["361", "Điều 77"], "Điều 77")])
def test_show_of_what_is_not_held_says_so(words: list[str], said: str, data: Path, run_cchc: Run) -> None:
    run = run_cchc("show", *words, data=data)
    assert run.returncode == 1
    assert said in run.stderr and "cchc " in run.stderr and not run.stdout.startswith("Điều 77")


# -- two folders, samples --------------------------------------------------------------------------------


def test_two_data_folders_never_meet(data: Path, papers: Path, tmp_path: Path, run_cchc: Run) -> None:
    other = tmp_path / "kho-khac"
    alone = papers / "4321-QD-BNV.txt"
    assert run_cchc("ingest", str(alone), data=other, env=OFF).returncode == 0
    assert [one["number"] for one in listed(run_cchc, other)] == ["4321/QĐ-BNV"]
    question = "Kho lưu trữ tiếp công dân vào ngày nào?"
    here = run_cchc("ask", "--json", question, data=data, env=OFF)
    there = run_cchc("ask", "--json", question, data=other, env=OFF)
    assert "361/2025/NĐ-CP" in here.stdout
    assert "361/2025/NĐ-CP" not in there.stdout


def test_samples_can_be_taken_out_again(papers: Path, tmp_path: Path, run_cchc: Run) -> None:
    kho = tmp_path / "kho"
    assert run_cchc("ingest", str(papers), "--samples", data=kho, env=OFF).returncode == 0
    held = listed(run_cchc, kho)
    assert len(held) == 26 and sum(one["sample"] for one in held) == 24
    run = run_cchc("documents", "remove", "--samples", data=kho, env=OFF)
    assert run.returncode == 0 and "24" in run.stdout
    assert {one["number"] for one in listed(run_cchc, kho)} == {"361/2025/NĐ-CP", "4321/QĐ-BNV"}
    asked = run_cchc("ask", "--json", "Sáu nội dung cải cách hành chính là gì?", data=kho, env=OFF)
    assert "76/NQ-CP" not in asked.stdout


def test_remove_without_saying_what_is_wrong_use(tmp_path: Path, run_cchc: Run) -> None:
    run = run_cchc("documents", "remove", data=tmp_path)
    assert run.returncode == 2 and "--samples" in run.stderr


# -- wrong use -------------------------------------------------------------------------------------------


def test_an_unknown_setting_stops_every_command(tmp_path: Path, run_cchc: Run) -> None:
    for words in (["ask", "Gì?"], ["serve"], ["bench"], ["ingest", "--samples"]):
        run = run_cchc(*words, data=tmp_path / "kho", env={"CCHC_EMBEDER": "off"})
        assert run.returncode == 2, words
        assert "CCHC_EMBEDER" in run.stderr and not run.stdout
    assert not (tmp_path / "kho").exists()


def test_a_file_of_settings_is_read_where_one_stands(data: Path, tmp_path: Path, run_cchc: Run) -> None:
    (tmp_path / "cchc.toml").write_text('embedder = "off"\nquestion_max_chars = 60\n')
    run = run_cchc("ask", "Kho lưu trữ tiếp công dân vào ngày nào? " * 3, data=data)
    assert run.returncode == 0 and "giới hạn 60 ký tự" in run.stdout


def test_a_data_folder_that_cannot_be_is_a_message(tmp_path: Path, run_cchc: Run) -> None:
    (tmp_path / "kho").write_text("no folder")
    for words in (["ask", "Gì?"], ["ingest", "--samples"], ["serve"]):
        run = run_cchc(*words, data=tmp_path / "kho", env=OFF)
        assert run.returncode == 1, words
        assert "Traceback" not in run.stderr and run.stderr.strip()


def test_json_of_an_ingest_that_only_stores_is_refused_instead_of_ignored(
    run_cchc: Run, tmp_path: Path
) -> None:
    run = run_cchc("ingest", "--samples", "--json", "x.json", data=tmp_path)
    assert run.returncode == 2 and "--check" in run.stderr
    assert not (tmp_path / "corpus.db").exists()


def test_a_list_that_was_cut_says_so(run_cchc: Run, sample_desk_settings: Settings) -> None:
    whole = run_cchc("documents", data=sample_desk_settings.data_dir).stdout
    cut = run_cchc("documents", "--limit", "3", data=sample_desk_settings.data_dir).stdout
    assert "--limit" not in whole and "3 văn bản đầu tiên" in cut and "--limit" in cut


# -- the docs --------------------------------------------------------------------------------------------


def documented() -> set[tuple[str, str]]:
    """Commands that the docs name, in blocks and in lines, each with one of its options or "". Placeholders in
    angle or square brackets are left out."""
    found: set[tuple[str, str]] = set()
    for page in [*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")]:
        text = page.read_text("utf-8")
        blocks = re.findall(r"```(?:sh|bash|shell|text)\n(.*?)```", text, re.DOTALL)
        inline = re.findall(r"`(cchc [^`\n]*)`", text)
        for line in [*(line for block in blocks for line in block.splitlines()), *inline]:
            command = re.sub(r"^(\$ |\w+=\S* |\.venv/bin/)*", "", line.strip())
            if not command.startswith("cchc ") or re.search(r"[<>…\[\]]", command):
                continue
            _, *words = re.sub(r"\"[^\"]*\"|'[^']*'|#.*|\|.*", "", command).split()
            named = words[:2] if words[0] in ("documents", "eval", "bot") else words[:1]
            name = " ".join(word for word in named if not word.startswith("--"))
            options = [word.partition("=")[0] for word in words if word.startswith("--")]
            found |= {(name, option) for option in ["", *options]}
    return found


def test_every_command_of_the_docs_exists(run_cchc: Run, tmp_path: Path) -> None:
    helps: dict[str, str] = {}
    for command, option in sorted(documented()):
        if command not in helps:
            run = run_cchc(*command.split(), "--help", data=tmp_path)
            assert run.returncode == 0, f"the docs name `cchc {command}`"
            assert "Usage: cchc " + command in run.stdout
            helps[command] = run.stdout
        assert option in helps[command], f"the docs name `cchc {command} {option}`"


def test_help_names_every_command_in_vietnamese(run_cchc: Run, tmp_path: Path) -> None:
    said = run_cchc("--help", data=tmp_path).stdout
    for command in (
        "ingest",
        "index",
        "documents",
        "show",
        "ask",
        "chat",
        "bot",
        "serve",
        "doctor",
        "bench",
        "eval",
    ):
        assert re.search(rf"^[│ ]*{command}\b.*[à-ỹ]", said, re.MULTILINE), command
