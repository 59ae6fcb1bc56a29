"""A document's text with its provision tree, as the desk walks it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corpus.provision import Level, Provision

CELL = " | "
_DIVISIONS = {
    Level.PART, Level.CHAPTER, Level.SECTION, Level.SUBSECTION, Level.ATTACHMENT, Level.APPENDIX,
}  # fmt: skip


def preamble(start: int, end: int) -> Provision:
    """The title block and căn cứ as a place to cite: text that stands in no provision."""
    return Provision("", None, Level.PARAGRAPH, "", "Phần mở đầu", "", start, end, end, 0)


def row_text(row: str, columns: Sequence[str]) -> str:
    """A table row with its column heads: "Cơ quan chủ trì: Sở Nội vụ; Thời gian: Hằng năm"."""
    cells = [cell.strip() for cell in row.split(CELL)]
    if len(columns) != len(cells):
        return "; ".join(filter(None, cells))
    said = [f"{head}: {cell}" if head else cell for head, cell in zip(columns, cells, strict=True) if cell]
    return "; ".join(said)


@dataclass(frozen=True, slots=True)
class Tree:
    text: str
    provisions: Sequence[Provision]
    by_path: dict[str, Provision]
    below: dict[str | None, list[Provision]] = field(default_factory=dict)

    def children(self, provision: Provision) -> list[Provision]:
        return self.below.get(provision.path, [])

    def parent(self, provision: Provision) -> Provision | None:
        return self.by_path.get(provision.parent) if provision.parent else None

    def ancestors(self, provision: Provision) -> Iterator[Provision]:
        """From the parent upwards."""
        above = self.parent(provision)
        while above is not None:
            yield above
            above = self.parent(above)

    def whole(self, provision: Provision) -> str:
        return self.text[provision.start : provision.end].strip()

    def lead(self, provision: Provision) -> str:
        """A provision's own words before its children; heads of tables left out."""
        lines = self.text[provision.start : provision.lead_end].strip().split("\n")
        return "\n".join(line for line in lines if CELL not in line).strip()

    def introduction(self, provision: Provision) -> str:
        """What a provision says ahead of the list of its children: its lead where that ends with a colon, without
        the heading. "" where it says nothing that its children need."""
        lead = self.lead(provision)
        if not lead.endswith(":"):
            return ""
        first, _, rest = lead.partition("\n")
        return rest if rest and provision.heading and provision.heading in first else lead

    def holders(self, provision: Provision) -> Iterator[Provision]:
        """The lists a provision is or stands in, innermost first: what has items and is no division of the text."""
        for one in (provision, *self.ancestors(provision)):
            if one.level in _DIVISIONS:
                return
            if self.below.get(one.path):
                yield one

    def item(self, provision: Provision) -> str:
        """A provision as an item of a list; table rows, its own or inside it, with their column heads."""
        whole = self.whole(provision)
        if provision.level is Level.ROW:
            return row_text(whole, provision.columns)
        if CELL not in whole:
            return whole
        return "\n".join(filter(None, [self.lead(provision), *map(self.item, self.children(provision))]))

    def at(self, start: int, end: int) -> Provision | None:
        """The smallest provision that holds a span."""
        holding = [p for p in self.provisions if p.start <= start and end <= p.end]
        return min(holding, key=lambda p: p.end - p.start, default=None)

    def leaves(self, start: int, end: int) -> list[Provision]:
        """Provisions without children that touch a span, in order."""
        return [p for p in self.provisions if p.start < end and p.end > start and not self.below.get(p.path)]

    def articles(self) -> list[Provision]:
        return [p for p in self.provisions if p.level is Level.ARTICLE]
