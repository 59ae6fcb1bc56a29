"""Training data from a corpus: the segment answers, the negatives do not, and no suite's question is among it."""

import gzip
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.document import Document
from corpus.spelling import fold
from index.builder import IndexedDocument, build
from index.segment import Segment, segments
from index.training.asked import drawn_asked, read_asked
from index.training.batches import in_groups
from index.training.negatives import examples, likeness
from index.training.pairs import Drawn, Example, drawn_from, passage, read_examples, write_examples
from index.training.recipe import Recipe, read_recipe
from index.training.suites import Kept, questions_of, without
from ingest.read import read_bytes
from ingest.structure import parse
from settings import Settings, load_settings

ROOT = Path(__file__).parent.parent
FERRY = """Điều 1. Phạm vi điều chỉnh

Nghị định này quy định về bến phà ngang sông.

Điều 2. Giải thích từ ngữ

1. Sổ theo dõi là sổ ghi mọi chuyến phà trong ngày.

Điều 3. Thời hạn giải quyết hồ sơ mở bến phà

1. Thời hạn giải quyết hồ sơ đăng ký bến phà ngang sông là 15 ngày kể từ ngày nhận đủ hồ sơ.

2. Chủ tịch Ủy ban nhân dân xã quyết định mở bến phà mới ở nơi cần thiết theo quy định tại Điều 4 Nghị định này.

Điều 4. Chở người qua sông an toàn

1. Chủ bến phà không được chở quá số người ghi trên giấy phép.

2. Người lái phà phải mặc áo phao trong suốt chuyến đi và nhắc khách cùng mặc.
"""
DECISION = """QUYẾT ĐỊNH

Điều 1. Ban hành quy chế

Ban hành kèm theo Quyết định này Quy chế bến phà.

Điều 2. Nơi nộp hồ sơ mở bến

Hồ sơ mở bến phà được nộp tại Ủy ban nhân dân cấp xã nơi có bến.

QUY CHẾ
Bến phà ngang sông
(Ban hành kèm theo Quyết định số 5/2020/QĐ-UBND)

Điều 1. Giờ chạy phà

1. Chủ bến phà niêm yết giờ chạy và ngừng chở khi có bão theo quy định tại Điều 2 Quy chế này.

2. Người mở bến phà mới nộp hồ sơ đầy đủ trước mùa mưa theo quy định tại Điều 2 Quyết định này.

Điều 2. Ngừng chở khi có bão

1. Phà ngừng chạy khi có bão từ cấp 6 trở lên.
"""
LIBRARY = """Điều 1. Giờ mở cửa của thư viện xã

1. Thư viện mở cửa từ thứ hai đến thứ bảy, mỗi ngày 8 giờ.

Điều 2. Thời hạn giải quyết hồ sơ mở phòng đọc

1. Thời hạn giải quyết hồ sơ đăng ký phòng đọc sách là 10 ngày kể từ ngày nhận đủ hồ sơ.

Điều 3. Mượn sách về nhà

1. Người đọc không được mượn quá năm cuốn sách trong một lần.
"""


def document(id: str, title: str, text: str) -> IndexedDocument:
    read = read_bytes(text.encode(), "one.txt")
    header = Document(
        number=f"{id}/2020/NĐ-CP",
        kind="Nghị định",
        issuer="Chính phủ",
        issued_on=date(2020, 1, 1),
        title=title,
    )
    return IndexedDocument(id, "r", header, read.text, tuple(parse(read)))


DOCUMENTS = [document("1", "Về bến phà ngang sông", FERRY), document("2", "Về thư viện cấp xã", LIBRARY)]


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return read_recipe()


@pytest.fixture(scope="module")
def drawn(recipe: Recipe) -> list[Drawn]:
    # many seeds: what is drawn of a few articles depends on chance
    seeded = [recipe.model_copy(update={"seed": seed}) for seed in range(30)]
    return [one for each in seeded for d in DOCUMENTS for one in drawn_from(d, each)]


