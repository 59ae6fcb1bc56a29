"""What a document says about others: căn cứ, amends, replaces, repeals, guides. Called by the header reader."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from corpus import number as numbers
from corpus.document import Relation, RelationKind
from corpus.provision import Level, Provision
from corpus.spelling import fold
from ingest.dates import first_date
from ingest.reading import BlockKind, Reading

_FACTS = {
    "can cu": RelationKind.BASED_ON,
    "sua doi": RelationKind.AMENDS,
    "thay the": RelationKind.REPLACES,
    "bai bo": RelationKind.REPEALS,
    "huong dan": RelationKind.GUIDES,
}
_SENTENCE = re.compile(r"[^;\n]+?(?:\.(?=\s|$)|;|\n|$)")
_PARTS = re.compile(
    r"\b(?:khoản|điểm|Điều|Chương|Mục|Phụ lục|cụm từ|nội dung|một số|quy định tại)\b", re.IGNORECASE
)
_VERBS = (
    (RelationKind.REPLACES, re.compile(r"\bthay thế\b(?! cụm từ| bằng)", re.IGNORECASE)),
    (RelationKind.REPEALS, re.compile(r"\bbãi bỏ\b|\bhết hiệu lực\b", re.IGNORECASE)),
)
_AMENDS = re.compile(r"sửa đổi,?\s*bổ sung|sửa đổi|bổ sung", re.IGNORECASE)
_AMENDED_BY = re.compile(r"(?:được|đã được)\s+(?:sửa đổi|bổ sung)[^;.]*?(?:bởi|theo|tại)\s*$", re.IGNORECASE)
_GUIDES = re.compile(
    r"quy định chi tiết|hướng dẫn (?:thi hành|thực hiện)|biện pháp (?:thi hành|tổ chức)", re.IGNORECASE
)
_LIST_LEAD = re.compile(
    r"(?:sau đây|dưới đây|các văn bản sau)[^:]{0,80}:\s*$|hết hiệu lực[^:]{0,60}:\s*$", re.IGNORECASE
)


def relations(
    reading: Reading, provisions: Sequence[Provision], own: str, title: str
) -> tuple[Relation, ...]:
    """Relations stated by the text and by front matter, each once; `own` is the document's number."""
    found: dict[tuple[RelationKind, str], Relation] = {}
    for relation in (
        *_from_facts(reading),
        *_bases(reading),
        *_final(reading, provisions),
        *_from_title(title),
    ):
        if numbers.key(relation.number) != numbers.key(own or "-"):
            found.setdefault((relation.kind, numbers.key(relation.number)), relation)
    return tuple(found.values())


def fact_key(key: str) -> str:
    """A fact's key as compared: "so_hieu", "Số hiệu:" → "so hieu"."""
    return fold(key.replace("_", " ")).strip(" :")


def _from_facts(reading: Reading) -> Iterator[Relation]:
    for key, value in reading.facts:
        kind = _FACTS.get(fact_key(key))
        if kind is not None:
            for mention in numbers.numbers_in(value):
                yield Relation(kind, mention.number, whole=kind is not RelationKind.AMENDS)


def _bases(reading: Reading) -> Iterator[Relation]:
    for block in reading.blocks[:120]:
        line = reading.text[block.start : block.end]
        if block.kind is BlockKind.PARAGRAPH and line.startswith("Căn cứ"):
            for mention in numbers.numbers_in(line):
                if not _AMENDED_BY.search(line[: mention.start].removesuffix("số ").rstrip()[-120:]):
                    yield Relation(RelationKind.BASED_ON, mention.number, block.start, block.end)


def _from_title(title: str) -> Iterator[Relation]:
    mentions = numbers.numbers_in(title)
    if not mentions:
        return
    if _AMENDS.search(title[: mentions[0].start]):
        for mention in mentions:
            yield Relation(RelationKind.AMENDS, mention.number, whole=False)
    elif _GUIDES.search(title[: mentions[0].start]):
        yield Relation(RelationKind.GUIDES, mentions[0].number)


def _final(reading: Reading, provisions: Sequence[Provision]) -> Iterator[Relation]:
    """Replace and repeal clauses of the document's own articles."""
    for article in provisions:
        if article.level is not Level.ARTICLE or "." in article.path:
            continue
        text = reading.text[article.start : article.end]
        if not any(pattern.search(text) for _, pattern in _VERBS):
            continue
        listing: RelationKind | None = None
        for match in _SENTENCE.finditer(text):
            sentence = match[0]
            kind = next((k for k, pattern in _VERBS if pattern.search(sentence)), None)
            mentions = numbers.numbers_in(sentence)
            if kind is not None and not mentions:
                listing = kind if _LIST_LEAD.search(sentence) else None
                continue
            kind = kind or listing
            if kind is None:
                continue
            start = article.start + match.start() + len(sentence) - len(sentence.lstrip())
            for index, mention in enumerate(mentions):
                before = sentence[mentions[index - 1].end if index else 0 : mention.start]
                if _AMENDED_BY.search(before.removesuffix("số ").rstrip()[-160:]) or re.search(
                    r"sửa đổi, bổ sung một số điều của[^,;]*$", before
                ):
                    continue  # the amending act is named only to say which text is meant
                whole = not _PARTS.search(re.sub(r"Điều này|khoản \d+ Điều này", "", before))
                yield Relation(
                    kind,
                    mention.number,
                    start,
                    article.start + match.end(),
                    _effect(sentence, mention.end),
                    whole,
                )


def _effect(sentence: str, at: int) -> date | None:
    """The day a repeal takes effect, where the sentence names it: the text ends with the day before."""
    found = re.search(r"hết hiệu lực[^;.]{0,40}?(?:kể )?từ\s+(?:ngày\s+)?(?=\d)", sentence, re.IGNORECASE)
    if found:
        return first_date("ngày " + sentence[found.end() :][:40])
    until = re.search(r"(?:đến hết|hết)\s+ngày\s+", sentence[at:], re.IGNORECASE)
    if until:
        last = first_date(sentence[at:][until.start() :][:60])
        return last + timedelta(days=1) if last else None
    return None
