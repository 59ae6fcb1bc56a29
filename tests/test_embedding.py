"""The shipped embedder: unit vectors, order kept, meaning over wording, files verified before use."""

import shutil
import subprocess
import sys
import tomllib
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.embedding import MODELS, Embedder, load_embedder
from index.embedding.onnx import OnnxEmbedder
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.problem import IndexProblem
from settings import load_settings

ROOT = Path(__file__).parent.parent
FOLDER = MODELS / "e5-small-vi-law"


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    found = load_embedder(load_settings(embedder_threads=1))
    assert found is not None
    return found


def test_vectors_are_unit_float32_rows_in_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = ["Một cửa", "Thời hạn giải quyết thủ tục hành chính là 15 ngày làm việc. " * 20, "Lệ phí"]
    vectors = embedder.vectors(texts)
    assert vectors.shape == (3, embedder.dimensions) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, row in zip(texts, vectors, strict=True):
        assert row @ embedder.vectors([text])[0] > 0.99


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.vectors([]).shape == (0, embedder.dimensions)


def test_a_question_is_nearest_to_the_passage_that_answers_it(embedder: Embedder) -> None:
    passages = [
        "Người nộp hồ sơ được nhận kết quả qua dịch vụ bưu chính công ích tại nhà.",
        "Cán bộ, công chức cấp xã được nghỉ phép năm theo Bộ luật Lao động.",
        "Rừng phòng hộ đầu nguồn do Ủy ban nhân dân tỉnh quản lý.",
    ]
    question = embedder.vectors(["gửi trả giấy tờ bằng đường bưu điện được không?"], query=True)[0]
    assert int(np.argmax(embedder.vectors(passages) @ question)) == 0


def test_langchain_interface_gives_the_same_vectors_as_lists(embedder: Embedder) -> None:
    row = embedder.embed_documents(["Điều 1. Phạm vi điều chỉnh"])[0]
    assert isinstance(row, list) and isinstance(row[0], float)
    assert np.allclose(row, embedder.vectors(["Điều 1. Phạm vi điều chỉnh"])[0], atol=1e-6)
    assert np.allclose(
        embedder.embed_query("một cửa"), embedder.vectors(["một cửa"], query=True)[0], atol=1e-6
    )


def test_a_text_longer_than_the_model_reads_is_cut_not_refused(embedder: Embedder) -> None:
    words = "cải cách hành chính " * 500
    assert embedder.vectors([words])[0] @ embedder.vectors([words + "phần cuối bị cắt"])[0] > 0.9999


def test_decomposed_text_has_the_same_vector_as_composed(embedder: Embedder) -> None:
    text = "Thủ tục hành chính"
    rows = [embedder.vectors([unicodedata.normalize(form, text)])[0] for form in ("NFC", "NFD")]
    assert rows[0] @ rows[1] > 0.9999


def test_many_threads_get_the_vectors_one_thread_gets(embedder: Embedder) -> None:
    texts = [f"Nhiệm vụ {i} của Sở Nội vụ" for i in range(8)]
    alone = [embedder.vectors([text])[0] for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: embedder.vectors([text])[0], texts))
    assert np.allclose(alone, together, atol=1e-6)


def test_off_means_no_embedder() -> None:
    assert load_embedder(load_settings(embedder="off")) is None


def test_a_folder_exported_by_the_operator_is_an_embedder_too(tmp_path: Path, embedder: Embedder) -> None:
    copy = tmp_path / "ours"
    shutil.copytree(FOLDER, copy)
    found = load_embedder(load_settings(embedder=str(copy), embedder_threads=1))
    assert found is not None and found.checksum == embedder.checksum


def test_a_changed_file_is_refused_by_name_with_the_cure(tmp_path: Path) -> None:
    copy = tmp_path / "broken"
    shutil.copytree(FOLDER, copy)
    (copy / "tokenizer.json").write_text("{}")
    with pytest.raises(IndexProblem, match=r"tokenizer\.json.*Cài lại"):
        OnnxEmbedder(copy)


