"""A provision as it reads on a day: the held text, or the wording an amending document gives word for word.

Called by the store. Every piece of the result is a span of one stored text, so that it can be cited and verified;
nothing is ever put together inside a sentence.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from corpus.address import address_of, line_of, lines_above, spoken
from corpus.document import Authority, Document, RelationKind
from corpus.provision import Level, Provision
from corpus.spelling import fold
from corpus.validity import Incoming, Validity, ValidityStatus, changes_of
from corpus.wording import part_of

#: The read text of a document by its id.
TextOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words of a provision and where they stand: in the document itself or in one that amends it."""

    text: str
    document_id: str
    start: int  # span in the read text of that document
    end: int
    by: Incoming | None = None  # the change that gives these words; None: the document's own


@dataclass(frozen=True, slots=True)
class ProvisionAsOf:
    document_id: str  # of the document asked about; "" where only its number is known
    address: str
    label: str  # as said: "khoản 2 Điều 14"
    on: date
    validity: Validity
    pieces: tuple[Piece, ...]  # in order; () where the wording of that day is not held
    changes: tuple[Incoming, ...]  # what changed it up to that day, the earliest first
    notice: str = ""  # what the reader must know of these words, in Vietnamese

    @property
    def text(self) -> str:
        """All its words, a piece a line."""
        return "\n".join(piece.text for piece in self.pieces)

    @property
    def amended(self) -> bool:
        """Whether other words hold than those of the document itself."""
        return any(piece.by is not None for piece in self.pieces)


def as_of(
    document_id: str, header: Document, tree: Sequence[Provision], node: Provision | None, address: str, on: date,
    incoming: Sequence[Incoming], status: Validity, text_of: TextOf,
) -> ProvisionAsOf | None:  # fmt: skip
    """The provision at an address on a day; None where neither the tree nor an amendment has it.

    `node` is the provision of the tree; None for one that only an amending document gives (an added article), and
    for all of a document that is known by its number alone, whose tree is empty.
    """
    by_path = {one.path: one for one in tree}
    line = line_of(node, by_path) if node else lines_above(address)
    changes = changes_of(header, line, on, incoming)
    reader = _Reader(document_id, tree, text_of, changes, header.authority is Authority.CONSOLIDATED)
    pieces = reader.of(address, node, line)
    if node is None and not pieces and not changes:
        return None
    place = spoken(address) if spoken(address) or node is None else node.label
    notice = _notice(header, place, status, pieces, changes, reader)
    return ProvisionAsOf(document_id, address, place, on, status, tuple(pieces), tuple(changes), notice)


