"""Ten thousand events a second; the figures themselves are for `tests/torture/journal_speed.py` on a quiet machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def test_ten_thousand_a_second(root: Path, tell: Callable[[str], None]) -> None:
    """Nothing is dropped and nothing lost; with SHADOW_TORTURE=full also: acknowledged within 250 ms in 99 of 100, at most 80 MiB."""
    full = os.environ.get("SHADOW_TORTURE") == "full"
    run = subprocess.run(
        [sys.executable, "-m", "tests.torture.journal_speed", "60" if full else "3"], cwd=root, check=True, capture_output=True, text=True
    )
    figures = json.loads(run.stdout)
    tell(f"journal at 10,000 events a second: {figures}")

    assert (0, 0) == (figures["lost"], figures["damage"])
    if full:
        assert 0 == figures["dropped"]
        assert figures["ack_p99_ms"] < 250
        assert figures["pss_mib"] is None or figures["pss_mib"] <= 80
