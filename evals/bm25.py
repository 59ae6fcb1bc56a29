"""Plain keyword search over any texts, in memory: what our search is compared with.

Called by `evals.retrieval` over whole articles and by the peers of a suite over chunks. Same tokens and engine as the
product's index, so that a difference comes from what is searched and how it is ranked, not from how words are cut.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import tantivy

from corpus.spelling import has_diacritics
from index.terms import both_terms, folded_terms, terms

#: tantivy's own BM25, which has k1 = 1.2 and b = 0.75 and no other.
_HEAP = 64_000_000  # bytes it gathers before it writes


class Bm25:
    """BM25 over texts, each named by its place in the sequence; safe for many threads."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._schema = _schema()
        index = tantivy.Index(self._schema)  # no path: in memory
        writer = index.writer(_HEAP, 1)
        for ordinal, text in enumerate(texts):
            accented, folded = both_terms(text)
            entry = tantivy.Document()
            entry.add_text("terms", " ".join(accented))
            entry.add_text("folded", " ".join(folded))
            entry.add_integer("ordinal", ordinal)
            writer.add_document(entry)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """The best `k` texts as (ordinal, score), best first; fewer, or none, where fewer share a word with it.

        A query without diacritics is compared with the texts without theirs, as the product's search does.
        """
        marked = has_diacritics(query)
        counts = Counter(terms(query) if marked else folded_terms(query))
        if not counts or k < 1:
            return []
        field = "terms" if marked else "folded"
        clauses = []
        for token, count in counts.items():
            clause = tantivy.Query.term_query(self._schema, field, token, "freq")
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(clause, float(count))))
        found = self._searcher.search(tantivy.Query.boolean_query(clauses), k, count=False).hits
        ordinals = self._searcher.fast_field_values("ordinal", [address for _, address in found])
        ranked = [(int(o), float(score)) for o, (score, _) in zip(ordinals, found, strict=True)]
        return sorted(ranked, key=lambda one: (-one[1], one[0]))


def _schema() -> Any:
    # texts come as tokens already; "whitespace" is built in
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("folded", tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("ordinal", fast=True)
    return builder.build()