def test_a_missing_file_is_named_with_the_cure(tmp_path: Path) -> None:
    copy = tmp_path / "partial"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("model.onnx"))
    with pytest.raises(IndexProblem, match=r"model\.onnx.*Cài lại"):
        OnnxEmbedder(copy)


def test_loading_the_shipped_embedder_needs_no_torch(embedder: Embedder) -> None:
    code = (
        "import sys; from settings import load_settings; from index.embedding import load_embedder;"
        "load_embedder(load_settings()).vectors(['a']); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_the_licence_of_the_model_ships_with_it() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "index/models/e5-small-vi-law/NOTICE" in pyproject["project"]["license-files"]
    assert "MIT License" in (FOLDER / "NOTICE").read_text("utf-8")


SHARED_MODEL = ROOT.parent / "shared" / "models" / "e5-small-vi"


def test_a_model_of_the_hub_without_its_extra_names_what_to_install() -> None:
    code = (
        "import sys; sys.modules['sentence_transformers'] = None\n"  # as if it were not installed
        "from settings import load_settings; from index.embedding import load_embedder\n"
        "load_embedder(load_settings(embedder='BAAI/bge-m3'))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "IndexProblem" in run.stderr and "pip install 'cchc-help-desk[models]'" in run.stderr


def test_the_shipped_model_is_small_and_its_card_says_what_it_is() -> None:
    files = [FOLDER / "model.onnx", FOLDER / "tokenizer.json"]
    assert sum(file.stat().st_size for file in files) < 45e6
    card = (FOLDER / "MODEL_CARD.md").read_text("utf-8")
    for part in ("From what.", "Data.", "Training.", "Measured", "Limits.", "Licence."):
        assert f"**{part}" in card, part


def test_everyday_words_find_the_provision_that_says_it_officially(embedder: Embedder) -> None:
    said = {
        "công chức vi phạm thế nào thì bị đuổi": "Hình thức kỷ luật buộc thôi việc áp dụng đối với công chức vi phạm nghiêm trọng.",
        "mất sổ đỏ thì xin lại thế nào": "Hồ sơ cấp lại Giấy chứng nhận quyền sử dụng đất bị mất.",
        "nghỉ đẻ được mấy tháng": "Lao động nữ được nghỉ thai sản trước và sau khi sinh con là 06 tháng.",
        "ai ký cho nghỉ hưu": "Thẩm quyền ban hành quyết định nghỉ hưu đối với công chức.",
        "nộp giấy tờ qua mạng được không": "Tổ chức, cá nhân nộp hồ sơ trực tuyến qua Cổng Dịch vụ công.",
        "bao lâu thì được lên lương": "Thời gian giữ bậc để xét nâng bậc lương thường xuyên là 36 tháng.",
    }
    near = embedder.vectors(list(said), query=True) @ embedder.vectors(list(said.values())).T
    assert list(np.argmax(near, axis=1)) == list(range(len(said)))


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")  # torch's exporter is deprecated but its successor cannot do this yet
def test_an_exported_model_stays_close_to_full_precision(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="needs the train extra")
    pytest.importorskip("onnx", reason="needs the train extra")
    from index.export import export, likeness

    export(SHARED_MODEL, tmp_path)
    mean, least = likeness(SHARED_MODEL, tmp_path, ["Phí, lệ phí cấp hộ chiếu", "Điều 3. Giải thích từ ngữ"])
    assert mean > 0.995 and least > 0.99


@pytest.mark.shared
def test_the_shipped_model_was_trained_from_the_one_it_names() -> None:
    """Its vectors are nearer to those of the start than chance, and not the same."""
    pytest.importorskip("sentence_transformers", reason="needs the models extra")
    start, ours = SentenceTransformerEmbedder(str(SHARED_MODEL)), OnnxEmbedder(FOLDER)
    texts = ["Phí, lệ phí cấp hộ chiếu", "Điều 3. Giải thích từ ngữ", "Thời hạn giải quyết khiếu nại lần đầu"]
    cosines = (start.vectors(texts) * ours.vectors(texts)).sum(axis=1)
    assert cosines.min() > 0.6 and cosines.max() < 0.995
