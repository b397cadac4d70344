"""The direction of the imports, read from the source without running it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APP = sorted([ROOT / "app.py", *ROOT.glob("ui/*.py")])
ROOMS = sorted(path.parent.name for path in ROOT.glob("digitocr/*/__init__.py"))
IN_ROOMS = sorted(ROOT.glob("digitocr/*/*.py"))
MODULES = sorted([*ROOT.glob("digitocr/*.py"), *IN_ROOMS, *ROOT.glob("training/*.py")])
LARGEST_LINES = 250

# What is known of a picture, and what a user may choose: each builds on those before it alone.
RECORDS = ("geometry", "constraints", "settings", "types", "reading")
# Each stage with what it may use beyond COMMON: helpers on the records that it works with.
COMMON = {"types", "settings", "arrays"}
STAGES = {
    "load": {"levels"},
    "sheet": {"shrink"},
    "polarity": {"shrink"},
    "binarize": {"sheet", "polarity", "shrink", "strokes"},
    "components": set(),
    "rectify": {"components"},
    "rules": {"components"},
    "lines": {"components", "geometry"},
    "strip": {"geometry"},
    "line_reader": set(),
    "cuts": {"components"},
    "normalize": {"strokes"},
    "lattice": {"components"},
    # These judge what was read, by what both readers say of it.
    # And these by what else is in the picture.
    "pen": set(),
    "outlines": set(),
    "survey": set(),
    "unread": {"survey"},
    "hidden": {"survey"},
    "fuse": {"reading", "lattice", "line_reader", "constraints"},
    "evidence": {"components", "lattice", "line_reader", "normalize"},
    "reject": {"reading", "evidence"},
    # What all of it may cost.
    "budget": {"cuts", "geometry", "lattice", "reading", "strip"},
}
# Who may put stages together: for the picture, for one line of writing, against the answer.
COMPOSERS = {
    "pipeline": {*STAGES, "answer", "doubt", "models", "reading"}
    - {"fuse", "evidence", "reject", "pen", "outlines", "survey", "unread", "hidden"},
    "answer": {"fuse", "evidence", "reject", "line_reader", "reading", "constraints"},
    "doubt": {
        "answer",
        "pen",
        "outlines",
        "survey",
        "unread",
        "hidden",
        "strip",
        "reading",
        "geometry",
    },
}
ON_READINGS = ["output", "blame"]


def name(path: Path) -> str:
    return f"{path.parent.name}.{path.stem}"


def imported(node: ast.AST) -> Iterator[str]:
    """Full names of the modules that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        yield node.module or ""
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(path: Path) -> set[str]:
    return {
        name for node in ast.walk(ast.parse(path.read_text("utf-8"))) for name in imported(node)
    }


def top_level_imports(path: Path) -> set[str]:
    """Imports that run as soon as the module is imported."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        found.update(imported(node))
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found


def packages(names: set[str]) -> set[str]:
    return {one.split(".")[0] for one in names}


def neighbours(path: Path) -> set[str]:
    """Modules of digitocr that another one imports."""
    known = {other.stem for other in ROOT.glob("digitocr/*.py")}
    parts = (one.split(".") for one in imports(path) if one.startswith("digitocr."))
    return {part[1] for part in parts} & known


def test_there_are_modules() -> None:
    assert {"digitocr.pipeline", "training.train"} <= {name(path) for path in MODULES}


def test_every_name_in_the_tables_is_a_module() -> None:
    named = {*RECORDS, *STAGES, *COMPOSERS, *ON_READINGS}
    assert named <= {path.stem for path in ROOT.glob("digitocr/*.py")}


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_stages_never_import_each_other(stage: str) -> None:
    assert neighbours(ROOT / f"digitocr/{stage}.py") <= COMMON | STAGES[stage]


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_knows_earlier_records_alone(record: str) -> None:
    earlier = set(RECORDS[: RECORDS.index(record)])
    assert neighbours(ROOT / f"digitocr/{record}.py") <= earlier


@pytest.mark.parametrize("helper", ON_READINGS)
def test_what_works_on_readings_knows_no_stage(helper: str) -> None:
    assert neighbours(ROOT / f"digitocr/{helper}.py") <= set(RECORDS)


@pytest.mark.parametrize("record", ["geometry", "settings", "types", "reading"])
def test_records_need_numpy_alone(record: str) -> None:
    used = packages(imports(ROOT / f"digitocr/{record}.py")) - {"digitocr"}
    assert used - sys.stdlib_module_names <= {"numpy"}


@pytest.mark.parametrize("composer", sorted(COMPOSERS))
def test_a_composer_knows_stages_and_records_alone(composer: str) -> None:
    allowed = COMMON | COMPOSERS[composer]
    assert neighbours(ROOT / f"digitocr/{composer}.py") <= allowed


@pytest.mark.parametrize("path", sorted(ROOT.glob("digitocr/*.py")), ids=name)
def test_only_composers_put_stages_together(path: Path) -> None:
    if path.stem in {*STAGES, *COMPOSERS}:
        return  # each has a rule of its own
    used = neighbours(path) & {*STAGES, "answer", "doubt"}
    assert used <= {"load"}


def rooms(path: Path) -> set[str]:
    """The rooms that a module imports from."""
    parts = (one.split(".") for one in imports(path) if one.startswith("digitocr."))
    return {part[1] for part in parts} & set(ROOMS)


@pytest.mark.parametrize("path", sorted(ROOT.glob("digitocr/*.py")), ids=name)
def test_the_reader_knows_no_room(path: Path) -> None:
    if path.stem != "__main__":  # the command line opens their doors
        assert not rooms(path)


@pytest.mark.parametrize("path", IN_ROOMS, ids=name)
def test_rooms_never_know_each_others_insides(path: Path) -> None:
    assert rooms(path) <= {path.parent.name}


@pytest.mark.parametrize("path", IN_ROOMS, ids=name)
def test_rooms_know_the_reader_from_outside(path: Path) -> None:
    assert not neighbours(path) & ({*STAGES, *COMPOSERS} - {"load", "pipeline"})


def test_imports_never_run_in_a_circle() -> None:
    known = {path.stem: neighbours(path) for path in ROOT.glob("digitocr/*.py")}
    TopologicalSorter(known).prepare()  # raises CycleError


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_models_knows_the_runtime(path: Path) -> None:
    assert ("ai_edge_litert" in packages(imports(path))) == (name(path) == "digitocr.models")


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_the_app_knows_streamlit(path: Path) -> None:
    assert not {one for one in packages(imports(path)) if one.startswith("streamlit")}


@pytest.mark.parametrize("path", sorted(ROOT.glob("digitocr/*.py")), ids=name)
def test_reading_needs_no_training_library(path: Path) -> None:
    heavy = {"keras", "tensorflow", "training"}
    assert not packages(top_level_imports(path)) & heavy
    if path.stem != "export":
        assert not packages(imports(path)) & heavy


@pytest.mark.parametrize("path", APP, ids=name)
def test_the_app_holds_no_method(path: Path) -> None:
    assert not packages(imports(path)) & {"cv2", "keras", "tensorflow", "ai_edge_litert"}
    assert not neighbours(path) & {*STAGES, *COMPOSERS, "models", "export"} - {"load"}


@pytest.mark.parametrize("path", [*MODULES, *APP], ids=name)
def test_modules_are_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LARGEST_LINES


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem != "__init__"], ids=name)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))
