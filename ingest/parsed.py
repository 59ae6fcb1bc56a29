"""A file as the corpus takes it: header, text and provisions of a reading. Made in the reader's child process.

`ingest.confined` calls it there, so that every core parses and a hostile text holds up only its own child.
"""

from dataclasses import dataclass

from corpus.document import Document
from corpus.provision import Provision
from ingest.header import header
from ingest.reading import Reading
from ingest.recognition import Recognition
from ingest.structure import parse


@dataclass(frozen=True, slots=True)
class Parsed:
    document: Document
    text: str
    provisions: tuple[Provision, ...]
    media_type: str
    pages: int  # 0: the source has no pages
    recognition: Recognition | None = None  # where OCR was needed


def parsed(reading: Reading, file_name: str) -> Parsed:
    """Header and provisions of a reading; `file_name` tells the number where the text leaves it blank."""
    provisions = tuple(parse(reading))
    document = header(reading, provisions, file_name)
    return Parsed(document, reading.text, provisions, reading.media_type, reading.pages, reading.recognition)
