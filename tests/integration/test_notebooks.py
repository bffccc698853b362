"""The notebooks, executed from the first cell to the last against a run made here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from evaluation_samples import results

from evaluation.dataset import Scenario
from evaluation.report.figures import figures
from evaluation.tracking import ArmLog, DatasetLog, SuiteLog
from evaluation.tracking.runs import log_suite

NOTEBOOKS = sorted(Path("notebooks").glob("*.ipynb"))
ARMS = ("compact/bundled/default", "compact/bundled/cold")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store that holds one execution of a suite with two arms."""
    uri = f"sqlite:///{tmp_path_factory.mktemp('mlflow') / 'mlflow.db'}"
    made = {arm: results(arm, 24, scenarios=12) for arm in ARMS}
    scenarios = [Scenario(id=one.scenario, game_state=one.game_state) for one in made[ARMS[0]][:12]]
    arms = [ArmLog(arm, each, figures=figures(each)) for arm, each in made.items()]
    context = {"baseline": ARMS[0]}
    log_suite(
        SuiteLog("quick-1", "quick", DatasetLog("quick", "0" * 64, scenarios), arms, context), uri
    )
    return uri


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_to_its_end(notebook: Path, store: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbmake", "--nbmake-timeout=120", str(notebook), "-q"],
        env=os.environ | {"MLFLOW_TRACKING_URI": store},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-3000:]
    assert "1 passed" in finished.stdout


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_no_outputs_and_defines_nothing(notebook: Path) -> None:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    for cell in code:
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
        source = "".join(cell["source"])
        assert "def " not in source
        assert "class " not in source
