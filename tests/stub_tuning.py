"""In place of `digitocr finetune`: the same files, and nothing is learnt.

python tests/stub_tuning.py SET FOLDER PROGRESS; a FOLDER whose name begins with "slow" waits to be
interrupted in its second step, one with "worse" loses on other numbers.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

from digitocr.networks.model_folder import CALIBRATION, CARD, LINE_READER, file_hashes
from digitocr.networks.runtime import EXPORTS, find_model
from digitocr.teach.examples import Part
from digitocr.teach.folder import opened
from digitocr.teach.labelled_pictures import LABELS
from digitocr.tune.changed import CHANGED, write_changed
from digitocr.tune.checks import Answer
from digitocr.tune.judged import sha256
from digitocr.tune.progress_file import ProgressFile
from digitocr.tune.tuned_model import NOTE, UNFINISHED
from digitocr.tune.tuning import Step

STEPS = 60
STEP_S = 0.02


def figures(pictures: int, exact: float) -> dict[str, float]:
    return {"pictures": pictures, "exact": exact, "shown": exact - 0.1, "shown_wrong": 0.005}


def pretend(data: Path, out: Path, progress: ProgressFile) -> None:
    """Everything but the learning."""
    unfinished = out / UNFINISHED
    unfinished.mkdir(exist_ok=True)
    (unfinished / NOTE).write_text(json.dumps({"table_sha256": sha256(data / LABELS)}), "utf-8")
    examples = opened(data)
    for _ in progress.reading(examples, len(examples)):
        pass
    progress.stage("making lines")
    for number in range(1, STEPS + 1):
        exact = 0.6 + 0.3 * number / STEPS if number % 10 == 0 else None
        progress.step(STEPS, Step(number, 2 / number + 0.1 * (number % 3), exact, exact))
        time.sleep(600 if out.name.startswith("slow") and number == 2 else STEP_S)
    progress.stage("checking")
    shutil.copyfile(find_model(LINE_READER), out / LINE_READER)
    shutil.copyfile(EXPORTS / CALIBRATION, out / CALIBRATION)
    test = [one for one in examples if one.part is Part.test]
    before = [Answer(one.label, one.label[:-1], False) for one in test]
    after = [Answer(one.label, one.label, True) for one in test]
    write_changed(out / CHANGED, [one.file for one in test], before, after)
    lost = 0.1 if out.name.startswith("worse") else 0.0
    general = {"before": figures(300, 0.98), "after": figures(300, 0.98 - lost)}
    own = {"before": figures(len(test), 0.6), "after": figures(len(test), 0.9)}
    samples = {"before": figures(30, 0.9), "after": figures(30, 0.9)}
    told = {"own": own, "general": {**general, "agreement": 0.99}, "samples": samples}
    told["pages"] = samples
    shutil.rmtree(unfinished)
    card = {"name": out.name, "figures": told, "files": file_hashes(out)}
    (out / CARD).write_text(json.dumps(card), "utf-8")


if __name__ == "__main__":
    with ProgressFile(Path(sys.argv[3])) as written:
        pretend(Path(sys.argv[1]), Path(sys.argv[2]), written)
