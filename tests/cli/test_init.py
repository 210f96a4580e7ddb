"""`shadow init` and the study's key pair (contracts, section 7), as seen from the shell."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from shadow.consent import refuse_unready
from shadow.study_toml import load_settings, study_toml_template
from tests.cli.running import shadow, surroundings

# What a test does about a system keyring is done by a program: here one that writes no file stands in for it.
WITH_KEYRING = """
import keyring
from tests.keyrings import MemoryKeyring
keyring.set_keyring(MemoryKeyring())
from shadow.cli import main
main()
"""


def test_says_where_the_secret_lies(tmp_path: Path) -> None:
    """Without a system keyring the secret is in `keys/`, for its owner alone, and this is said aloud, with what to do about it."""
    ran = shadow("init", "acme", cwd=tmp_path)
    secret = tmp_path / "acme" / "keys" / "study.key"

    assert (0, "") == (ran.returncode, ran.stderr)
    assert f"lies in {secret.relative_to(tmp_path)}" in ran.stdout
    assert "leave acme/keys behind when you bring the study to an agent's PC" in ran.stdout.replace("\\", "/")
    assert secret.read_text("ascii") not in ran.stdout
    if os.name != "nt":
        assert [0o600, 0o700] == [stat.S_IMODE(path.stat().st_mode) for path in (secret, secret.parent)]


def test_with_a_keyring(tmp_path: Path) -> None:
    """With one, no file holds the secret, and that is said."""
    ran = subprocess.run(
        [sys.executable, "-c", WITH_KEYRING, "init", "acme"], cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=False
    )

    assert (0, "") == (ran.returncode, ran.stderr)
    assert "in the system keyring of this machine" in ran.stdout
    assert [] == list((tmp_path / "acme" / "keys").iterdir())


def test_fresh_study_is_ready_for_its_applications(tmp_path: Path) -> None:
    """Whoever edits nothing but the line of the applications can ask for a recording."""
    shadow("init", "acme", cwd=tmp_path)
    toml = tmp_path / "acme" / "study.toml"
    toml.write_text(toml.read_text("utf-8").replace("\napps = []", '\napps = ["localhost:8080"]'), "utf-8")
    settings = load_settings(toml)

    refuse_unready(settings, date(2026, 11, 22))
    assert ("localhost:8080",) == settings.record.apps


@pytest.mark.parametrize("made_by", ["import", "an earlier version"])
def test_study_without_a_key_gets_one(made_by: str, small_study: Path) -> None:
    """A study that was made by an import, or before there were keys, gets a pair; its study.toml keeps all else, and so does its store."""
    toml = small_study / "study.toml"
    older = study_toml_template() if made_by == "import" else "[study]\ntitle = 'Kjær'\n"
    toml.write_text(older, "utf-8")
    store = {path.name: path.read_bytes() for path in (small_study / "store").iterdir()}
    ran = shadow("init", small_study.name, cwd=small_study.parent)
    public = load_settings(toml).keys.public

    assert 0 == ran.returncode
    assert ran.stdout.startswith("small is a study already; its key pair was made, and study.toml has the public half\n")
    assert toml.read_text("utf-8") in {older.replace('public = ""', f'public = "{public}"'), f'{older}\n[keys]\npublic = "{public}"\n'}
    assert store == {path.name: path.read_bytes() for path in (small_study / "store").iterdir()}


def test_import_makes_no_key(small_study: Path) -> None:
    """Imported logs need no key pair: none is made for them."""
    assert "" == load_settings(small_study / "study.toml").keys.public
    assert not (small_study / "keys" / "study.key").exists()
