"""Windows: the place of a source that is not built."""

from __future__ import annotations

from recorder.sources.unbuilt import UnbuiltDesktop

__all__ = ["WindowsDesktop"]


class WindowsDesktop(UnbuiltDesktop):
    """
    Will see on Windows; today it sees nothing and says so.

    How it is to be built. None of this was run on Windows; what was tried under wine is marked so.

    - **Keys and buttons**: pynput's low-level hooks (tried), in a process of their own. A hook that answers late is removed without a word,
      so a callback stamps the time and hands on the class, and a watchdog compares GetLastInputInfo with the last event. No on_move.
    - **Window in front**: SetWinEventHook, out of context, in a thread with a message loop: SYSTEM_FOREGROUND, OBJECT_NAMECHANGE with
      idObject 0. **Focus**: OBJECT_FOCUS with the class and GetDlgCtrlID of the control (tried), MSAA by comtypes (tried) as the fallback.
    - **Clipboard**: AddClipboardFormatListener on a message-only window (tried); the owner by GetClipboardOwner; a format named
      ExcludeClipboardContentFromMonitorProcessing is a secret and is not read.
    - **Controls**: UI Automation by comtypes on raw IUIAutomation, in one MTA thread that owns no windows and adds and removes all handlers:
      FocusChanged with a CacheRequest (AutomationId, Name, ControlType, IsPassword, IsRequiredForForm, BoundingRectangle, ProcessId);
      PropertyChanged and TextChanged only on the element in focus, registered anew when it moves. The form by FindAllBuildCache.
    - **Limits**: windows of an administrator are out of reach and are gaps; per-monitor DPI awareness before the first coordinate; Chrome
      and Edge show their pages once they notice UI Automation, which is to be checked, not hoped.
    """

    name = "windows desktop"
    system = "Windows"
    finding = "windows_desktop"
