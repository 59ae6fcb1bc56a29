"""Counts the words of law texts and which follows which, for the mending of questions (`bot.respelling`).

`python -m evals.word_counts PHAPDIEN.jsonl.gz` reads the articles of a codification and writes bot/texts/words.tsv.gz:
a line "articles", its number, then one line for each word, pair or triple (joined by "_") with the number of times
that it stands there.
"""

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from corpus.spelling import modern_tones, nfc

#: What stands there fewer times is left out: rare words are names and slips, rare pairs and triples chance.
LEAST_WORD, LEAST_PAIR, LEAST_TRIPLE = 5, 5, 10
_LEAST = (LEAST_WORD, LEAST_PAIR, LEAST_TRIPLE)
#: A run of words with nothing but blanks between them; pairs do not reach across its ends.
_RUN = re.compile(r"[^\W\d_]+(?:[ \t\n]+[^\W\d_]+)*")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("codification", type=Path)
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent.parent / "bot" / "texts" / "words.tsv.gz"
    )
    options = parser.parse_args(arguments)
    articles, counts = counted(_articles(options.codification))
    kept = {token: count for token, count in counts.items() if count >= _LEAST[token.count("_")]}
    lines = [f"articles\t{articles}", *(f"{token}\t{count}" for token, count in sorted(kept.items()))]
    # no time in the header: the same articles give the same bytes
    options.out.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    print(
        f"{articles} articles, {len(kept)} words, pairs and triples, {options.out.stat().st_size / 1e6:.1f} MB"
    )


def counted(texts: Iterable[str]) -> tuple[int, Counter[str]]:
    """(number of texts, how often each word, pair and triple stands in them)."""
    counts: Counter[str] = Counter()
    number = 0
    for text in texts:
        number += 1
        for run in _RUN.finditer(modern_tones(nfc(text)).lower()):
            words = run[0].split()
            counts.update(words)
            counts.update(map("_".join, pairwise(words)))
            counts.update(map("_".join, zip(words, words[1:], words[2:], strict=False)))
    return number, counts


def _articles(file: Path) -> Iterator[str]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            for article in json.loads(line)["articles"]:
                yield f"{article['heading']}\n{article['text']}"


if __name__ == "__main__":
    main()