@pytest.fixture(scope="module")
def keyword_index(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = load_settings(data_dir=tmp_path_factory.mktemp("keywords"), embedder="off")
    build(iter(DOCUMENTS), settings, None)
    return settings


def test_every_question_comes_with_a_segment_of_the_article_it_was_made_of(drawn: list[Drawn]) -> None:
    assert {one.form for one in drawn} >= {"heading", "matter", "number", "acts", "must", "term", "citing"}
    for one in drawn:
        if one.form != "citing":
            assert one.heading in one.segment.text or one.heading in one.segment.context


def test_a_citing_sentence_goes_to_the_article_it_cites(drawn: list[Drawn]) -> None:
    cited = {one.segment.label.split(" khoản")[0] for one in drawn if one.form == "citing"}
    assert cited == {"Điều 4"}


def test_an_article_is_cited_in_the_document_or_in_what_is_attached_to_it(recipe: Recipe) -> None:
    decision = document("5", "Ban hành Quy chế bến phà", DECISION)
    cited = {
        (("bão" if "bao" in fold(one.question) else "hồ sơ"), one.segment.label)
        for seed in range(30)
        for one in drawn_from(decision, recipe.model_copy(update={"seed": seed}))
        if one.form == "citing"
    }
    assert cited == {("bão", "Quy chế kèm theo, Điều 2"), ("hồ sơ", "Điều 2")}


def test_a_written_question_comes_with_the_segment_of_its_provision_in_several_wordings(
    recipe: Recipe,
) -> None:
    written = "Tôi mở bến đò thì mấy hôm có giấy?"
    asked = {
        "1": [("dieu-3.khoan-1", written), ("dieu-77", "Điều này có không?")],
        "9": [("dieu-1", "Gì đó?")],
    }
    drawn = list(drawn_asked(DOCUMENTS[0], asked, recipe))
    assert len(drawn) == recipe.pairs.asked and drawn[0].question == written
    assert {one.form for one in drawn} == {"asked"} and {one.heading for one in drawn} == {
        "Thời hạn giải quyết hồ sơ mở bến phà"
    }
    assert all("là 15 ngày" in one.segment.text[one.at :] for one in drawn)
    assert list(drawn_asked(DOCUMENTS[1], asked, recipe)) == []


def test_the_written_questions_are_questions_and_name_a_provision() -> None:
    questions = [one for each in read_asked().values() for one in each]
    assert len(questions) > 3000 and len({question for _, question in questions}) == len(questions)
    assert all(len(question.split()) > 2 and path.islower() for path, question in questions)


def test_a_row_of_written_questions_without_provision_is_named(tmp_path: Path) -> None:
    file = tmp_path / "asked.tsv"
    file.write_text("# lời\n1\ndieu-3\tMấy hôm có giấy?\ndieu-4\t\n")
    with pytest.raises(ValueError, match="line 4 is not"):
        read_asked(file)


def test_headings_that_name_no_matter_are_not_asked_about(drawn: list[Drawn]) -> None:
    assert not any("phạm vi" in one.question.lower() for one in drawn)


def test_a_document_is_asked_for_by_its_topic(drawn: list[Drawn]) -> None:
    asked = [one for one in drawn if one.form == "document" and one.segment.document == "1"]
    assert asked and all(one.segment.label.startswith("Điều 1") and one.named for one in asked)


def test_a_named_document_stands_in_the_question(drawn: list[Drawn]) -> None:
    named = [one for one in drawn if one.named and one.segment.document == "2"]
    # some are slips of the hand
    told = ["thu vien" in fold(one.question) or "2/2020" in one.question for one in named]
    assert named and sum(told) > 0.9 * len(told)


def test_the_same_seed_gives_the_same_questions(recipe: Recipe) -> None:
    assert list(drawn_from(DOCUMENTS[0], recipe)) == list(drawn_from(DOCUMENTS[0], recipe))
    other = recipe.model_copy(update={"seed": recipe.seed + 1})
    assert list(drawn_from(DOCUMENTS[0], recipe)) != list(drawn_from(DOCUMENTS[0], other))


def test_an_article_gives_no_more_questions_than_the_recipe_allows(recipe: Recipe) -> None:
    few = recipe.model_copy(
        update={"pairs": recipe.pairs.model_copy(update={"per_heading": 1, "per_article": 1})}
    )
    found = list(drawn_from(DOCUMENTS[0], few))
    for heading in {one.heading for one in found}:
        assert sum(one.heading == heading for one in found) <= 2


def test_a_hidden_heading_is_neither_in_the_context_nor_in_the_text(drawn: list[Drawn]) -> None:
    hidden = next(one for one in drawn if one.hides and one.heading.startswith("Thời hạn"))
    assert hidden.heading in passage(hidden.segment) and hidden.heading not in passage(
        hidden.segment, hidden.heading
    )


def test_a_passage_shows_what_answers_even_where_it_stands_late(drawn: list[Drawn]) -> None:
    late = replace(drawn[0].segment, text="x " * 600 + "Lệ phí là 5 đồng.")
    shown = passage(late, at=1200)
    assert "Lệ phí" in shown and len(shown) < 500


def test_what_looks_like_the_answer_is_of_other_articles_and_says_something_else(
    drawn: list[Drawn], keyword_index: Settings, recipe: Recipe
) -> None:
    some = [one for one in drawn if one.form != "citing"][:80]
    made = list(examples(some, keyword_index, recipe))
    texts = {segment.id: segment for d in DOCUMENTS for segment in cut(d)}
    source = {(one.question, one.segment.id): one for one in some}
    assert made
    for example in made:
        own = source[example.question, example.segment]
        assert 0 < len(example.near) <= recipe.pairs.near and example.segment not in example.near
        for near in example.near:
            assert likeness(texts[near].text, own.segment.text) < 0.6
            assert own.named or own.heading not in texts[near].text + texts[near].context


def test_the_same_heading_elsewhere_is_wrong_only_where_the_question_names_its_document(
    keyword_index: Settings, recipe: Recipe
) -> None:
    clerk = next(one for one in cut(DOCUMENTS[0]) if "15 ngày" in one.text)
    there = next(one for one in cut(DOCUMENTS[1]) if "10 ngày" in one.text)
    said = "Thời hạn giải quyết hồ sơ"
    asked = Drawn("heading", said, said, clerk, said, False, False, 0)
    (open_,) = examples([asked], keyword_index, recipe)
    assert there.id not in open_.near
    (named,) = examples([replace(asked, named=True)], keyword_index, recipe)
    assert there.id in named.near


def cut(document: IndexedDocument) -> list[Segment]:
    return segments(document.id, document.revision, document.header, document.text, document.provisions)


def test_a_batch_holds_examples_that_look_like_one_another_and_no_article_twice() -> None:
    def example(place: int) -> Example:
        pair = place ^ 1  # each looks like its neighbour
        return Example("heading", f"q{place}", f"p{place}", f"s{place}", f"d{place}#dieu-1", (f"s{pair}",))

    rows = [example(place) for place in range(64)]
    ordered = in_groups([*rows, *rows], 8, 2, 7)  # every article twice
    batches = [ordered[at : at + 8] for at in range(0, len(ordered), 8)]
    assert len(batches) >= 14 and all(len({one.article for one in batch}) == 8 for batch in batches)
    assert all({one.near[0] for one in batch} == {one.segment for one in batch} for batch in batches[:8])


def test_examples_that_do_not_fill_a_batch_are_left_out() -> None:
    rows = [Example("heading", f"q{n}", f"p{n}", f"s{n}", f"d{n}#dieu-1", ("x",)) for n in range(11)]
    assert len(in_groups(rows, 8, 2, 7)) == 8 and in_groups(rows[:7], 8, 2, 7) == []


def test_a_question_of_a_suite_is_kept_out_whatever_its_spelling(drawn: list[Drawn], tmp_path: Path) -> None:
    suite = tmp_path / "suite.jsonl"
    question = next(one.question for one in drawn if one.form == "number" and len(one.question.split()) > 8)
    words = question.upper().strip("?").split()
    rows = [
        {"question": " ".join(reversed(words))},
        {"id": "x", "text": "Câu khác?", "history": ["Câu trước?"]},
    ]
    suite.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    assert questions_of([suite])[1:] == ["Câu khác?", "Câu trước?"]
    clean, dropped = without(drawn, Kept(questions_of([suite])))
    assert dropped >= 1 and question not in {one.question for one in clean}
    assert len(clean) + dropped == len(drawn)


def test_a_question_of_a_suite_is_kept_out_however_it_is_reworded(drawn: list[Drawn]) -> None:
    plain = "Ai cấp giấy phép mở bến phà?"
    reworded = replace(drawn[0], question=f"cơ quan tôi vướng chỗ này: {plain}", plain=plain)
    assert reworded.question not in Kept([plain])
    assert without([reworded], Kept([plain])) == ([], 1)


def test_a_suite_without_questions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text('{"query": "Ai cấp giấy phép?"}\n', "utf-8")
    with pytest.raises(ValueError, match=r"s\.jsonl holds no question"):
        questions_of([tmp_path / "s.jsonl"])


def test_a_question_that_shares_some_words_only_is_kept(drawn: list[Drawn]) -> None:
    assert "Thời hạn giải quyết hồ sơ là bao lâu?" not in Kept(["Thời hạn nộp thuế đất là khi nào?"])


def test_a_suite_that_is_no_jsonl_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text('{"question": "a"}\n{', "utf-8")
    with pytest.raises(ValueError, match=r"s\.jsonl line 2"):
        questions_of([tmp_path / "s.jsonl"])
    (tmp_path / "s.jsonl").write_text('["a"]\n', "utf-8")
    with pytest.raises(ValueError, match=r"s\.jsonl line 1 is no JSON object"):
        questions_of([tmp_path / "s.jsonl"])


def test_examples_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows = [Example("heading", "Một cửa là gì?", "Điều 1", "s", "d#dieu-1", ("t",))]
    file = tmp_path / "pairs.jsonl.gz"
    assert write_examples(rows, file) == 1 and read_examples(file) == rows
    assert [one.name for one in tmp_path.iterdir()] == ["pairs.jsonl.gz"]
    with gzip.open(file, "at", encoding="utf-8") as more:
        more.write('{"form": "x"}\n')
    with pytest.raises(ValueError, match="line 2"):
        read_examples(file)


def test_a_recipe_with_a_field_too_many_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text((ROOT / "index/training/recipe.toml").read_text("utf-8") + "\nspeed = 1\n", "utf-8")
    with pytest.raises(ValueError, match="speed"):
        read_recipe(file)


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "index.training", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | environment)


