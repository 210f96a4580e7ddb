"""The notebooks run from top to bottom in a real kernel, and what they show needs nothing from the network."""

import os
import re
from pathlib import Path

import jupytext
import nbclient
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").iterdir())

# What a page fetches by itself; a link that waits to be clicked is none.
FETCHES = re.compile(
    r"""<(?:script|img|iframe|link|source)[^>]+(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//""", re.IGNORECASE
)


@pytest.fixture(name="quiet", autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A kernel of its own, which finds this checkout and leaves nothing in anybody's home."""
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "TMPDIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def _run(path: Path, folder: Path) -> list[dict]:
    notebook = jupytext.read(path)
    client = nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute(env=dict(os.environ))
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_offline(path, tmp_path):
    """Every cell runs, without a warning, and no output would fetch anything."""
    outputs = _run(path, tmp_path)
    shown = [output.data.get("text/html", "") for output in outputs if "data" in output]
    own = [re.sub(r"<script>/\*\*\n\* plotly\.js.*?</script>", "", text, flags=re.DOTALL) for text in shown]

    assert [] == [output.text for output in outputs if output.get("name") == "stderr"]
    assert any(own)
    assert [] == [found for text in own for found in FETCHES.findall(text)]
    assert [] == [text for text in own if 'showSendToCloud": true' in text or "plotlyServerURL" in text]


def test_sources_hold_no_outputs():
    """Notebooks are kept as Python sources: what they showed on somebody's machine is not in the project."""
    assert {".py"} == {path.suffix for path in NOTEBOOKS}
