"""
Agent shadowing: find where the minutes go beside a customer-service agent, and which small integration would save them.

`import shadow` loads only the standard library; heavy packages are loaded where they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shadow.errors import ShadowError
    from shadow.study import Study, open_study

__all__ = ["ShadowError", "Study", "open_study"]

__version__ = "0.1.0"

_HOMES = {"ShadowError": "shadow.errors", "Study": "shadow.study", "open_study": "shadow.study"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the named attribute is
    if name in _HOMES:
        from importlib import import_module  # noqa: PLC0415

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'shadow' has no attribute {name!r}")