def test_the_command_makes_the_data_from_the_data_folders_it_is_given(
    sample_desk_settings: Settings, tmp_path: Path
) -> None:
    out, folder = tmp_path / "pairs.jsonl.gz", sample_desk_settings.data_dir
    # the same documents twice count once, and the office's own database is not what was asked for
    done = run("pairs", folder, folder, "--out", out, CCHC_DATABASE_URL=f"sqlite:///{tmp_path}/office.db")
    assert done.returncode == 0, done.stderr
    assert "24 documents" in done.stdout and not (tmp_path / "office.db").exists()
    made = read_examples(out)
    assert len(made) > 100 and f"{len(made)} examples" in done.stdout
    assert all(example.near and example.segment not in example.near for example in made)


def test_a_folder_without_documents_is_refused_with_the_command_that_fills_it(tmp_path: Path) -> None:
    done = run("pairs", tmp_path, "--out", tmp_path / "p.gz")
    assert done.returncode == 1 and "cchc ingest" in done.stderr and "Traceback" not in done.stderr


def test_the_command_names_what_is_wrong_in_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text("seed = 1\n", "utf-8")
    done = run("--recipe", tmp_path / "recipe.toml", "pairs", tmp_path, "--out", tmp_path / "p.gz")
    assert done.returncode == 1 and "threads" in done.stderr and "Traceback" not in done.stderr
