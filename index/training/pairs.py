"""Questions made from the documents of a corpus, each with the segment that answers it and those that only look so.

Called by `python -m index.training pairs`. Everything comes from the provision tree and from the segments that the
product itself would search, so the model learns on what it will be asked to read.
"""

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.provision import Level, Provision
from index.builder import IndexedDocument
from index.segment import CRUMB, Segment, segments
from index.training.forms import Asked, common, of_clause, of_heading, small
from index.training.recipe import Recipe
from index.training.topic import of_document, topic_of, with_document, with_topic
from index.training.wording import worded

#: A mark before a clause: "1.", "a)", "-".
_MARK = re.compile(r"^\s*(?:Điều\s+\w+[.:]?|\d{1,3}[.)]|[a-zđ]{1,2}\)|[-+–*])\s*")
_CITED = re.compile(
    r"\bĐiều (?P<number>\d+[a-zđ]?) (?:của )?(?P<of>Luật|Bộ luật|Nghị định|Thông tư|Pháp lệnh|Quyết định|Nghị quyết|Quy chế|Quy định) này\b"
)
#: What calls itself so may be attached to the document: its articles are numbered anew.
_ATTACHED = ("Quy chế", "Quy định")
#: The reference itself, taken out of the sentence that makes it.
_REFERENCE = re.compile(
    r"\s*(?:theo |đúng )?(?:quy định )?(?:tại |ở |của )?(?:(?:các )?(?:khoản|điểm) [^,]{1,20} )*Điều \d+.*$"
)
#: Forms that ask with the words of the article's heading.
_OF_HEADINGS = ("heading", "matter")
_EXPLAINS = re.compile(r"giải thích từ ngữ|từ ngữ|khái niệm", re.IGNORECASE)
#: Characters of a document's title, of the whole context, and of what stands before an answer, in a training passage.
_TITLE, _CONTEXT, _BEFORE = 200, 300, 80
#: Words of a sentence that is asked about as it stands, with some left out.
_EXCERPT = (8, 40)
#: Share of the clauses that are asked about so.
_EXCERPTS = 0.05
#: The same of those that cite an article of their document.
_CITING = 0.4


@dataclass(frozen=True, slots=True)
class Example:
    """One row of the training data."""

    form: str
    question: str
    passage: str  # that answers, as the embedder reads it
    segment: str  # id of the segment it was made of
    article: str  # "document id#dieu-3": two examples of one article never stand in one batch
    near: tuple[str, ...]  # ids of segments that look right and are not, the likeliest first


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question with its segment, before what looks like it is found."""

    form: str
    question: str
    plain: str  # the question before it was put as people type it: what is looked for
    segment: Segment
    heading: str  # of the article
    named: bool  # the question names its document or topic: the same heading elsewhere does not answer it
    hides: bool  # the passage is shown without the article's heading
    at: int  # where in the segment's text the answer begins


#: A question in its wordings, the segment that answers, and where in its text.
_Found = tuple[Asked, Segment, int]


def drawn_from(document: IndexedDocument, recipe: Recipe) -> Iterator[Drawn]:
    """The questions of one document; the same document and seed give the same ones."""
    chance = random.Random(f"{recipe.seed} {document.id}")
    cut = segments(document.id, document.revision, document.header, document.text, document.provisions)
    tree = _Tree(document, cut)
    for article in tree.articles:
        yield from _of_article(article, tree, recipe, chance)


def _of_article(article: Provision, tree: "_Tree", recipe: Recipe, chance: random.Random) -> Iterator[Drawn]:
    inside = tree.segments_in(article)
    if not inside:
        return
    explains, nameless = bool(_EXPLAINS.search(article.heading)), common(article.heading)
    asked: list[_Found] = [
        (one, chance.choice(inside), 0) for one in of_heading("" if nameless else article.heading)
    ]
    chance.shuffle(asked)
    asked = asked[: recipe.pairs.per_heading]
    clauses = [] if nameless and not explains else list(_of_clauses(article, tree, explains, chance))
    by_form: dict[str, list[_Found]] = defaultdict(list)
    for pair in clauses:
        by_form[pair[0].form].append(pair)
    rest = []
    for pairs in by_form.values():  # no form outweighs the rest
        chance.shuffle(pairs)
        rest += pairs[:2]
    chance.shuffle(rest)
    for one, segment, at in [*asked, *rest[: recipe.pairs.per_article]]:
        question, named = _placed(chance.choice(one.wordings), one.form, tree, recipe, chance)
        hides = one.form in _OF_HEADINGS and not named and chance.random() < recipe.pairs.hidden_headings
        asks = worded(question, recipe.wording, chance)
        yield Drawn(one.form, asks, question, segment, article.heading, named, hides, at)
    if nameless and article is tree.articles[0] and (question := of_document(tree.document.header, chance)):
        asks = worded(question, recipe.wording, chance)
        yield Drawn("document", asks, question, inside[0], article.heading, True, False, 0)


def _placed(
    question: str, form: str, tree: "_Tree", recipe: Recipe, chance: random.Random
) -> tuple[str, bool]:
    """The question with its document's topic or name, or as it is; whether it names one."""
    if tree.topic and chance.random() < (
        recipe.wording.topic if form in _OF_HEADINGS else recipe.wording.topic / 2
    ):
        return with_topic(question, tree.topic, chance), True
    if chance.random() < recipe.wording.named_document:
        placed = with_document(question, tree.document.header, chance)
        return placed, placed != question
    return question, False


