"""What the document routes give on the wire (version 1). The ask route's shapes are in `bot.answer`."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from bot.answer import ValidityShape
from corpus.document import Document
from corpus.provision import Provision
from corpus.validity import Validity


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HeaderShape(_Wire):
    """What a document says of itself; empty strings and null mean: the text does not say."""

    id: str
    number: str = Field(examples=["905/QĐ-BNV"])
    kind: str = Field(examples=["Quyết định"])
    issuer: str
    issued_on: date | None
    effective_from: date | None
    effective_to: date | None = Field(description="Last day in force")
    title: str
    signer: str
    authority: str = Field(description="official, consolidated, expert_answer, summary or press")
    publisher: str = Field(description="Of a summary or press item: who wrote it")
    published_on: date | None
    revision: str = Field(description="sha256 of the source bytes")
    url: str = Field(description="Its page on this server")


class DocumentItem(HeaderShape):
    validity: ValidityShape
    content: str = Field(
        description="Content of the reform, by its title: the-che, thu-tuc, bo-may, cong-vu, tai-chinh, chinh-phu-so "
        "or chua-phan-loai"
    )


class DocumentList(_Wire):
    total: int = Field(description="Documents that match, on all pages")
    items: list[DocumentItem]


class OutlineShape(_Wire):
    path: str
    label: str
    heading: str
    level: str


class RelationShape(_Wire):
    kind: str = Field(
        description="based_on, amends, adds, replaces, repeals, suspends, keeps, guides or consolidates"
    )
    number: str = Field(description="Number of the other document")
    id: str | None = Field(description="Its id, where it is held")
    title: str
    effective_on: date | None
    whole: bool = Field(description="False: only some provisions are meant")


class FileShape(_Wire):
    name: str
    media_type: str
    sha256: str
    current: bool = Field(description="Whether answers are made from this one")


class DocumentDetail(DocumentItem):
    validity_evidence: str = Field(description="The sentence that says so, verbatim")
    outline: list[OutlineShape]
    files: list[FileShape]
    relations_of: list[RelationShape] = Field(description="What this document says about others")
    relations_to: list[RelationShape] = Field(description="What others say about this document")


class DocumentText(_Wire):
    document: str = Field(description="Its id")
    revision: str = Field(description="sha256 of the bytes it was read from")
    text: str = Field(description="All that was read; spans count its characters from 0")


class ProvisionRef(_Wire):
    path: str
    label: str


class ProvisionDetail(_Wire):
    document: str
    revision: str
    path: str = Field(examples=["dieu-14.khoan-2.diem-a"])
    label: str = Field(examples=["Điều 14 khoản 2 điểm a"])
    level: str
    heading: str
    text: str = Field(description="The whole text of the provision, verbatim")
    span: tuple[int, int] = Field(description="Characters of it in the document's read text")
    page: int | None
    columns: list[str] = Field(description="Column heads, of a table row")
    parent: ProvisionRef | None
    children: list[ProvisionRef]
    previous: ProvisionRef | None
    next: ProvisionRef | None
    url: str


def header_fields(id: str, revision: str, url: str, header: Document) -> dict[str, object]:
    """The fields of `HeaderShape`."""
    names = ("number", "kind", "issuer", "issued_on", "effective_from", "effective_to", "title", "signer")
    fields: dict[str, object] = {name: getattr(header, name) for name in names}
    more = {
        "authority": header.authority.value,
        "publisher": header.publisher,
        "published_on": header.published_on,
    }
    return {"id": id, "revision": revision, "url": url} | fields | more


def validity_shape(validity: Validity) -> ValidityShape:
    return ValidityShape(
        status=validity.status.value,
        label=validity.status.vietnamese,
        on=validity.on,
        since=validity.since,
        by=validity.by,
        check=validity.check,
        corrected=validity.corrected,
    )


def provision_ref(provision: Provision | None) -> ProvisionRef | None:
    return ProvisionRef(path=provision.path, label=provision.label) if provision else None
