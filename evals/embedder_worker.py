"""One embedder alone in a process, so that its memory and its loading are its own. Started by `evals.embedder_bench`.

`python -m evals.embedder_worker EMBEDDER THREADS` loads it and says how that went; then every line of input, a JSON
object with `texts` and `query`, is embedded and answered by a line. Imports no more than an embedder needs.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    name, threads = sys.argv[1:]
    told, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints is no answer
    started = time.perf_counter()
    from index.embedding import load_embedder
    from index.problem import IndexProblem
    from settings import load_settings

    imported, imported_cpu = time.perf_counter(), time.process_time()
    try:
        embedder = load_embedder(load_settings(embedder=name, embedder_threads=int(threads)))
    except IndexProblem as error:
        _say(told, problem=str(error))
        return
    if embedder is None:
        _say(told, problem=f"“{name}” không phải mô hình.")
        return
    _say(
        told,
        name=embedder.name,
        checksum=embedder.checksum,
        dimensions=embedder.dimensions,
        import_s=imported - started,
        load_s=time.perf_counter() - imported,
        load_cpu_s=time.process_time() - imported_cpu,
        resident_mb=resident_mb(),
    )
    for line in sys.stdin:
        asked = json.loads(line)
        started, started_cpu = time.perf_counter(), time.process_time()
        embedder.vectors(asked["texts"], query=asked["query"])
        _say(
            told,
            seconds=time.perf_counter() - started,
            cpu_s=time.process_time() - started_cpu,
            resident_mb=resident_mb(),
        )


def resident_mb() -> float:
    """Memory of this process, 10^6 bytes."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmRSS:"))


def _say(told: Any, **what: object) -> None:
    told.write(json.dumps(what) + "\n")
    told.flush()


if __name__ == "__main__":
    main()
