"""The package as it is handed out: built, installed away from the checkout, and answering there.

The dependencies come from the environment that runs the tests; the product's own code does not.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

#: One file of every kind of data that must travel with the code.
DATA = (
    "corpus/samples/76-NQ-CP.md",
    "corpus/migrations/env.py",
    "corpus/migrations/versions/0001_ground.py",
    "index/models/e5-small-vi-law/model.onnx",
    "index/models/e5-small-vi-law/tokenizer.json",
    "index/models/e5-small-vi-law/NOTICE",
    "bot/texts/vi.yaml",
    "api/templates/chat.html",
    "api/static/chat.js",
)
QUESTION = "Sáu nội dung cải cách hành chính giai đoạn 2021-2030 là gì?"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist, built from a copy: no build folder is left in the checkout."""
    work = tmp_path_factory.mktemp("build")
    source = shutil.copytree(
        ROOT,
        work / "source",
        ignore=shutil.ignore_patterns(".*", "data", "build", "dist", "tests", "__pycache__", "*.egg-info"),
    )
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(work / "dist"), str(source)]
    run = subprocess.run([*command, "--sdist", "--wheel"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    return work / "dist"


def files_of(kind: str, built: Path) -> set[str]:
    """Names in the wheel, or in the sdist without its top folder."""
    (file,) = built.glob(f"*{kind}")
    if kind == ".whl":
        return set(zipfile.ZipFile(file).namelist())
    with tarfile.open(file) as sdist:
        return {name.partition("/")[2] for name in sdist.getnames()}


@pytest.mark.parametrize("kind", [".whl", ".tar.gz"])
def test_all_code_and_data_travel(kind: str, built: Path) -> None:
    names = files_of(kind, built)
    assert not set(DATA) - names
    for room in ("api", "bot", "corpus", "evals", "index", "ingest"):
        files = [
            file for file in (ROOT / room).rglob("*") if file.is_file() and "__pycache__" not in file.parts
        ]
        missing = {file.relative_to(ROOT).as_posix() for file in files} - names
        assert not missing
    assert {"cchc.py", "doctor.py", "settings.py"} <= names


def test_nothing_of_the_workshop_travels_in_the_wheel(built: Path) -> None:
    tops = {name.partition("/")[0] for name in files_of(".whl", built)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "api", "bot", "corpus", "evals", "index", "ingest", "cchc.py", "doctor.py", "settings.py",
    }  # fmt: skip


def away() -> dict[str, str]:
    """The environment without a path that could lead to the checkout."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The python of an environment with the wheel and, by a path, what it depends on."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    (wheel,) = built.glob("*.whl")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index"]
    run = subprocess.run([*install, str(wheel)], env=away(), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    # a plain path: the .pth files there, among them the one that leads to the checkout, are not followed
    (site,) = (folder / "lib").glob("python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_the_wheel_answers_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    env = {**away(), "CCHC_DATA_DIR": str(tmp_path / "kho")}

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    where = "import cchc, doctor, settings, api, bot, corpus, evals, index, ingest as i; "
    where += (
        "print(*(m.__file__ for m in (cchc, doctor, settings, api, bot, corpus, evals, index, i)), sep='\\n')"
    )
    places = run(str(installed), "-c", where).split()
    assert len(places) == 9 and all(Path(place).is_relative_to(installed.parents[1]) for place in places)

    cchc = str(installed.with_name("cchc"))
    run(cchc, "ingest", "--samples")
    assert "✗" not in run(cchc, "doctor")
    answer = run(cchc, "ask", QUESTION)
    assert "cải cách thể chế" in answer and "76/NQ-CP" in answer
    # the pages: templates and static files are found where the wheel put them
    page = "from fastapi.testclient import TestClient; from api.app import create_app; from bot.desk import HelpDesk; from bot.people.store import People; "
    page += "from settings import Settings as S; c = TestClient(create_app(HelpDesk.open(S()), S(), People.open(S()))); "
    page += (
        "print([c.get(path).status_code for path in ('/', '/documents', '/static/chat.js', '/health/ready')])"
    )
    assert run(str(installed), "-c", page).strip() == "[200, 200, 200, 200]"
