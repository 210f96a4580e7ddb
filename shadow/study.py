"""
A study folder: study.toml, keys/, store/ and cache/.

    STUDY/
      study.toml   what the consultant says about the study
      keys/        agents as digests under a random key, so that a second import knows the same agent; delete the key and the link is gone.
                   Where there is no system keyring, also the secret half of the study's key pair (shadow.study_keys)
      store/       the columnar store (shadow.store)
      cache/       sums that can be made again from the store (shadow.cache); may be deleted at any time
"""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from shadow.environment import variable_of
from shadow.errors import StudyError
from shadow.settings import Settings
from shadow.store import TABLES, Catalogue, part_path, read_catalogue
from shadow.study_toml import load_settings, study_toml_template

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl

__all__ = ["Study", "create_study", "open_study"]

STUDY_TOML: Final = "study.toml"
KEY_BYTES: Final = 32


class Study:
    """One engagement's sessions, read-only. Open it with `open_study`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def store(self) -> Path:
        """Folder of the columnar store."""
        return self.folder / "store"

    @property
    def cache(self) -> Path:
        """Folder of what the analysis keeps."""
        return self.folder / "cache"

    @cached_property
    def settings(self) -> Settings:
        """What study.toml says, and before it the environment."""
        return load_settings(self.folder / STUDY_TOML, os.environ)

    @staticmethod
    def place_of(section: str, key: str) -> str:
        """Where a setting that is not its default is to be mended: the variable that says it, or study.toml."""
        variable = variable_of(section, key)
        return variable if os.environ.get(variable) else STUDY_TOML

    @cached_property
    def catalogue(self) -> Catalogue:
        """Sessions, parts and dimension tables, as committed."""
        return read_catalogue(self.store)

    def parts(self, table: str) -> list[Path]:
        """
        Parquet files of a table, in session order.

        Raises:

            StudyError: A part of the store is missing; import the sources again.
        """
        if table not in TABLES:
            raise StudyError(f"there is no table {table}", f"the tables are {', '.join(TABLES)}")
        paths = [part_path(self.store, table, part.part) for part in self.catalogue.parts if getattr(part, table)]
        missing = [path.name for path in paths if not path.exists()]
        if missing:
            raise StudyError(f"store/{missing[0]} is missing", "restore it from a copy or import the sources again")
        return paths

    def scan(self, table: str) -> pl.LazyFrame:
        """
        One table of the store as a lazy frame, rows in session and seq order; see `shadow.store` for its grain.

        Raises:

            StudyError: A part of the store is missing; import the sources again.
        """
        import polars as pl  # noqa: PLC0415 - heavy, and only readers of data need it

        from shadow.tables import SCHEMAS  # noqa: PLC0415

        paths = self.parts(table)
        # No glob: a bracket in the name of the study folder is no wildcard.
        return pl.scan_parquet(paths, glob=False) if paths else pl.LazyFrame(schema=SCHEMAS[table])

    def __repr__(self) -> str:
        sessions = self.catalogue.sessions
        events = sum(header.n_events for header in sessions)
        return f"<Study {len(sessions)} sessions, {len({header.agent for header in sessions})} agents, {events} events>"


def open_study(folder: str | Path) -> Study:
    """
    Open a study folder for reading.

    Raises:

        StudyError: The folder is not there or is not a study.
    """
    path = Path(folder)
    if not (path / STUDY_TOML).is_file():
        what = "has no study.toml" if path.is_dir() else "is not a folder"
        raise StudyError(f"{path} {what}", f"make a study with: shadow init {path}")
    return Study(path)


def create_study(folder: Path) -> Study:
    """
    Make a study folder with a commented study.toml; a folder that is one already keeps what it has.

    Raises:

        StudyError: The path is a file, or the folder holds other things.
    """
    is_study = (folder / STUDY_TOML).exists()
    if folder.exists() and not folder.is_dir():
        raise StudyError(f"{folder} is a file", "name a folder")
    if not is_study and folder.is_dir() and any(folder.iterdir()):
        raise StudyError(f"{folder} is not empty and is not a study", "name an empty or a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    for inner in ("keys", "store"):
        (folder / inner).mkdir(mode=0o700, exist_ok=True)
    if not is_study:
        draft = folder / f"{STUDY_TOML}.new"
        try:
            draft.write_text(study_toml_template(), encoding="utf-8")
            draft.replace(folder / STUDY_TOML)
        finally:
            draft.unlink(missing_ok=True)
    return Study(folder)


class AgentRegister:
    """
    Knows an agent again without knowing a name: names are kept as digests under a random key (contracts, section 5).

    The digest says nothing without the key, and the key lies only in the study's `keys/`.

    Args:

        keys: The study's folder of keys.

        taken: Highest pseudonym the study has given out. Without its key the study knows nobody again, and nobody gets another's pseudonym.

    Raises:

        StudyError: The key or the agents are damaged.
    """

    def __init__(self, keys: Path, taken: int = 0) -> None:
        self._key_file, self._agents_file = keys / "agents.key", keys / "agents.json"
        self._before = {path: path.read_bytes() if path.exists() else None for path in (self._key_file, self._agents_file)}
        self._key = self._before[self._key_file] or secrets.token_bytes(KEY_BYTES)
        self._agents = _agents(self._before[self._agents_file] or b"{}")
        self._taken = max(taken, *self._agents.values(), 0)
        if len(self._key) != KEY_BYTES:
            raise StudyError("keys/agents.key is damaged", "restore it, or delete it: then no agent is known again")

    def agent(self, name: str) -> int:
        """Pseudonym of an agent, from 1 in order of first sight."""
        pseudonym = self._agents.setdefault(self._digest(name.strip().encode()), self._taken + 1)
        self._taken = max(self._taken, pseudonym)
        return pseudonym

    def _digest(self, name: bytes) -> str:
        return hashlib.blake2b(name, key=self._key, digest_size=16).hexdigest()

    def save(self) -> None:
        """Write the key and the digests, for the owner's eyes only."""
        _write_private(self._key_file, self._key)
        _write_private(self._agents_file, msgspec.json.encode(self._agents))

    def forget_others(self, kept: Collection[int]) -> None:
        """Forget every agent who has none of these pseudonyms: of someone who withdrew, nothing is left to know them by."""
        left = {digest: pseudonym for digest, pseudonym in self._agents.items() if pseudonym in kept}
        if left != self._agents:
            self._agents = left
            self.save()

    def undo(self) -> None:
        """Put the files back as they were when the register was opened."""
        for path, content in self._before.items():
            path.with_name(path.name + ".new").unlink(missing_ok=True)
            if content is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != content:
                _write_private(path, content)


def _agents(content: bytes) -> dict[str, int]:
    try:
        return msgspec.json.decode(content, type=dict[str, int])
    except msgspec.MsgspecError:
        raise StudyError("keys/agents.json is damaged", "restore it, or delete it: then no agent is known again") from None


def _write_private(path: Path, content: bytes) -> None:
    draft = path.with_name(path.name + ".new")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
