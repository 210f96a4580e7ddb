"""macOS: the place of a source that is not built."""

from __future__ import annotations

from recorder.sources.unbuilt import UnbuiltDesktop

__all__ = ["MacDesktop"]


class MacDesktop(UnbuiltDesktop):
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
    system = "macOS"
    finding = "mac_desktop"
