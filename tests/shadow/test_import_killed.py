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

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals and no process groups")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopped(tmp_path: Path, how: signal.Signals) -> None:
    """Nothing of a stopped import can be seen, nothing of it goes on running, and the next one takes the log as if it were the first."""
    study = imported(tmp_path, ui_log("mon,anna,1,change,CRM,Hansen", more="value")).folder
    before, log = on_disk(study), big_log(tmp_path / "big.csv")
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
    whole = imported(tmp_path, ui_log("mon,anna,1,change,CRM,Hansen", more="value"))
    import_logs([log], whole.folder)

    assert all_rows(whole) == all_rows(open_study(study))
    assert [] == list((study / "store").glob(".staging-*"))
