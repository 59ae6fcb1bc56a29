"""Does the check of a language model's sentences keep what is true and catch what was tampered with?

    python -m evals.rephrasing BENCH

`BENCH` has `corpus.jsonl.gz`, `queries.jsonl` and `qrels.tsv` (as for `cchc eval retrieval`). True are sentences of the articles, as
they are and with an opening; and people's questions about an article stand in for its rephrasing: how many of their
words are the article's own. Tampered are the same sentences with one thing changed.
"""

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.support import Quoted, flaw, words_shared
from evals.bench_rows import BenchRow, read_rows

#: Sentences taken of one article, and the shortest and longest taken, words.
PER_ARTICLE = 2
SHORTEST, LONGEST = 8, 60
SHARES = (0.6, 0.7, 0.75, 0.8, 0.9)


class _Article(BenchRow):
    id: str
    law_id: str
    article_id: str
    title: str
    text: str

    @property
    def quoted(self) -> Quoted:
        return Quoted(f"{self.title}\n{self.text}", f"Luật {self.law_id.upper()}, Điều {self.article_id}")


class _Query(BenchRow):
    id: str
    text: str


def _first(*changes: tuple[str, str]) -> Callable[[str], str]:
    """Makes the first of these changes (pattern, replacement) that can be made."""

    def change(sentence: str) -> str:
        for pattern, other in changes:
            if re.search(pattern, sentence):
                return re.sub(pattern, other, sentence, count=1)
        return sentence

    return change


def _other_figure(sentence: str) -> str:
    return re.sub(r"\d+", lambda found: str(int(found[0]) + 7), sentence, count=1)


def _moved_figure(sentence: str) -> str:
    """The first figure replaced by the second: both are true, but not there."""
    figures = list(dict.fromkeys(re.findall(r"\d+", sentence)))
    return re.sub(rf"\b{figures[0]}\b", figures[1], sentence, count=1) if len(figures) > 1 else sentence


TAMPERED: dict[str, Callable[[str], str]] = {
    "a figure changed": _other_figure,
    "a figure of the same sentence in its place": _moved_figure,
    "a unit changed": _first((r"(\d\s*)ngày\b", r"\1tháng"), (r"(\d\s*)tháng\b", r"\1năm"), (r"(\d\s*)%", r"\1lần")),
    "a negation turned": _first(
        (r"\bkhông được\b", "được"), (r"\bchưa\b", "đã"), (r"(?<!hàng )\bkhông (?!khí|gian)", ""),
        (r" được ", " không được "), (r" phải ", " không phải "),
    ),
    "an exception left out": _first((r"(?<!loại),? trừ trường hợp.*", ".")),
    "a bound turned": _first(
        (r"\bít nhất\b", "tối đa"), (r"\bkhông quá\b", "ít nhất"), (r"\btrước\b", "sau"), (r"\btối đa\b", "tối thiểu"),
        (r"\btrở lên\b", "trở xuống"), (r"\bcó thể\b", "phải"), (r"\bdưới\b", "trên"),
    ),
}  # fmt: skip


def main(bench: Path) -> None:
    """Print both tables."""
    articles = {row.id: row for _, row in read_rows(bench / "corpus.jsonl.gz", _Article)}
    chance = random.Random(1)
    true: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    tampered: Counter[str] = Counter()
    for article in articles.values():
        quoted = [article.quoted]
        for sentence in _some(article, chance):
            true["n"] += 1
            true["kept as it is"] += flaw(sentence, quoted) is None
            opened = f"Theo Điều {article.article_id}, {sentence[0].lower()}{sentence[1:]}"
            true["kept with an opening"] += flaw(opened, quoted) is None
            for name, change in TAMPERED.items():
                if (changed := change(sentence)) != sentence:
                    tampered[name] += 1
                    caught[name] += flaw(changed, quoted) is not None
    for name in ("kept as it is", "kept with an opening"):
        print(f"{name}: {true[name] / true['n']:.3f} of {true['n']}")
    for name in TAMPERED:
        print(f"{name}: caught {caught[name] / max(1, tampered[name]):.3f} of {tampered[name]}")
    own, others = _shares(bench, articles, chance)
    for share in SHARES:
        kept, foreign = (sum(one >= share for one in found) / len(found) for found in (own, others))
        print(
            f"words shared ≥ {share}: question and its article {kept:.3f}, another article of the law {foreign:.3f}"
        )


def _some(article: _Article, chance: random.Random) -> Iterator[str]:
    pieces = [piece.strip() for piece in re.split(r"(?<=[;.])\s|\n", article.text)]
    fit = [p for p in pieces if SHORTEST <= len(p.split()) <= LONGEST and not p.endswith(":")]
    for piece in chance.sample(fit, min(PER_ARTICLE, len(fit))):
        yield re.sub(r"^(?:\d+\.|[a-zđ]\))\s*", "", piece)


def _shares(
    bench: Path, articles: dict[str, _Article], chance: random.Random
) -> tuple[list[float], list[float]]:
    """Of every question: the share of its words in its article, and in another of the same law."""
    queries = {row.id: row.text for _, row in read_rows(bench / "queries.jsonl", _Query)}
    own, others = [], []
    for line in (bench / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        query, gold, *_ = line.split("\t")
        if query in queries and gold in articles:
            beside = [a for a in articles.values() if a.law_id == articles[gold].law_id and a.id != gold]
            own.append(words_shared(queries[query], [articles[gold].quoted]))
            if beside:
                others.append(words_shared(queries[query], [chance.choice(beside).quoted]))
    return own, others


if __name__ == "__main__":
    main(Path(sys.argv[1]))
