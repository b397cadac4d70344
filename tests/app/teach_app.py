"""The app, whose teaching only pretends to learn: streamlit run tests/app/teach_app.py."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from digitocr.tune import background  # noqa: E402

STUB = ROOT / "tests" / "stub_tuning.py"
background.command = lambda work, out: [
    sys.executable,
    *map(str, (STUB, work.data, out, work.progress)),
]
runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
