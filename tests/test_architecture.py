"""The direction of the imports, read from the source without running it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("digitocr/*.py"), *ROOT.glob("training/*.py")])
LARGEST_LINES = 250

# What every module may use: records, choices, and helpers on records.
COMMON = {"types", "settings"}
STAGES = {
    "load": set(),
    "binarize": set(),
    "components": set(),
    "rectify": {"components"},
    "rules": {"components"},
    "lines": {"components"},
    "cuts": {"components"},
    "lattice": {"components"},
    "normalize": set(),
}
COMPOSERS = {"pipeline"}
READS = {"binarize", "rectify", "rules", "lines", "cuts", "lattice"}


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


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_stages_never_import_each_other(stage: str) -> None:
    assert neighbours(ROOT / f"digitocr/{stage}.py") <= COMMON | STAGES[stage]


@pytest.mark.parametrize("helper", ["types", "settings", "output", "blame"])
def test_records_know_no_stage(helper: str) -> None:
    assert neighbours(ROOT / f"digitocr/{helper}.py") <= COMMON


def test_records_need_numpy_alone() -> None:
    used = packages(imports(ROOT / "digitocr/types.py")) - {"digitocr"}
    assert used - sys.stdlib_module_names == {"numpy"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_the_pipeline_composes_stages(path: Path) -> None:
    if path.parent.name == "digitocr" and path.stem not in COMPOSERS:
        assert len(neighbours(path) & READS) == 0


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


def test_the_app_holds_no_method() -> None:
    app = ROOT / "app.py"
    assert not packages(imports(app)) & {"cv2", "keras", "tensorflow", "ai_edge_litert"}
    assert not neighbours(app) & {*STAGES, "models", "export"} - {"load"}


@pytest.mark.parametrize("path", [*MODULES, ROOT / "app.py"], ids=name)
def test_modules_are_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LARGEST_LINES


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem != "__init__"], ids=name)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))
