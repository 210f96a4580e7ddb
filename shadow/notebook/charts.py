"""
A Plotly figure that shows itself without anything from the network and cannot be uploaded.

Plotly's own ways of showing a figure fetch a library for formulas, and their toolbar has a button that publishes the figure and with it the
client's data. So a chart brings the library that draws it along, once for each Python that shows charts, and the button is off.
"""

from __future__ import annotations

import sys
from itertools import count
from typing import Any, Final

import plotly.graph_objects as go

from shadow.report.explorer import CONFIG

__all__ = ["Chart"]

_MISSING: Final = (
    '<script>if (!window.Plotly) document.currentScript.insertAdjacentHTML("beforebegin", '
    '"<p>The library that draws this came with the first chart: run that cell again after a restart of the kernel.</p>");</script>'
)

_shown = count()


class Chart(go.Figure):  # type: ignore[misc]  # plotly ships no types
    """A Plotly figure, to be changed as any other; shown and written it stays on this machine."""

    # IPython asks for this first, and Plotly's goes its own way.
    _ipython_display_ = None

    def _repr_mimebundle_(self, *_: object, **__: object) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def _repr_html_(self) -> str:
        first = next(_shown) == 0
        drawn: str = super().to_html(config=CONFIG, full_html=False, include_plotlyjs=first, default_height="450px")
        return drawn if first else _MISSING + drawn

    def show(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - what Plotly takes
        """Show it: in a notebook as it shows itself, elsewhere as Plotly does, without the button that publishes it."""
        if not args and "renderer" not in options and _in_notebook():
            from IPython import display  # noqa: PLC0415 - there is one only in a notebook

            display.display(self)  # type: ignore[no-untyped-call]
        else:
            super().show(*args, **{"config": CONFIG, **options})

    def to_html(self, *args: Any, **options: Any) -> str:  # noqa: ANN401 - what Plotly takes
        """Give it as a page, as Plotly does, without the button that publishes it."""
        html: str = super().to_html(*args, **({} if args else {"config": CONFIG}), **options)
        return html

    def write_html(self, file: Any, *args: Any, **options: Any) -> None:  # noqa: ANN401 - what Plotly takes
        """Write it as a page that works offline, as Plotly does, without the button that publishes it."""
        super().write_html(file, *args, **({} if args else {"config": CONFIG, **options}))


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and shell.get_ipython() is not None
