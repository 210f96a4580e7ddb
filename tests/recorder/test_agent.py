"""The agent's key: made once, outside every study, another for each study."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from recorder.agent import agent_home, agent_pair, for_study
from shadow.errors import KeyFault
from shadow.keys import KeyPair
from tests.keyrings import MemoryKeyring


class TestHome:
    def test_given(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """SHADOW_HOME is the recorder's folder, and asking for it makes nothing."""
        monkeypatch.setenv("SHADOW_HOME", str(tmp_path / "home"))

        assert tmp_path / "home" == agent_home()
        assert [] == list(tmp_path.iterdir())

    @pytest.mark.parametrize("given", [None, ""])
    def test_own_place(self, given: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """Without it, it is the user's place for the data of programs, under our name."""
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        monkeypatch.delenv("SHADOW_HOME", raising=False)
        if given is not None:
            monkeypatch.setenv("SHADOW_HOME", given)

        assert "agent-shadowing" == agent_home().name
        assert [] == list(tmp_path.iterdir())


class TestPair:
    def test_file(self, tmp_path: Path) -> None:
        """Where there is no keyring it lies in the recorder's own folder; the second time it is the same, and nothing is written."""
        home = tmp_path / "deep" / "home"
        pair, place = agent_pair(home)
        before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
        again, nowhere = agent_pair(home)

        assert (home / "keys" / "agent.key", None) == (place.file, nowhere)
        assert (pair.public, pair.secret()) == (again.public, again.secret())
        assert before == {path: path.stat().st_mtime_ns for path in home.rglob("*")}
        assert ["agent.key", "agent.pub"] == sorted(path.name for path in (home / "keys").iterdir())

    @pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
    def test_for_its_owner_alone(self, tmp_path: Path) -> None:
        """Folder and secret are closed to others."""
        agent_pair(tmp_path / "home")

        assert [0o700, 0o700, 0o600] == [stat.S_IMODE((tmp_path / "home" / name).stat().st_mode) for name in ("", "keys", "keys/agent.key")]

    def test_keyring(self, tmp_path: Path, memory_keyring: MemoryKeyring) -> None:
        """Where there is a keyring the secret is in it, and the file beside it only says which."""
        pair, place = agent_pair(tmp_path)
        again, nowhere = agent_pair(tmp_path)

        assert (None, None) == (place.file, nowhere)
        assert pair.secret() == again.secret()
        assert [pair.secret().hex()] == list(memory_keyring.secrets.values())
        assert {"agent.pub": pair.public.text} == {path.name: path.read_text().strip() for path in (tmp_path / "keys").iterdir()}

    def test_no_new_one_in_its_place(self, tmp_path: Path, memory_keyring: MemoryKeyring) -> None:
        """While the keyring is locked no other key is made: sessions of the old one could never be opened again."""
        agent_pair(tmp_path)
        memory_keyring.locked = True
        with pytest.raises(KeyFault, match=r"the agent's secret key cannot be got at; unlock the system keyring; or delete .*agent\.pub"):
            agent_pair(tmp_path)

    def test_damaged(self, tmp_path: Path) -> None:
        """A secret that is cut off is called damaged, and shown nowhere."""
        _, place = agent_pair(tmp_path)
        secret = place.file.read_text("ascii")
        place.file.write_text(secret[:-1], "ascii")
        with pytest.raises(KeyFault, match=r"the key in agent\.key is damaged") as caught:
            agent_pair(tmp_path)

        assert secret[:16] not in str(caught.value)

    def test_secret_without_its_public_half(self, tmp_path: Path) -> None:
        """Where only the secret was saved, it is enough."""
        pair, _ = agent_pair(tmp_path)
        (tmp_path / "keys" / "agent.pub").unlink()

        assert pair.secret() == agent_pair(tmp_path)[0].secret()


def test_another_for_each_study() -> None:
    """For one study it is always the same pair; those of two studies have nothing in common that could be seen."""
    agent, one, two = KeyPair.fresh(), KeyPair.fresh().public, KeyPair.fresh().public

    assert for_study(agent, one).secret() == for_study(agent, one).secret()
    assert 3 == len({agent.public, for_study(agent, one).public, for_study(agent, two).public})
