"""macOS: the place of a source that is not built."""

from __future__ import annotations

from recorder.sources.base import Emit, Finding, Sighting, Source
from shadow.errors import CaptureError

__all__ = ["MacDesktop"]


class MacDesktop(Source):
    """
    Will see on macOS; today it sees nothing and says so.

    How it is to be built. None of this was run on a Mac.

    - **Permissions**: Accessibility for controls, Input Monitoring for presses, Screen Recording for pictures. Without them everything
      starts and nothing is ever seen, so each is proved by a real event before a recording begins.
    - **Keys and buttons**: a listen-only event tap (pynput), classes by virtual key; Command takes the place of Control in chords.
    - **Window in front**: NSWorkspace didActivateApplication, and AXObserver for kAXFocusedWindowChanged and kAXTitleChanged.
    - **Clipboard**: NSPasteboard has no event, only a changeCount: looked at after a copy chord and every 250 ms. A type named
      org.nspasteboard.ConcealedType is a secret and is not read.
    - **Controls**: one AXObserver per process on a CFRunLoop thread for kAXFocusedUIElementChanged and kAXValueChanged (pyobjc,
      ApplicationServices). Chrome shows its pages once AXManualAccessibility is set on it; AXDOMIdentifier has the id.
    """

    name = "mac desktop"

    @staticmethod
    def not_built() -> CaptureError:
        """What is said instead of recording."""
        return CaptureError("recording on macOS is not built yet", "record on Linux with X11; logs of other recorders can be imported")

    @property
    def sees(self) -> frozenset[type[Sighting]]:
        """Nothing."""
        return frozenset()

    def start(self, emit: Emit) -> None:
        """Refuse; see `not_built`."""
        del emit
        raise self.not_built()

    def stop(self) -> None:
        """Nothing was started."""

    def self_test(self) -> tuple[Finding, ...]:
        """That it is not built."""
        return (Finding("mac_desktop", works=False, remedy="mac_desktop_remedy"),)
