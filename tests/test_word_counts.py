"""Counting the words of law texts for the mending of questions."""

import gzip
import json
from pathlib import Path

import pytest

from evals.word_counts import LEAST_PAIR, LEAST_WORD, counted, main


def test_a_word_counts_once_a_text_and_pairs_do_not_reach_across_punctuation() -> None:
    articles, counts = counted(["Thủ tục thủ tục. Hành chính", "thủ tục, hành chính"])
    assert articles == 2
    assert (counts["thủ"], counts["thủ_tục"], counts["tục_thủ"]) == (2, 2, 1)
    assert counts["hành_chính"] == 2 and "tục_hành" not in counts


def test_the_file_has_what_enough_articles_have_and_is_the_same_every_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    often = {"heading": "Hoà giải", "text": "thủ tục hành chính"}
    rare = {"heading": "Khác", "text": "hiếm hoi"}
    documents = [{"articles": [often] * LEAST_PAIR}, {"articles": [rare] * (LEAST_WORD - 1)}]
    file = tmp_path / "laws.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.write("\n".join(json.dumps(document) for document in documents))
    written = []
    for name in ("one", "two"):
        main([str(file), "--out", str(tmp_path / name)])
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    lines_of = gzip.decompress(written[0]).decode().splitlines()
    assert lines_of[0] == f"articles\t{LEAST_PAIR + LEAST_WORD - 1}"
    assert f"hòa_giải\t{LEAST_PAIR}" in lines_of and not any("hiếm" in line for line in lines_of)
    assert "articles" in capsys.readouterr().out
