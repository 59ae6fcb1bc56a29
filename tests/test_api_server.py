"""`serve` as an operator runs it: the real desk behind the real server, in a process of its own."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from own_port import own_port
from standins.server import until
from web_server import DECREE, REPLACEMENT, add

import api
from api.address import AddressError, listen
from corpus.store import Corpus
from index.publishing import publish
from settings import Settings

RUN = """
import sys
from api.server import serve
from settings import Settings
serve(Settings(data_dir=sys.argv[1], port=int(sys.argv[2]), embedder="off"))
print("closed")
"""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=folder, embedder="off")
    with Corpus.open(settings.dsn) as corpus:
        add(corpus, "61-2018-ND-CP.txt", DECREE)
        add(corpus, "118-2025-ND-CP.txt", REPLACEMENT)
        publish(corpus, settings, None)
    return folder


@pytest.fixture
def port() -> Iterator[int]:
    with own_port() as port:
        yield port


@pytest.fixture
def process(data_dir: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", RUN, str(data_dir), str(port)]
    root = Path(api.__file__).parent.parent
    started = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    yield started
    if started.poll() is None:
        started.kill()
        started.wait()


def wait_until_ready(process: "subprocess.Popen[str]", url: str) -> None:
    def ready() -> bool:
        assert process.poll() is None, process.stdout and process.stdout.read()
        try:
            return httpx.get(f"{url}/health/ready", timeout=60).status_code == 200
        except httpx.ConnectError:
            return False

    until(ready, 120)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serves_the_real_desk_and_closes_it_when_told_to_stop(
    process: "subprocess.Popen[str]", port: int, stop: signal.Signals
) -> None:
    url = f"http://127.0.0.1:{port}"
    wait_until_ready(process, url)
    question = "Nghị định 61/2018/NĐ-CP còn hiệu lực không?"
    answer = httpx.post(f"{url}/v1/ask", json={"question": question}, timeout=60).json()
    assert answer["status"] in ("answered", "not_in_force"), answer
    assert "118/2025/NĐ-CP" in answer["text"]
    for cited in answer["citations"]:
        page = httpx.get(url + cited["url"], timeout=60)
        assert page.status_code == 200 and "<mark>" in page.text
        # the title block is cited too; it is no provision and has no place of its own
        assert not cited["path"] or f'id="{cited["path"]}"' in page.text
    process.send_signal(stop)
    assert process.wait(60) == 0
    said = process.stdout.read() if process.stdout else ""
    assert "closed" in said and "Traceback" not in said


def test_a_taken_port_is_a_message_that_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=rf"127\.0\.0\.1:{port}.*CCHC_PORT"):
            listen("127.0.0.1", port)


def test_an_address_of_another_machine_is_a_message_too() -> None:
    with pytest.raises(AddressError, match=r"no-such-host\.invalid"):
        listen("no-such-host.invalid", 8000)
