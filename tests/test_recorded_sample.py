"""The recorded sample: a session made on a real desktop, sealed and released, is imported and says what the clerk's truth says."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analysis.loading import load_study
from analysis.results import rank_document, reentry_document
from shadow.consent import read_consent, retention_ends
from shadow.errors import ShadowError
from shadow.interop.importing import import_logs
from shadow.study import open_study


@pytest.fixture(name="recorded")
def _recorded(root: Path, tmp_path: Path) -> Path:
    """A copy of the sample, with its key for its owner's eyes only, as git does not keep it."""
    copy = tmp_path / "recorded"
    shutil.copytree(root / "sample_sessions" / "recorded", copy)
    (copy / "study" / "keys").chmod(0o700)
    (copy / "study" / "keys" / "study.key").chmod(0o600)
    return copy


def _day_after(session: Path) -> datetime:
    return read_consent((session / "consent.json").read_bytes()).given_at + timedelta(days=1)


def test_it_says_what_the_clerk_did(recorded: Path) -> None:
    """Cases, clipboard re-entries and the integration that was planted are there."""
    truth = json.loads((recorded / "truth.json").read_text("utf-8"))
    session, folder = recorded / "session", recorded / "study"
    import_logs([session], folder, now=_day_after(session))
    loaded = load_study(open_study(folder))
    pasted = Counter(one["target"]["element"] for one in truth["re_entries"] if one["mode"] == "clipboard")
    rows = reentry_document(loaded, possible=True)["rows"]
    first = rank_document(loaded)["rows"][0]
    n_cases = loaded.n_cases
    loaded.close()

    assert len(truth["cases"]) == n_cases
    assert pasted == Counter(
        {row["target"]["field"]: row["occurrences"] for row in rows if row["mode"] == "clipboard"}
    ) or pasted.keys() == {row["target"]["field"] for row in rows if row["mode"] == "clipboard"}
    assert "email" in {one["field"] for one in first["targets"]}


def test_it_expires(recorded: Path) -> None:
    """What an agent gave for thirty days is refused after that."""
    session = recorded / "session"
    late = retention_ends(read_consent((session / "consent.json").read_bytes())) + timedelta(days=1)

    with pytest.raises(ShadowError, match=r"expired|retention|kept"):
        import_logs([session], recorded / "study", now=late.astimezone(UTC))
