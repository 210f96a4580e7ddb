"""A study folder: made once, opened for reading, and honest about what is missing."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import msgspec
import polars as pl
import pytest

from shadow.errors import StudyError
from shadow.settings import Settings
from shadow.store import TABLES, Catalogue
from shadow.study import create_study, open_study
from shadow.study_toml import study_toml_template
from shadow.tables import SCHEMAS
from tests.shadow.small_logs import imported, on_disk, ui_log

LOG = ui_log("1,anna,1,focus,CRM,Hansen", "2,bo,1,mark,CRM,", more="value")


class TestCreate:
    def test_new(self, tmp_path: Path) -> None:
        """A new study has a commented study.toml and two empty folders that only their owner may look into."""
        study = create_study(tmp_path / "client" / "study")

        assert ["keys", "store", "study.toml"] == sorted(path.name for path in study.folder.iterdir())
        assert study_toml_template() == (study.folder / "study.toml").read_text(encoding="utf-8")
        if os.name != "nt":
            assert [0o700, 0o700] == [stat.S_IMODE((study.folder / inner).stat().st_mode) for inner in ("keys", "store")]

    def test_again(self, tmp_path: Path) -> None:
        """Making a study that is there keeps all of it."""
        study = imported(tmp_path, LOG)
        (study.folder / "study.toml").write_text("[study]\ntitle = 'kept'\n", encoding="utf-8")
        before = on_disk(study.folder)
        again = create_study(study.folder)

        assert before == on_disk(study.folder)
        assert "kept" == again.settings.study.title

    def test_not_here(self, tmp_path: Path) -> None:
        """Nothing is made in a folder that holds other things, or where a file is."""
        (tmp_path / "file").touch()
        for folder, message in (
            (tmp_path, "is not empty and is not a study; name an empty"),
            (tmp_path / "file", "is a file; name a folder"),
        ):
            with pytest.raises(StudyError, match=message):
                create_study(folder)

        assert ["file"] == [path.name for path in tmp_path.iterdir()]


class TestOpen:
    def test_empty(self, tmp_path: Path) -> None:
        """A study without a session has the settings of the commented study.toml and every table, with its columns and no row."""
        study = open_study(create_study(tmp_path / "study").folder)

        assert msgspec.convert(tomllib.loads(study_toml_template()), Settings) == study.settings
        assert Catalogue() == study.catalogue
        assert {name: pl.Schema(SCHEMAS[name]) for name in TABLES} == {name: study.scan(name).collect_schema() for name in TABLES}
        assert [0, 0, 0, 0] == [study.scan(name).collect().height for name in TABLES]

    def test_columns(self, tmp_path: Path) -> None:
        """The tables that an import writes have the columns and types that are written down for them."""
        study = imported(tmp_path, LOG)

        assert {name: pl.Schema(SCHEMAS[name]) for name in TABLES} == {name: study.scan(name).collect_schema() for name in TABLES}

    def test_repr(self, tmp_path: Path) -> None:
        """What a notebook shows of a study is counts."""
        assert "<Study 2 sessions, 2 agents, 2 events>" == repr(imported(tmp_path, LOG))

    @pytest.mark.parametrize(("name", "message"), [("", "has no study.toml"), ("gone", "is not a folder"), ("file", "is not a folder")])
    def test_no_study(self, tmp_path: Path, name: str, message: str) -> None:
        """A folder that is no study is refused with the command that makes one."""
        (tmp_path / "file").touch()
        with pytest.raises(StudyError, match=f"{message}; make a study with: shadow init"):
            open_study(tmp_path / name)

    def test_unknown_table(self, tmp_path: Path) -> None:
        """A table that does not exist is refused with those that do."""
        with pytest.raises(StudyError, match="there is no table cases; the tables are events, tokens, forms, notes"):
            imported(tmp_path, LOG).scan("cases")

    def test_missing_part(self, tmp_path: Path) -> None:
        """A part that is gone is named before anything is read."""
        study = imported(tmp_path, LOG)
        (study.store / "tokens-0001.parquet").unlink()
        with pytest.raises(StudyError, match=r"store/tokens-0001\.parquet is missing; restore it"):
            study.scan("tokens")

    @pytest.mark.parametrize(
        ("damage", "message"),
        [
            (lambda text: text[:-9], r"store/catalogue\.json is damaged: "),
            (lambda text: text.replace(b'"apps"', b'"programs"'), r"store/catalogue\.json is damaged: .*programs"),
            (
                lambda text: text.replace(b'"schema_version": 1', b'"schema_version": 2', 1),
                "the study has schema version 2, this program reads 1",
            ),
        ],
    )
    def test_damaged_catalogue(self, tmp_path: Path, damage, message: str) -> None:
        """A catalogue that is cut off, has other keys or is of another version is refused, not half read."""
        study = imported(tmp_path, LOG)
        path = study.store / "catalogue.json"
        path.write_bytes(damage(path.read_bytes()))
        with pytest.raises(StudyError, match=message):
            _ = open_study(study.folder).catalogue
