"""
Keeping the review window out of screenshots and shared screens.

Not built. On Windows this is `SetWindowDisplayAffinity(window, WDA_EXCLUDEFROMCAPTURE)` (user32; Windows 10, version 2004), to be called here
with `int(window.winId())` once it is shown. Nobody has run it for this program, so it is not claimed. X11 has no such thing: whoever may
connect to the display may look at it.
"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

__all__ = ["exclude_from_capture"]


def exclude_from_capture(window: QWidget) -> bool:
    """Whether the window is now left out of screenshots: always False, see above."""
    del window
    return False
