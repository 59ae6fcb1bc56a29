"""A folder kept current: what is put into it is read and published, until somebody stops it. Called by `cchc ingest --watch`.

It looks again and again instead of waiting for messages of the file system: network shares send none.
"""

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from corpus.store import Corpus
from ingest.pipeline import Progress, Report, ingest
from ingest.source import Found, IngestError, is_address, search
from settings import Settings

log = logging.getLogger("cchc.ingest")

#: Size and time of a file, and when it was first seen to be so.
_Look = tuple[int, int, float]


def watch(
    paths: Sequence[str],
    corpus: Corpus,
    settings: Settings,
    publish: Callable[[], None],
    stop: Event,
    on_report: Callable[[Report], None] = lambda report: None,
    progress: Progress | None = None,
) -> None:
    """Ingest what comes, changes and goes until `stop` is set.

    A file counts when its size and time stood still for a while: it may still be on its way. `publish` brings the
    index up to date, at once when nothing more is coming, else every now and then. Whatever goes wrong in one round is logged and tried again in the next.
    Raises `IngestError` for what cannot be watched at all.
    """
    if any(is_address(path) for path in paths):
        raise IngestError("--watch chỉ theo dõi tệp và thư mục; hãy nạp địa chỉ web bằng lệnh riêng.")
    search(paths, corpus.roots())
    looks: dict[Path, _Look] = {}
    taken: dict[Path, tuple[int, int]] | None = None  # what the last ingest saw; None: none yet
    last_published, due = 0.0, True
    while not stop.is_set():
        try:
            now = time.monotonic()
            looks = _look(search(paths, corpus.roots()).found, looks, now)
            moving = {path for path, look in looks.items() if now - look[2] < settings.watch_settle_s}
            still = {path: look[:2] for path, look in looks.items() if path not in moving}
            if _differs(still, moving, taken):
                report = ingest(
                    paths,
                    corpus,
                    settings,
                    leave=moving.__contains__,
                    stopped=stop.is_set,
                    progress=progress,
                )
                taken = {**still, **{path: at for path, at in (taken or {}).items() if path in moving}}
                due = due or report.changed
                on_report(report)
            if due and not stop.is_set() and (not moving or now - last_published > settings.watch_publish_s):
                last_published = now
                publish()
                due = False
        except IngestError as error:  # the folder is away for now; a missing share is no reason to stop
            log.warning("%s", error)
        except Exception:
            log.exception("a round of watching failed; it is tried again")
        stop.wait(settings.watch_interval_s)


def _look(found: Sequence[Found], before: dict[Path, _Look], now: float) -> dict[Path, _Look]:
    looks: dict[Path, _Look] = {}
    for one in found:
        assert one.path is not None
        try:
            stat = one.path.stat()
        except OSError:  # gone since
            continue
        last = before.get(one.path)
        same = last is not None and last[:2] == (stat.st_size, stat.st_mtime_ns)
        looks[one.path] = (stat.st_size, stat.st_mtime_ns, last[2] if last is not None and same else now)
    return looks


def _differs(
    still: dict[Path, tuple[int, int]], moving: set[Path], taken: dict[Path, tuple[int, int]] | None
) -> bool:
    """Whether there is anything to do: something new, changed or gone. A file on its way is none of these yet."""
    if taken is None:
        return bool(still) or not moving
    return still != {path: at for path, at in taken.items() if path not in moving}
