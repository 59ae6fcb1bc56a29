"""Counts the words of law texts and which follows which, for the mending of questions (`bot.respelling`).

`python -m evals.word_counts PHAPDIEN.jsonl.gz` reads the articles of a codification and writes bot/texts/words.tsv.gz:
a line "articles", its number, then one line for each word or pair (joined by "_") with the number of articles
that have it.
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

#: What fewer articles have is left out: rare words are names and slips, rare pairs chance.
LEAST_WORD, LEAST_PAIR = 5, 10
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
    kept = {
        token: count
        for token, count in counts.items()
        if count >= (LEAST_PAIR if "_" in token else LEAST_WORD)
    }
    lines = [f"articles\t{articles}", *(f"{token}\t{count}" for token, count in sorted(kept.items()))]
    # no time in the header: the same articles give the same bytes
    options.out.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    print(f"{articles} articles, {len(kept)} words and pairs, {options.out.stat().st_size / 1e6:.1f} MB")


def counted(texts: Iterable[str]) -> tuple[int, Counter[str]]:
    """(number of texts, in how many of them each word and pair stands)."""
    counts: Counter[str] = Counter()
    number = 0
    for text in texts:
        number += 1
        found: set[str] = set()
        for run in _RUN.finditer(modern_tones(nfc(text)).lower()):
            words = run[0].split()
            found.update(words)
            found.update(f"{first}_{second}" for first, second in pairwise(words))
        counts.update(found)
    return number, counts


def _articles(file: Path) -> Iterator[str]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            for article in json.loads(line)["articles"]:
                yield f"{article['heading']}\n{article['text']}"


if __name__ == "__main__":
    main()