class _Reader:
    def __init__(
        self,
        document_id: str,
        tree: Sequence[Provision],
        text_of: TextOf,
        changes: Sequence[Incoming],
        consolidated: bool,
    ) -> None:
        self.document_id, self.text_of, self.changes = document_id, text_of, changes
        self.below: dict[str | None, list[Provision]] = {}
        for one in tree:
            if one.level is not Level.ROW:
                self.below.setdefault(one.parent, []).append(one)
        self.consolidated = consolidated
        self.merged = False  # the held text holds the new words already
        self.lost = False  # words of that day are told of and not held

    def of(self, address: str, node: Provision | None, line: Sequence[str]) -> list[Piece]:
        """The pieces of a provision, after what changes it or what it stands in."""
        deciding = [one for one in self.changes if set(one.relation.provisions) & set(line)]
        given = next((one for one in reversed(deciding) if one.relation.wording), None)
        if given is not None:
            later = deciding[deciding.index(given) + 1 :]
            self.lost |= any(one.relation.kind is RelationKind.AMENDS for one in later)
            piece = self._given(given, address)
            if piece is not None and not self._held_already(piece, node):
                return self._changed_below(piece, given, address)
            if piece is None:
                self.lost = True
        elif any(one.relation.kind is RelationKind.AMENDS for one in deciding):
            self.lost = True
        return self._own(address, node) if node else []

    def _given(self, change: Incoming, address: str) -> Piece | None:
        """The words that a change gives to an address: its wording, or a part of it."""
        span = change.relation.wording
        place = next(
            (p for p in change.relation.provisions if address == p or address.startswith(f"{p}.")), None
        )
        if span is None or place is None:
            return None
        text = self.text_of(change.id)
        if address != place:
            found = part_of(text, span, address[len(place) + 1 :].split("."))
            if found is None:
                return None
            span = found
        return Piece(text[span[0] : span[1]], change.id, *span, change)

    def _changed_below(self, piece: Piece, given: Incoming, address: str) -> list[Piece]:
        """New words, themselves changed later in a clause or point of theirs."""
        later = self.changes[self.changes.index(given) + 1 :]
        pieces = [piece]
        for change in later:
            for place in change.relation.provisions:
                if not place.startswith(f"{address}."):
                    continue
                at = part_of(
                    self.text_of(given.id), (piece.start, piece.end), place[len(address) + 1 :].split(".")
                )
                new = self._given(change, place) if change.relation.wording else None
                if at is None or (new is None and change.relation.kind is RelationKind.AMENDS):
                    self.lost = True
                    continue
                pieces = self._without(pieces, given.id, at, new)
        return pieces

    def _without(
        self, pieces: list[Piece], within: str, span: tuple[int, int], new: Piece | None
    ) -> list[Piece]:
        cut: list[Piece] = []
        for one in pieces:
            if one.document_id != within or not (one.start <= span[0] and span[1] <= one.end):
                cut.append(one)
                continue
            cut += self._span(one.document_id, one.start, span[0], one.by)
            cut += [new] if new else []
            cut += self._span(one.document_id, span[1], one.end, one.by)
        return cut

    def _own(self, address: str, node: Provision) -> list[Piece]:
        """The held words, with what stands in the provision and was changed in its place."""
        inner = [
            one for one in self.changes if any(p.startswith(f"{address}.") for p in one.relation.provisions)
        ]
        if not inner:
            return self._span(self.document_id, node.start, node.end)
        pieces = self._span(self.document_id, node.start, node.lead_end)
        children = self.below.get(node.path, [])
        known = {address_of(child.path) for child in children}
        added = self._added(address, known)
        for child in children:
            place = address_of(child.path)
            about = [one for one in inner if place in one.relation.provisions]
            gone = bool(about) and about[-1].relation.kind in (RelationKind.REPEALS, RelationKind.REPLACES)
            if not gone:
                pieces += self.of(place, child, (place,))
            pieces += added.pop(_base(place), [])
        return self._joined([*pieces, *(piece for rest in added.values() for piece in rest)])

    def _added(self, address: str, known: set[str]) -> dict[str, list[Piece]]:
        """New clauses or points right under an address, by the sibling they follow."""
        added: dict[str, list[Piece]] = {}
        for change in self.changes:
            for place in change.relation.provisions:
                above, _, _ = place.rpartition(".")
                if above == address and place not in known and change.relation.wording:
                    piece = self._given(change, place)
                    if piece is not None:
                        added.setdefault(_base(place), []).append(piece)
        return added

    def _held_already(self, piece: Piece, node: Provision | None) -> bool:
        """Whether a consolidated text has the new words in it; then they are read there."""
        if not self.consolidated or node is None:
            return False
        held = fold(self.text_of(self.document_id)[node.start : node.end])
        self.merged = fold(piece.text).strip(" .;”") in held or held in fold(piece.text)
        return self.merged

    def _joined(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Pieces of one text that only blanks part made one again."""
        joined: list[Piece] = []
        for one in pieces:
            last = joined[-1] if joined else None
            same = last is not None and (last.document_id, last.by) == (one.document_id, one.by)
            if last and same and not self._between(last, one).strip():
                joined[-1:] = self._span(one.document_id, last.start, one.end, one.by)
                continue
            joined.append(one)
        return joined

    def _between(self, one: Piece, other: Piece) -> str:
        return self.text_of(one.document_id)[one.end : other.start] if other.start >= one.end else "…"

    def _span(self, document_id: str, start: int, end: int, by: Incoming | None = None) -> list[Piece]:
        text = self.text_of(document_id)[start:end]
        begin = start + len(text) - len(text.lstrip())
        stop = begin + len(text.strip())
        return [Piece(text.strip(), document_id, begin, stop, by)] if stop > begin else []


def _base(place: str) -> str:
    """The address that an added one follows: "3a" stands behind "3"; others behind all."""
    stem = place.rstrip("abcdđefghi")
    return stem if stem != place and stem[-1:].isdigit() else place


def _notice(
    header: Document,
    place: str,
    status: Validity,
    pieces: Sequence[Piece],
    changes: Sequence[Incoming],
    reader: _Reader,
) -> str:
    name = header.name
    givers = list(dict.fromkeys(piece.by.header.name for piece in pieces if piece.by))
    said = []
    if status.status is ValidityStatus.EXPIRED:
        by = f" theo {status.by}" if status.by else ""
        old = "; lời văn chỉ để tham khảo" if pieces else ""
        said.append(f"{place} {name} đã hết hiệu lực{by}{old}.")
    elif givers:
        said.append(f"Lời văn theo {', '.join(givers)}, văn bản sửa đổi, bổ sung {name}.")
    if reader.merged:
        said.append("Văn bản trong kho là bản hợp nhất, đã gồm lời văn sửa đổi.")
    if reader.lost and status.status is not ValidityStatus.EXPIRED:
        last = next(
            (one for one in reversed(changes) if one.relation.kind is RelationKind.AMENDS), changes[-1]
        )
        said.append(
            f"{place} đã được {last.header.name} sửa đổi nhưng kho không có nguyên văn lời mới; hãy đọc cùng điều khoản sửa đổi."
        )
    if status.check:
        said.append(f"Cần kiểm tra: {status.check}.")
    return " ".join(said)
