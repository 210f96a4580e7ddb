"""Documents that are kept: the same as those made anew, and made anew where anything they rest on is not as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import kept_documents, ranking, reentry, result_document
from analysis.loading import load_study
from analysis.results import rank_document, reentry_document
from analysis.study_result import study_result
from shadow.interop.importing import import_logs
from shadow.study import create_study, open_study
from tests.analysis.studies import write_log
from tests.analysis.test_kept_sums import DAMAGE, monday, tuesday

MAKERS: dict[str, Callable[[object], dict]] = {
    "rank": rank_document,
    "reentry": reentry_document,
    "result": study_result,
    "possible_reentry": lambda loaded: reentry_document(loaded, possible=True),
}


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """A study of one morning."""
    folder = create_study(tmp_path / "study").folder
    import_logs([write_log(tmp_path / "monday.csv", monday())], folder)
    return folder


@pytest.fixture(name="made")
def _made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was computed."""
    found: list[str] = []
    for module, name in ((ranking, "rank_integrations"), (reentry, "find_reentry"), (result_document, "rank_integrations")):
        maker = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, maker=maker, name=name: found.append(name) or maker(*given))
    return found


@pytest.mark.parametrize("kind", MAKERS)
def test_the_second_time_nothing_is_computed(kind: str, folder: Path, made: list[str]) -> None:
    """An unchanged study is answered from what was kept, with the very same document."""
    first = MAKERS[kind](load_study(open_study(folder)))
    computed = list(made)
    again = MAKERS[kind](load_study(open_study(folder)))

    assert first == again
    assert computed
    assert computed == made


def test_each_document_is_kept_for_itself(folder: Path) -> None:
    """With the doubtful pairs and without them are two documents."""
    loaded = load_study(open_study(folder))
    for _ in range(2):
        assert ["accepted" in row for row in reentry_document(loaded, possible=True)["rows"]] == [True] * len(
            reentry_document(loaded, possible=True)["rows"]
        )
        assert not any("accepted" in row for row in reentry_document(loaded)["rows"])


def _another_session(folder: Path) -> None:
    import_logs([write_log(folder.parent / "tuesday.csv", tuesday())], folder)


def _another_setting(folder: Path) -> None:
    (folder / "study.toml").write_text("[thresholds]\nglance_s = 3.0\n", "utf-8")


@pytest.mark.parametrize("change", [_another_session, _another_setting])
def test_what_changed_is_made_anew(change: Callable[[Path], None], folder: Path, made: list[str]) -> None:
    """A new session or another setting: the document is that of a study without a cache."""
    rank_document(load_study(open_study(folder)))
    made.clear()
    change(folder)
    document = rank_document(load_study(open_study(folder)))
    assert "rank_integrations" in made

    for kept in (folder / "cache").iterdir():
        kept.unlink()
    assert document == rank_document(load_study(open_study(folder)))


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_counts_for_nothing(damage: str, folder: Path, made: list[str]) -> None:
    """A kept document that is not as it was written is made anew, and kept again."""
    first = rank_document(load_study(open_study(folder)))
    file = folder / "cache" / "rank.bin"
    file.write_bytes(DAMAGE[damage](file.read_bytes()))
    made.clear()

    assert first == rank_document(load_study(open_study(folder)))
    assert "rank_integrations" in made
    made.clear()
    assert first == rank_document(load_study(open_study(folder)))
    assert [] == made


def test_another_version_makes_it_anew(folder: Path, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Other code may count otherwise."""
    rank_document(load_study(open_study(folder)))
    made.clear()
    monkeypatch.setattr(kept_documents, "code_digest", lambda: b"another version")
    rank_document(load_study(open_study(folder)))

    assert "rank_integrations" in made
