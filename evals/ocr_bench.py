"""How fast and how sure OCR is on scanned files: `python -m evals.ocr_bench FILE…`.

Time is CPU time of the reader and of tesseract, one page after the other on one core, so that a busy machine measures
the same; the clock's time stands beside it.
"""

import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ingest.read import read
from ingest.readers.legibility import Legibility
from ingest.reading import ReadFailure
from settings import load_settings


@dataclass(frozen=True, slots=True)
class Measured:
    """One file."""

    file: str
    pages: int  # from OCR
    cpu_s: float  # a page of OCR, the whole file's time over these pages
    wall_s: float
    confidence: float  # 0–1
    syllables: float  # share of the words that are spelt like Vietnamese
    chars: int
    weak_pages: tuple[int, ...]

    def line(self) -> str:
        """As a row of the table that `main` prints."""
        weak = ", ".join(map(str, self.weak_pages)) or "-"
        return (
            f"{self.pages:5}  {self.cpu_s:10.2f}  {self.wall_s:11.2f}  {self.confidence:10.3f}  {self.syllables:9.3f}"
            f"  {self.chars:7}  {weak:10}  {self.file}"
        )


HEAD = "pages  cpu s/page  wall s/page  confidence  syllables    chars  weak pages  file"


def measure(path: Path) -> Measured:
    """Reads a file that needs OCR and says how that went. Raises `ReadFailure`, ValueError where nothing needed OCR."""
    began, cpu = time.perf_counter(), _cpu()
    reading = read(path, load_settings(ocr="auto"))
    wall, cpu = time.perf_counter() - began, _cpu() - cpu
    found = reading.recognition
    if found is None or not found.pages:
        raise ValueError("no page needed OCR")
    count = len(found.pages)
    return Measured(
        path.name, count, cpu / count, wall / count, found.confidence, Legibility.of(reading.text).share,
        len(reading.text), found.weak_pages,
    )  # fmt: skip


def _cpu() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def main(files: list[str]) -> int:
    """Prints a row a file; 1 where one could not be measured."""
    if not files:
        print("python -m evals.ocr_bench FILE…", file=sys.stderr)
        return 2
    print(HEAD)
    failed = False
    for file in files:
        try:
            print(measure(Path(file)).line(), flush=True)
        except (ReadFailure, ValueError) as error:
            failed = True
            print(f"{file}: {error}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
