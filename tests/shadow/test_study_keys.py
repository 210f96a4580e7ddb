"""The study's key pair: made once, its secret half for one pair of eyes, its public half in study.toml and nothing else changed there."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest

from shadow.errors import KeyFault, SettingsError, SourceError, StudyError
from shadow.interop.importing import import_logs
from shadow.keys import KeyPair
from shadow.study import create_study, open_study
from shadow.study_keys import give_keys, study_pair
from shadow.study_toml import load_settings, study_toml_template
from tests.keyrings import MemoryKeyring
from tests.shadow.small_logs import imported, on_disk, ui_log, written

LOG = ui_log("1,anna,1,focus,CRM,Hansen", more="value")


def study_with(folder: Path, text: str | bytes) -> Path:
    """A study with this study.toml."""
    study = create_study(folder / "study").folder
    (study / "study.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return study


class TestGiving:
    def test_new(self, tmp_path: Path) -> None:
        """Without a keyring the secret lies in the study's `keys/`, for its owner alone; study.toml differs by the public half only."""
        study = create_study(tmp_path / "study").folder
        place = give_keys(study)
        public = load_settings(study / "study.toml").keys.public

        assert study / "keys" / "study.key" == place.file
        assert study_toml_template().replace('public = ""', f'public = "{public}"') == (study / "study.toml").read_text("utf-8")
        assert public == study_pair(open_study(study)).public.text
        assert ["study.key"] == [path.name for path in (study / "keys").iterdir()]

    @pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
    def test_for_its_owner_alone(self, tmp_path: Path) -> None:
        """The secret has mode 600 in a folder of mode 700, also where the folder was open to others before."""
        study = create_study(tmp_path / "study").folder
        (study / "keys").chmod(0o755)
        give_keys(study)

        assert [0o700, 0o600] == [stat.S_IMODE((study / name).stat().st_mode) for name in ("keys", "keys/study.key")]

    def test_keyring(self, tmp_path: Path, memory_keyring: MemoryKeyring) -> None:
        """With a system keyring the secret is there and in no file."""
        study = create_study(tmp_path / "study").folder
        place = give_keys(study)

        assert (None, []) == (place.file, list((study / "keys").iterdir()))
        assert [study_pair(open_study(study)).secret().hex()] == list(memory_keyring.secrets.values())

    def test_again(self, tmp_path: Path) -> None:
        """A study that has its key keeps it, and every byte it has."""
        study = create_study(tmp_path / "study").folder
        give_keys(study)
        before = on_disk(study)

        assert give_keys(study) is None
        assert before == on_disk(study)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", "\n[keys]\npublic = KEY\n"),
            ("[study]\ntitle = 'x'", "[study]\ntitle = 'x'\n\n[keys]\npublic = KEY\n"),
            ("[study]\r\ntitle = 'x'\r\n", "[study]\r\ntitle = 'x'\r\n\r\n[keys]\r\npublic = KEY\r\n"),
            ("[keys]\n# mine\n\n[study]\ntitle = 'x'\n", "[keys]\npublic = KEY\n# mine\n\n[study]\ntitle = 'x'\n"),
            ("[keys]  # none\npublic = ''  # yet\n", "[keys]  # none\npublic = KEY  # yet\n"),
            (' [ keys ]\n  public=""\n[study]\n', " [ keys ]\n  public=KEY\n[study]\n"),
            ("[keys]", "[keys]\npublic = KEY\n"),
            ("[study]\ntitle = '[keys]'\n", "[study]\ntitle = '[keys]'\n\n[keys]\npublic = KEY\n"),
            ("\ufeff[study]\ntitle = 'Kjær'\n", "\ufeff[study]\ntitle = 'Kjær'\n\n[keys]\npublic = KEY\n"),
        ],
    )
    def test_older_study(self, tmp_path: Path, text: str, expected: str) -> None:
        """A study.toml from before, with or without [keys], however it is spelled, gets the key and keeps every other byte."""
        study = study_with(tmp_path, text)
        give_keys(study)
        key = f'"{study_pair(open_study(study)).public.text}"'

        assert expected.replace("KEY", key).encode() == (study / "study.toml").read_bytes()

    @pytest.mark.parametrize("text", ["keys = {}\n", "keys.public = ''\n", "[study]\ntitle = '''\n[keys]\n'''\n"])
    def test_no_place_for_it(self, tmp_path: Path, text: str) -> None:
        """Where a line more would change what the file means, nothing is written and the remedy is said."""
        study = study_with(tmp_path, text)
        tomllib.loads(text)
        with pytest.raises(StudyError, match=r"no plain \[keys\] section to write the key into; give it one"):
            give_keys(study)

        assert text.encode() == (study / "study.toml").read_bytes()
        assert [] == list((study / "keys").iterdir())

    def test_bad_settings(self, tmp_path: Path) -> None:
        """A study.toml that cannot be understood is refused before a key is made."""
        study = study_with(tmp_path, "[keys]\npublic = 'mine'\n")
        with pytest.raises(SettingsError, match="public"):
            give_keys(study)

        assert [] == list((study / "keys").iterdir())

    def test_secret_is_never_written_over(self, tmp_path: Path) -> None:
        """If only the public half is lost, the secret that is there gives it back: it may be all that opens what was released."""
        study = create_study(tmp_path / "study").folder
        give_keys(study)
        pair = study_pair(open_study(study))
        (study / "study.toml").write_text(study_toml_template(), "utf-8")
        give_keys(study)

        assert pair.secret() == study_pair(open_study(study)).secret()


