"""The direction of the imports, read from the source without running it."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = sorted(ROOT.glob("digitocr/**/*.py"))
APP = [ROOT / "app.py", *sorted(ROOT.glob("ui/*.py"))]
TOOLS = [
    path
    for folder in ("synthesis", "training", "benchmarks", "fuzz")
    for path in sorted(ROOT.glob(f"{folder}/**/*.py"))
]
MODULES = [path for path in PACKAGE + TOOLS if "migrations" not in path.parts]
LARGEST_LINES = 250

RECORDS = {
    *(
        "about",
        "arrays",
        "calibration",
        "constraints",
        "found",
        "geometry",
        "reading",
        "reasons",
        "settings",
    ),
    *("types", "words"),
}
# What each room may import from beside the records and the package's version. The doors
# (processes, pile, review, service, cli) know the reader by `pipeline` alone. `teach` lays labels
# along what the two readers said, so it knows how they score a text, and nothing else of them;
# `tune` learns from what `teach` laid and from the shapes that `segments` found, and weighs the
# evidence that `decide` goes by.
# `inside` asks the classifier's own layers about a tile, and draws them as `show` draws a Reading.
MAY_IMPORT = {
    **{record: set[str]() for record in RECORDS},
    "picture": set(),
    "find": set(),
    "along": set(),
    "networks": set(),
    "show": set(),
    "output": set(),
    "inside": {"networks", "show"},
    "segments": {"find"},
    "decide": {"find", "segments", "along"},
    "budget": {"segments", "along"},
    "pipeline": {"picture", "find", "segments", "along", "decide", "networks", "budget"},
    "measure": {"pipeline", "show", "output"},
    "processes": {"pipeline", "picture", "networks", "output"},
    "pile": {"processes", "picture", "networks", "output"},
    "review": {"picture", "output"},
    "sheet": {"picture", "output"},
    "teach": {"pipeline", "picture", "output", "review", "along", "segments", "decide"},
    "tune": {"pipeline", "networks", "output", "measure", "teach", "along", "decide", "segments"},
    "service": {"processes", "output"},
    "cli": {
        "processes",
        "pipeline", "picture", "networks", "show", "measure", "output", "pile", "review", "service",
        "teach", "sheet", "tune",
    },
    "__main__": {"cli"},
    "__init__": {"pipeline"},
}  # fmt: skip
METHOD = {"find", "segments", "along", "decide", "networks", "budget"}
HEAVY = {"keras", "tensorflow", "training"}
# `tune` draws lines and numbers of every kind, lest a reader forget what the user's papers lack:
# the painter ships with it, and needs NumPy and OpenCV alone. Its network is Keras'.
PAINTS = {"tune"}
TRAINS = {"digitocr/networks/export.py"} | {
    f"digitocr/tune/{name}.py" for name in ("tuner", "classifier", "ctc_loss")
}


def imported(node: ast.AST) -> Iterator[str]:
    """Full names of the modules that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        yield node.module or ""
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(path: Path, at_start: bool = False) -> set[str]:
    """What a module imports; at_start: as soon as it is imported itself."""
    names: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        names.update(imported(node))
        if not (at_start and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return names


def packages(path: Path, at_start: bool = False) -> set[str]:
    return {name.split(".")[0] for name in imports(path, at_start)}


def room(path: Path) -> str:
    """The folder in digitocr that a module lies in, or its own name where it lies in none."""
    first = path.relative_to(ROOT / "digitocr").parts[0]
    return first.removesuffix(".py")


def rooms(path: Path) -> set[str]:
    """The rooms that a module imports from, its own among them."""
    parts = (name.split(".") for name in imports(path) if name.startswith("digitocr."))
    return {part[1] for part in parts} & set(MAY_IMPORT)


def test_every_room_has_a_rule() -> None:
    assert {room(path) for path in PACKAGE} == set(MAY_IMPORT)


def test_rooms_import_what_they_may() -> None:
    beyond = {
        str(path.relative_to(ROOT)): others
        for path in PACKAGE
        if (others := rooms(path) - MAY_IMPORT[room(path)] - RECORDS - {room(path)})
    }
    assert not beyond


def test_imports_between_rooms_never_run_in_a_circle() -> None:
    known: dict[str, set[str]] = {name: set() for name in MAY_IMPORT}
    for path in PACKAGE:
        known[room(path)] |= rooms(path) - {room(path)}
    TopologicalSorter(known).prepare()  # raises CycleError


def test_the_stages_know_nothing_of_files() -> None:
    for path in PACKAGE:
        if room(path) in METHOD - {"networks"} | RECORDS - {"constraints"}:
            used = packages(path) - {"digitocr", "__future__"} - sys.stdlib_module_names
            assert used <= {"numpy", "cv2"}, path
            assert not packages(path) & {"pathlib", "os", "io"}, path


def test_records_need_numpy_alone() -> None:
    for path in PACKAGE:
        if room(path) in RECORDS - {"arrays", "constraints"}:
            assert packages(path) - {"digitocr"} - sys.stdlib_module_names <= {"numpy"}, path


def test_one_module_knows_the_runtime() -> None:
    knowing = [path for path in MODULES if "ai_edge_litert" in packages(path)]
    assert knowing == [ROOT / "digitocr/networks/runtime.py"]


def test_only_the_app_knows_streamlit() -> None:
    for path in MODULES:
        assert not {name for name in packages(path) if name.startswith("streamlit")}, path


def test_reading_needs_no_training_library() -> None:
    for path in PACKAGE:
        assert not packages(path, at_start=True) & HEAVY, path
        if path.relative_to(ROOT).as_posix() not in TRAINS:
            assert not packages(path) & HEAVY, path
        assert room(path) in PAINTS or "synthesis" not in packages(path), path


def test_the_app_holds_no_method() -> None:
    for path in APP:
        assert not packages(path) & {"cv2", "ai_edge_litert", "synthesis", *HEAVY}, path
        assert not rooms(path) & METHOD, path


def test_the_painter_needs_no_training() -> None:
    for path in ROOT.glob("synthesis/**/*.py"):
        assert not packages(path) & {"training", "benchmarks", "keras", "tensorflow"}, path


def test_modules_are_short_and_say_what_they_are() -> None:
    for path in MODULES + APP:
        source = path.read_text("utf-8")
        assert len(source.splitlines()) <= LARGEST_LINES, path
        assert not source or ast.get_docstring(ast.parse(source)), path


def test_no_two_modules_share_a_name() -> None:
    """Nor do two files of tests: pytest takes them for one."""
    paths = [*MODULES, *ROOT.glob("tests/**/*.py")]
    names = Counter(path.stem for path in paths if path.stem not in ("__init__", "__main__"))
    assert not [name for name, times in names.items() if times > 1]
