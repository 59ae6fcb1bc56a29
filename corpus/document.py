"""A document and what identifies it: number + issuer + date + authority."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from corpus.number import key
from corpus.spelling import fold


class Authority(StrEnum):
    """How much a text binds. Order of the members = order of precedence on the same number."""

    OFFICIAL = "official"  # the text as issued
    CONSOLIDATED = "consolidated"  # văn bản hợp nhất, bộ pháp điển
    EXPERT_ANSWER = "expert_answer"  # approved answer of a person
    SUMMARY = "summary"  # somebody's summary of a document
    PRESS = "press"  # a news item about a document

    @property
    def rank(self) -> int:
        """0 binds most."""
        return list(Authority).index(self)

    @property
    def is_regulation(self) -> bool:
        """Whether the text may answer as regulation rather than as somebody's words about it."""
        return self in (Authority.OFFICIAL, Authority.CONSOLIDATED)


class RelationKind(StrEnum):
    BASED_ON = "based_on"
    AMENDS = "amends"
    REPLACES = "replaces"
    REPEALS = "repeals"
    GUIDES = "guides"
    CONSOLIDATES = "consolidates"
    ADDS = "adds"  # new provisions; nothing that stood there ends
    SUSPENDS = "suspends"  # ngưng hiệu lực, until a day or until further notice
    KEEPS = "keeps"  # goes on to apply though the rest ended
    STARTS = "starts"  # provisions of the document itself that begin on a day of their own


@dataclass(frozen=True, slots=True)
class Relation:
    """What a document says about another one, held or only known by its number, or about its own provisions."""

    kind: RelationKind
    number: str  # số hiệu of the other document, canonical spelling; "": the document itself
    start: int = 0  # span of the sentence that says so, characters in the read text
    end: int = 0
    effective_on: date | None = None  # day from which it holds; None: with the document itself
    whole: bool = True  # False: only some provisions of the other document are meant
    provisions: tuple[
        str, ...
    ] = ()  # which ones, as addresses (`corpus.address`); (): the text does not name them
    wording: tuple[int, int] | None = (
        None  # span of their new wording in the read text, without quotation marks
    )
    until: date | None = None  # last day, of what is suspended or kept


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes a document was read from."""

    uri: str  # where it came from: file:///… or https://…
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Document:
    """The header of a document. Empty strings and None mean: the text does not say."""

    number: str = ""  # số hiệu, canonical: "905/QĐ-BNV"
    kind: str = ""  # loại văn bản: "Quyết định", "Nghị định", "Luật", "Kế hoạch" …
    issuer: str = ""  # cơ quan ban hành: "Bộ Nội vụ", "Ủy ban nhân dân tỉnh Khánh Hòa"
    issued_on: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None  # last day in force
    title: str = ""  # trích yếu
    signer: str = ""
    authority: Authority = Authority.OFFICIAL
    part: str = ""  # title of an attachment that is filed without its decision: a document of its own
    publisher: str = ""  # of a press item or summary: who wrote it
    published_on: date | None = None
    relations: tuple[Relation, ...] = field(default=())

    @property
    def name(self) -> str:
        """How the document is called in a sentence: "Nghị định 61/2018/NĐ-CP", "Quyết định “Về việc …”"."""
        if self.number:
            place = self.issuer.rsplit(" tỉnh ", 1)[-1].rsplit(" thành phố ", 1)[-1]
            of_place = f" ({place})" if place != self.issuer else ""
            return f"{self.kind or 'Văn bản'} {self.number}{of_place}"
        return f"{self.kind or 'Bài'} “{self.title}”" if self.title else (self.kind or "Văn bản không số")

    def identity(self, sha256: str) -> str:
        """The key that says two files hold the same document. `sha256` = hex digest of the source bytes."""
        when = self.issued_on.isoformat() if self.issued_on else ""
        if self.number:
            parts = [key(self.number), self.issuer, when]
            if self.part:
                parts.append(self.part)
            if self.authority is Authority.PRESS:  # many papers write about one decision
                parts.append(self.title)
        elif self.title and (self.issuer or when):
            parts = [self.issuer, when, self.title]
        else:
            parts = [sha256]
        return "|".join([*(fold(part) for part in parts), self.authority.value])

    def id(self, sha256: str) -> str:
        """Readable, stable id made of the identity: `905-qd-bnv.bo-noi-vu.2022-11-17.1f2e3d4c`."""
        identity = self.identity(sha256)
        digest = hashlib.sha256(identity.encode()).hexdigest()[:8]
        head = [self.number or self.title[:40] or "khong-so", self.issuer[:40]]
        when = self.issued_on.isoformat() if self.issued_on else ""
        slugs = [re.sub(r"[^a-z0-9]+", "-", fold(part)).strip("-") for part in head]
        return ".".join(filter(None, [*slugs, when, digest]))