class TestUsing:
    def test_never_given(self, tmp_path: Path) -> None:
        """A study that only holds imported logs has no keys, and says how it gets them."""
        study = imported(tmp_path, LOG)
        with pytest.raises(StudyError, match=r"has no key pair; make one with: shadow init"):
            study_pair(study)

        assert ["agents.json", "agents.key"] == sorted(path.name for path in (study.folder / "keys").iterdir())

    def test_left_behind(self, tmp_path: Path) -> None:
        """On the agent's PC, where `keys/` was not brought, nothing can be opened, and it is said where it can."""
        study = create_study(tmp_path / "study").folder
        give_keys(study)
        (study / "keys" / "study.key").unlink()
        with pytest.raises(KeyFault, match=r"the study's secret key is not here; do this on the machine where shadow init was run"):
            study_pair(open_study(study))

    def test_of_another_study(self, tmp_path: Path) -> None:
        """The secret of another study is not taken for this one's."""
        study = create_study(tmp_path / "study").folder
        give_keys(study)
        (study / "keys" / "study.key").write_text(KeyPair.fresh().secret().hex(), "ascii")
        with pytest.raises(KeyFault, match=r"study\.key belongs to another public key"):
            study_pair(open_study(study))

    def test_locked_keyring(self, tmp_path: Path, memory_keyring: MemoryKeyring) -> None:
        """A keyring that does not answer is a key that is not here, not a fault of the program."""
        study = create_study(tmp_path / "study").folder
        give_keys(study)
        memory_keyring.locked = True
        with pytest.raises(KeyFault, match="the study's secret key is not here"):
            study_pair(open_study(study))


def test_refused_import_leaves_the_key(tmp_path: Path) -> None:
    """A first import that is refused takes back what it did to the study, and no more: the key pair stays."""
    study = create_study(tmp_path / "study").folder
    give_keys(study)
    before = on_disk(study)
    with pytest.raises(SourceError):
        import_logs([written(tmp_path, LOG), written(tmp_path, "session,agent\n", "bad.csv")], study)

    assert {path: content for path, content in before.items() if ".lock" not in str(path)} == {
        path: content for path, content in on_disk(study).items() if ".lock" not in str(path)
    }


def test_import_after_init(tmp_path: Path) -> None:
    """Imported logs and the key pair live side by side."""
    study = create_study(tmp_path / "study").folder
    give_keys(study)
    public = study_pair(open_study(study)).public
    import_logs([written(tmp_path, LOG)], study)

    assert ["agents.json", "agents.key", "study.key"] == sorted(path.name for path in (study / "keys").iterdir())
    assert public == study_pair(open_study(study)).public