def _of_clauses(article: Provision, tree: "_Tree", explains: bool, chance: random.Random) -> Iterator[_Found]:
    for node in [article, *tree.below(article)]:
        segment = tree.segment_at(node)
        if segment is None:
            continue
        at = max(0, node.start - segment.start)
        own = _MARK.sub("", tree.text[node.start : node.lead_end]).removeprefix(article.heading).strip(" .\n")
        has_children = bool(tree.children[node.path])
        lead = tree.lead_above(node)
        said = f"{own.rstrip(' .;')}:" if has_children and own.endswith(":") else own
        if len(said) > 20:
            for one in of_clause(said, lead, explains and node.level is Level.CLAUSE):
                yield one, segment, at
        if len(own.split()) >= _EXCERPT[0] and chance.random() < _EXCERPTS:
            yield Asked("excerpt", (_excerpt(own, chance),)), segment, at
        if chance.random() < _CITING:
            yield from _citing(own, article, tree, chance)


def _citing(said: str, article: Provision, tree: "_Tree", chance: random.Random) -> Iterator[_Found]:
    """A sentence that cites an article of its own document says in other words what that article is about."""
    for sentence in re.split(r"[.;:\n]+", said):
        match = _CITED.search(sentence)
        within = tree.attachment_of(article) if match and match["of"] in _ATTACHED else None
        cited = match and tree.by_number.get((within, match["number"]))
        inside = tree.segments_in(cited) if cited and cited is not article else []
        words = _REFERENCE.sub(" ", sentence).split()
        if inside and len(words) >= 8:
            yield Asked("citing", (small(" ".join(words[:30])),)), chance.choice(inside), 0


def _excerpt(said: str, chance: random.Random) -> str:
    """A stretch of a clause with some of its words left out."""
    words = said.split()
    length = min(len(words), chance.randint(*_EXCERPT) // 2 + 4)
    at = chance.randrange(len(words) - length + 1)
    keep = 1 - chance.random() * 0.35
    kept = [word for word in words[at : at + length] if chance.random() < keep]
    text = small(" ".join(kept or words[:8]).strip(" ,.;:"))
    return text + chance.choice(("", "", " đúng không?", " có đúng không?", ", đúng hay sai?"))


class _Tree:
    """A document's provisions with the segments that stand in them."""

    def __init__(self, document: IndexedDocument, cut: Sequence[Segment]) -> None:
        self.document = document
        self.text = document.text
        self.topic = topic_of(document.header.title)
        self._cut = cut
        self._by_path = {node.path: node for node in document.provisions}
        self.children: dict[str | None, list[Provision]] = defaultdict(list)
        for node in document.provisions:
            self.children[node.parent].append(node)
        self.articles = [node for node in document.provisions if node.level is Level.ARTICLE] or [
            node for node in document.provisions if node.level is Level.HEADING and node.heading
        ]
        self.by_number = {
            (self.attachment_of(node), node.number): node
            for node in self.articles
            if node.level is Level.ARTICLE
        }

    def attachment_of(self, node: Provision) -> str | None:
        """Path of the attachment or appendix in which the node stands; None in the document itself."""
        while above := self._by_path.get(node.parent or ""):
            node = above
            if node.level in (Level.ATTACHMENT, Level.APPENDIX):
                return node.path
        return None

    def segments_in(self, node: Provision) -> list[Segment]:
        return [one for one in self._cut if node.start <= one.start < node.end]

    def segment_at(self, node: Provision) -> Segment | None:
        """The segment that holds the beginning of the node."""
        return next((one for one in self._cut if one.start <= node.start < one.end), None)

    def below(self, node: Provision) -> list[Provision]:
        found: list[Provision] = []
        for child in self.children[node.path]:
            found += [child, *self.below(child)]
        return found

    def lead_above(self, node: Provision) -> str:
        above = self._by_path.get(node.parent or "")
        return _MARK.sub("", self.text[above.start : above.lead_end]).strip() if above else ""


# -- passages ----------------------------------------------------------------------------------------------


def passage(segment: Segment, heading: str = "", at: int = 0) -> str:
    """A segment as the embedder reads it, shortened so that what answers is among the tokens that training reads: a
    short context, and no more than a clause before the place `at`. `heading` is taken out: the body must tell."""
    crumbs = segment.context.split(CRUMB)
    crumbs[0] = crumbs[0][:_TITLE]
    while len(crumbs) > 2 and len(CRUMB.join(crumbs)) > _CONTEXT:
        del crumbs[1]
    text = f"{CRUMB.join(crumbs)}\n{segment.text[max(0, at - _BEFORE) :]}"
    return text.replace(heading, "") if heading else text


# -- files -------------------------------------------------------------------------------------------------


def write_examples(examples: Iterable[Example], file: Path) -> int:
    """One JSON object a line, gzipped; returns how many. The file is there when all of it is."""
    count, unfinished = 0, file.with_name(f"{file.name}.unfinished")
    with gzip.open(unfinished, "wt", encoding="utf-8", compresslevel=3) as out:
        for example in examples:
            out.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")
            count += 1
    unfinished.replace(file)
    return count


def read_examples(file: Path) -> list[Example]:
    """Raises `ValueError` that names the line of a row that is none."""
    examples = []
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        for number, line in enumerate(rows, 1):
            try:
                row = json.loads(line)
                examples.append(Example(**{**row, "near": tuple(row["near"])}))
            except (TypeError, KeyError, ValueError) as error:
                raise ValueError(f"{file} line {number} is no training example: {error}") from error
    return examples
