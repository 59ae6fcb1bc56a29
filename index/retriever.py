"""The search as a LangChain retriever, for chains that people build around the desk; the desk itself calls `Search`."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.search import Filters, Search


class SearchRetriever(BaseRetriever):
    """`SearchRetriever(search=open_current(settings)).invoke("…")` gives LangChain documents, best first.

    Page content is the segment's text; metadata: id, document, number, title, label, path, context, start, end,
    score.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Search
    k: int = 10
    filters: Filters | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = []
        for hit in self.search.search(query, self.k, self.filters):
            segment = hit.segment
            header = self.search.document(segment.document)
            metadata = {
                "document": segment.document,
                "number": header.number if header else "",
                "title": header.title if header else "",
                "label": segment.label,
                "path": segment.path,
                "context": segment.context,
                "start": segment.start,
                "end": segment.end,
                "score": hit.score,
            }
            found.append(Document(page_content=segment.text, metadata=metadata, id=segment.id))
        return found
