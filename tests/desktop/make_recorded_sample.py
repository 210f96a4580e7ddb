"""
Make sample_sessions/recorded: the six cases of the clerk, recorded on a real desktop, released to a study whose secret key lies beside it.

    make recorded-sample

Nothing in it is anybody's: the customers are invented, and the key is there to be used.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from tests.desktop.customers import Canaries
from tests.desktop.desktop import Desktop
from tests.desktop.morning import play_morning
from tests.desktop.websites import Websites

SAMPLE = Path(__file__).parents[2] / "sample_sessions" / "recorded"


def main() -> None:
    """Record, and put the study, its key, the session and the clerk's truth where they belong."""
    with tempfile.TemporaryDirectory(prefix="desk-") as place, tempfile.TemporaryDirectory() as folder, Desktop(Path(place)) as desktop:
        with Websites(Canaries.invent()) as sites:
            morning = play_morning(desktop, sites, Path(folder))
        for name in ("study", "session"):
            shutil.rmtree(SAMPLE / name, ignore_errors=True)
        (SAMPLE / "study" / "keys").mkdir(parents=True)
        for name in ("study.toml", "keys/study.key"):
            shutil.copyfile(morning.recorder.study / name, SAMPLE / "study" / name)
        shutil.copytree(morning.recorder.session, SAMPLE / "session")
        (SAMPLE / "truth.json").write_text(json.dumps(morning.truth.as_json(), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
