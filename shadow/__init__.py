"""
Agent shadowing: find where the minutes go beside a customer-service agent, and which small integration would save them.

    import shadow
    study = shadow.open("study")
    study.rank()

`import shadow` loads only the standard library; heavy packages are loaded where they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shadow.errors import ShadowError
    from shadow.notebook import Case, Report, Study, open  # noqa: A004 - as in gzip.open: it is called by the package's name

__all__ = ["Case", "Report", "ShadowError", "Study", "open"]

__version__ = "0.1.0"

_HOMES = {
    "Case": "shadow.notebook",
    "Report": "shadow.notebook",
    "ShadowError": "shadow.errors",
    "Study": "shadow.notebook",
    "open": "shadow.notebook",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the named attribute is
    if name in _HOMES:
        from importlib import import_module  # noqa: PLC0415

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'shadow' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
