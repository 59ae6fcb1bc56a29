"""The house keeps its shape: imports only go down the floors, names say what lives in a file."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: From the top; what stands together on one floor does not know each other.
FLOORS = (("cchc", "doctor"), ("api", "evals"), ("bot",), ("index", "ingest"), ("corpus",), ("settings",))
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
#: The command line calls the doctor.
WITHIN = {("cchc", "doctor")}
NOT_A_NAME = {"utils", "util", "helpers", "helper", "manager", "core", "misc", "common", "tools", "lib"}


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the product with its room."""
    for room in LEVEL:
        files = (
            [ROOT / f"{room}.py"] if (ROOT / f"{room}.py").is_file() else sorted((ROOT / room).rglob("*.py"))
        )
        assert files, f"no room {room}"
        for file in files:
            yield room, file


def imported(source: str) -> set[str]:
    """Top-level packages that a module imports, inside its functions and for type checking too."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "rooms are named in full"
            found.add((node.module or "").partition(".")[0])
    return found


def climbs(room: str, other: str) -> bool:
    return other in LEVEL and other != room and (room, other) not in WITHIN and LEVEL[other] <= LEVEL[room]


def test_imports_only_go_down() -> None:
    wrong = [
        f"{file.relative_to(ROOT)} imports {other}"
        for room, file in modules()
        for other in imported(file.read_text("utf-8"))
        if climbs(room, other)
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("room", "line", "climbing"),
    [
        ("corpus", "from index.search import Search", True),
        ("ingest", "import index.search", True),
        ("index", "from ingest.reading import Reading", True),
        ("settings", "def f():\n    from corpus import store", True),
        ("bot", "from index.search import Search", False),
        ("cchc", "import doctor", False),
        ("doctor", "import cchc", True),
    ],
)
def test_an_import_that_climbs_is_noticed(room: str, line: str, climbing: bool) -> None:
    assert any(climbs(room, other) for other in imported(line)) is climbing


def test_every_room_of_the_checkout_has_a_floor_and_is_packaged() -> None:
    """A new room must be given its place here, and in pyproject.toml, or the wheel goes out without it."""
    rooms = {file.parent.name for file in ROOT.glob("*/__init__.py")} | {
        file.stem for file in ROOT.glob("*.py")
    }
    assert rooms == set(LEVEL)
    packaging = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    packed = {name.rstrip("*") for name in packaging["packages"]["find"]["include"]}
    assert packed | set(packaging["py-modules"]) == set(LEVEL)


def test_no_module_hides_behind_a_word_that_says_nothing() -> None:
    assert not [str(file) for _, file in modules() if {file.stem, *file.parts[-2:-1]} & NOT_A_NAME]


def test_no_module_takes_the_name_of_one_of_python() -> None:
    assert not [room for room in LEVEL if room in sys.stdlib_module_names]


def test_every_module_says_why_it_exists() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for _, file in modules()
        if file.name != "__init__.py" and not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    ]
    assert not silent
