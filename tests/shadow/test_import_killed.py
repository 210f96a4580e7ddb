"""An import that is stopped, by Ctrl-C or by force, leaves the study as it was and no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from shadow.interop.importing import import_logs
from shadow.study import open_study
from tests.cli.running import PROGRAM, big_log, surroundings, wait_for_staging
from tests.shadow.small_logs import all_rows, imported, on_disk, ui_log

Rows = dict[str, list[tuple[object, ...]]]

FIRST = ui_log("mon,anna,1,change,CRM,Hansen", more="value")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals and no process groups")


@pytest.fixture(name="log", scope="module")
def _log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that takes a while."""
    return big_log(tmp_path_factory.mktemp("log") / "big.csv")


@pytest.fixture(name="expected", scope="module")
def _expected(log: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """The rows of a study into which it was imported without being stopped."""
    whole = imported(tmp_path_factory.mktemp("whole"), FIRST)
    import_logs([log], whole.folder)
    return all_rows(whole)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopped(tmp_path: Path, log: Path, expected: Rows, how: signal.Signals) -> None:
    """Nothing of a stopped import can be seen, nothing of it goes on running, and the next one takes the log as if it were the first."""
    study = imported(tmp_path, FIRST).folder
    before = on_disk(study)
    program = subprocess.Popen(
        [*PROGRAM, "import", str(log), "--study", str(study)], env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    wait_for_staging(study, program)
    program.send_signal(how)
    program.communicate()
    after = on_disk(study)

    with pytest.raises(ProcessLookupError):
        os.killpg(program.pid, 0)
    assert before == {name: after[name] for name in before}
    assert how == signal.SIGKILL or before == after

    import_logs([log], study)

    assert expected == all_rows(open_study(study))
    assert [] == list((study / "store").glob(".staging-*"))
