"""schemathesis asks a real server whatever its own description allows, and much that it does not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_desk import hostile_desk
from web_server import running

#: Every kind of reply must be as described; 503 is described, any other failure of the server is found.
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method"
)


@pytest.mark.contract
@pytest.mark.timeout(1000)
def test_the_server_never_fails_and_answers_as_it_is_described(tmp_path: Path) -> None:
    with hostile_desk(tmp_path) as desk, running(desk, desk.settings) as url:
        run = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json",
                "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", "40", "--seed", "6",
                "--generation-database", "none", "--no-color",
                "--continue-on-failure", "--no-shrink", "--request-timeout", "60",
            ],
            capture_output=True, text=True, timeout=900,
        )  # fmt: skip
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    tested = re.search(r"(\d+) generated", run.stdout)
    assert tested and int(tested[1]) > 300, run.stdout[-2000:]
