"""Counting the words of law texts for the mending of questions."""

import gzip
import json
from pathlib import Path

import pytest

from evals.word_counts import LEAST_TRIPLE, LEAST_WORD, counted, main


def test_words_pairs_and_triples_are_counted_and_do_not_reach_across_punctuation() -> None:
    articles, counts = counted(["Thủ tục thủ tục. Hành chính", "thủ tục, hành chính"])
    assert articles == 2
    assert (counts["thủ"], counts["thủ_tục"], counts["tục_thủ"]) == (3, 3, 1)
    assert counts["thủ_tục_thủ"] == 1
    assert counts["hành_chính"] == 2 and "tục_hành" not in counts


def test_the_file_has_what_stands_there_often_enough_and_is_the_same_every_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    often = {"heading": "Hoà giải", "text": "thủ tục hành chính"}
    rare = {"heading": "Khác", "text": "hiếm hoi"}
    documents = [{"articles": [often] * LEAST_TRIPLE}, {"articles": [rare] * (LEAST_WORD - 1)}]
    file = tmp_path / "laws.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.write("\n".join(json.dumps(document) for document in documents))
    written = []
    for name in ("one", "two"):
        main([str(file), "--out", str(tmp_path / name)])
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    lines_of = gzip.decompress(written[0]).decode().splitlines()
    assert lines_of[0] == f"articles\t{LEAST_TRIPLE + LEAST_WORD - 1}"
    assert (
        f"hòa_giải\t{LEAST_TRIPLE}" in lines_of
        and f"thủ_tục_hành\t{LEAST_TRIPLE}" in lines_of
        and not any("hiếm" in line for line in lines_of)
    )
    assert "articles" in capsys.readouterr().out
