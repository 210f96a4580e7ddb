"""
The sessioniser: sightings of all sources go in, the events of the UI log come out.

It runs in one thread and owns all state of a session. Values are compared here, in memory, and dropped; what leaves has no place for them
(`shadow.recorded`).

    WindowActivated, PageShown   -> screen, switch          what is in front; the fields shown there, with their value marks
    FocusMoved                   -> focus, blur, change     a visit to a field                                (recorder.field_watch)
    ControlChanged               -> input, change, select, paste
    ClipboardTaken               -> copy
    PointerPressed + PointerHit  -> click                                                                     (recorder.press_watch)
    click or Enter, then another page -> submit
    Reacted after a click        -> screen, once: the click was not dead

Where it is in doubt it says less: a window that may not be recorded is `(unknown)`, and nothing that happens in it is looked at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from recorder.event_writer import EventWriter, Front
from recorder.field_watch import CAUSE_MS, FieldWatch
from recorder.press_watch import PressWatch, is_other
from recorder.screens import ScreenNames
from recorder.sources.base import (
    ClipboardTaken,
    ControlChanged,
    FocusMoved,
    KeyClass,
    KeyPressed,
    Page,
    PageShown,
    PointerHit,
    PointerPressed,
    Reacted,
    Sighting,
    WindowActivated,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from shadow.consent import Switches
    from shadow.recorded import RecordedEvent
    from shadow.settings import Settings

__all__ = ["Sessioniser"]

# A window's page is known within 30 ms where there is one (measured); a program that shows none by then is opaque.
PAGE_MS: Final = 400
# A page that changes its form and its address at once tells the form first: 170 ms (measured in a single-page application).
RELIST_MS: Final = 300
# A new page's title is on its window before the page tells of itself: up to 100 ms (measured).
TITLE_MS: Final = 300
# No window is in front for a moment while windows change places.
DESKTOP_MS: Final = 300


class Sessioniser:
    """
    Turns the sightings of one session into its events.

    Args:

        settings: The study's allowlist, systems, screens, case ids and region.

        switches: What the agent agreed to; what was not is not made.

        put: Takes each event, in order of `seq`.
    """

    def __init__(self, settings: Settings, switches: Switches, put: Callable[[RecordedEvent], object]) -> None:
        self._screens = ScreenNames(settings)
        self._writer = EventWriter(settings, switches, put)
        self._fields = FieldWatch(self._writer)
        self._presses = PressWatch(self._writer, self._fields)
        self._pages: dict[int | None, PageShown] = {}
        self._entering: WindowActivated | None = None
        self._window: object = None
        self._renamed_ms: int | None = None
        self._relisted: PageShown | None = None
        self._held_back: list[Sighting] = []
        self._watching = True
        # Whether anything has been in front since watching began, and when that was: what sources saw while they started came then.
        self._begun = False
        self._since_ms = 0
        # When the last screen was noted.
        self._noted_ms = 0
        # What was in front before.
        self._former: Front | None = None

    # --- what goes in ----------------------------------------------------------------------------------------------

    def take(self, sighting: Sighting) -> None:
        """Take in one sighting."""
        if not self._watching:
            return
        if self._entering is not None and not isinstance(sighting, (WindowActivated, PageShown)):
            # Which screen this happened on is not known yet.
            self._held_back.append(sighting)
            return
        self._TAKERS[type(sighting)](self, sighting)

    def tick(self, now_ms: int) -> None:
        """Let time pass: give up waiting for what did not come, and hand on what has waited long enough."""
        if self._entering is not None and now_ms - self._entering.t_ms > (PAGE_MS if self._entering.window else DESKTOP_MS):
            self._enter_without_page()
        if self._relisted is not None and now_ms - self._relisted.t_ms > RELIST_MS:
            self._relist()
        self._presses.tick(now_ms)
        self._writer.outbox.release(now_ms)

    def pause(self, t_ms: int, action: str = "pause") -> None:
        """Stop watching: `pause` on the agent's word, `gap_start` where something cannot be seen."""
        if self._watching:
            self._leave_all(t_ms)
            self._writer.note_nowhere(t_ms, action)
            self._watching = False

    def resume(self, t_ms: int, action: str = "resume") -> None:
        """Watch again, from nothing: what happened in between is not known."""
        if not self._watching:
            self._watching, self._begun, self._since_ms = True, False, t_ms
            self._writer.front, self._pages = Front(), {}
            self._writer.note_nowhere(t_ms, action)

    def gap(self, start_ms: int, end_ms: int) -> None:
        """Note a stretch that was not seen while the sources went on: the same screen is in front as before, as far as anybody knows."""
        if not self._watching:
            return
        front, pages = self._writer.front, self._pages
        self.pause(start_ms, "gap_start")
        self.resume(end_ms, "gap_end")
        self._pages = pages
        if self._begun or front.app is not None:
            self._enter(front, end_ms)

    def mark(self, t_ms: int, note: str | None) -> None:
        """Note what the agent marks, where it was then: the words are typed in a window of ours, which is in front by now."""
        front = self._writer.front
        where = self._former if front.app is None and self._former is not None and t_ms < front.since_ms else front
        self._writer.note(t_ms, "mark", where, note=(note or "").strip() or None)

    def forget(self, since_ms: int) -> None:
        """Drop what has not been handed on, and what is remembered of what the agent does."""
        self._writer.outbox.forget(since_ms)
        self._fields.forget()
        self._presses.forget()
        self._held_back.clear()

    def finish(self, t_ms: int) -> None:
        """End the session: the visit ends, everything is handed on, and what was remembered is dropped."""
        self._relist()
        if self._entering is not None:
            self._enter_without_page()
        self._leave_all(t_ms)
        self._writer.outbox.drain()
        self._watching = False
        self._fields.forget()
        self._pages.clear()

    @property
    def is_recording_front(self) -> bool:
        """Whether what is in front now may be recorded; another thread may ask."""
        return self._watching and self._entering is None and self._writer.front.app is not None

    @property
    def front_since_ms(self) -> int:
        """When what is in front came; another thread may ask."""
        return self._writer.front.since_ms

    # --- what is in front ------------------------------------------------------------------------------------------

    def _take_window(self, seen: WindowActivated) -> None:
        front, window = self._writer.front, seen.window
        pid = window.pid if window else None
        key = window.key if window else None
        self._renamed_ms = seen.t_ms if key is not None and key == self._window else None
        self._window = key
        if self._entering is None:
            if front.app is not None and front.page is not None and pid is not None and pid == front.pid:
                # Another window of the same program, or another title: the accessibility bus says which page that is.
                return
            self._relist()
            self._fields.leave(seen.t_ms)
        elif window is None:
            return
        self._entering = seen
        shown = self._pages.get(pid)
        if shown is not None and pid is not None and seen.t_ms - shown.t_ms < CAUSE_MS:
            self._enter_page(shown, seen.t_ms)

    def _take_page(self, shown: PageShown) -> None:
        pid = shown.page.pid
        self._pages[pid] = shown
        if self._entering is not None:
            window = self._entering.window
            if window is not None and pid in (window.pid, None):
                self._enter_page(shown, self._entering.t_ms)
        elif pid is None or self._writer.front.pid in (pid, None):
            self._relisted = shown if self._is_another_form(shown) else None
            if self._relisted is None:
                self._enter_page(shown, self._came_ms(shown))

    def _came_ms(self, shown: PageShown) -> int:
        """When a page came: when its window was renamed, if that was just before."""
        renamed_ms, front = self._renamed_ms, self._writer.front
        if renamed_ms is None or not is_other(front.page, shown.page) or not 0 <= shown.t_ms - renamed_ms <= TITLE_MS:
            return shown.t_ms
        return max(front.since_ms, renamed_ms)

    def _is_another_form(self, shown: PageShown) -> bool:
        """Whether the page in front shows other fields than before; it may be another screen by now, and not have said so yet."""
        front = self._writer.front
        same = front.app is not None and front.page is not None and not is_other(front.page, shown.page)
        return same and self._fillable(shown) != front.elements

    def _relist(self) -> None:
        shown, self._relisted = self._relisted, None
        if shown is not None:
            self._enter_page(shown, shown.t_ms)

    def _enter_without_page(self) -> None:
        """No page came with the window: take the last that its program showed, or record the window as opaque."""
        seen = self._entering
        if seen is None:
            return
        window = seen.window
        known = self._pages.get(window.pid) if window is not None and window.pid is not None else None
        if known is not None:
            self._enter_page(known, seen.t_ms)
            return
        app = self._writer.allowlist.app(window.names) if window else None
        screen = self._screens.of_window(app, window) if app and window else ""
        self._enter(Front(app, screen, None, None, window.pid if window else None), seen.t_ms)

    def _enter_page(self, shown: PageShown, t_ms: int) -> None:
        page, app = shown.page, self._app_of(shown.page)
        elements = self._fillable(shown) if app else None
        screen = self._screens.of_page(app, page, elements) if app else ""
        pid = page.pid if page.pid is not None else self._writer.front.pid
        self._writer.controls = shown.controls or ()
        self._enter(Front(app, screen, page, elements, pid), t_ms, shown)

    def _app_of(self, page: Page) -> str | None:
        """The allowlist's name of what shows a page; a native program may be there by a name of its window, and keeps it on its next page."""
        window, front = self._entering.window if self._entering else None, self._writer.front
        app = self._writer.allowlist.app(page.names)
        if app is not None or page.web:
            return app
        if window is not None:
            return self._writer.allowlist.app(window.names)
        return front.app if front.page is not None and not front.page.web and front.page.key == page.key else None

    def _enter(self, front: Front, t_ms: int, shown: PageShown | None = None) -> None:
        """Something is in front: the same as before, the same with another form, or something else."""
        # A page told late, at the time of its title, did not come before the form that the former page showed last.
        t_ms = max(t_ms, self._since_ms, self._noted_ms)
        writer, former = self._writer, self._writer.front
        self._presses.flush()
        came_in, self._entering = self._entering is not None, None
        begun, self._begun = self._begun, True
        moved = came_in or (former.app, former.screen) != (front.app, front.screen) or is_other(former.page, front.page)
        writer.front = front
        front.since_ms = t_ms if moved else former.since_ms
        self._former = former if moved else self._former
        if moved or former.elements != front.elements:
            self._presses.show_page(former, front, t_ms)
        if moved:
            self._fields.end_visit(t_ms, former)
            self._fields.forget_shown()
        if front.app is not None and (moved or former.elements != front.elements):
            self._noted_ms = t_ms
            listed = front.elements if writer.switches.dwell_and_skips else None
            writer.note(t_ms, "screen", elements=listed, case=writer.case_ids.in_page(front.page) if front.page else None)
        elif front.app is None and (former.app is not None or not begun):
            writer.note(t_ms, "switch")
        if shown is not None and shown.controls is not None and front.app is not None:
            self._fields.show(shown.controls, shown.t_ms)
        held_back, self._held_back = self._held_back, []
        for sighting in held_back:
            self.take(sighting)

    def _fillable(self, shown: PageShown) -> tuple[str, ...] | None:
        if shown.controls is None:
            return None
        before, self._writer.controls = self._writer.controls, shown.controls
        named = [self._writer.element(control) for control in shown.controls if control.fillable]
        self._writer.controls = before
        return tuple(dict.fromkeys(name for name in named if name))

    # --- what the agent does ---------------------------------------------------------------------------------------

    def _take_focus(self, moved: FocusMoved) -> None:
        if self._fields.is_visiting(moved.control):
            return
        pressed = self._presses.cause_of(moved)
        # What a click brings happened when it was made, not when the program was done with it.
        self._fields.move(moved if pressed is None else replace(moved, t_ms=pressed.t_ms))
        self._presses.settle(pressed)

    def _take_change(self, changed: ControlChanged) -> None:
        self._fields.change(changed)

    def _take_key(self, pressed: KeyPressed) -> None:
        if self._writer.front.app is not None:
            self._fields.press_key(pressed.key, pressed.t_ms)
            if pressed.key is KeyClass.enter:
                self._presses.enter(pressed.t_ms)

    def _take_press(self, pressed: PointerPressed) -> None:
        if self._writer.front.app is not None:
            self._presses.click(pressed)

    def _take_hit(self, hit: PointerHit) -> None:
        self._presses.hit(hit)

    def _take_clipboard(self, taken: ClipboardTaken) -> None:
        self._fields.copy(taken)

    def _take_reaction(self, reacted: Reacted) -> None:
        self._presses.react(reacted)

    def _leave_all(self, t_ms: int) -> None:
        self._presses.leave()
        self._held_back.clear()
        self._entering = self._relisted = None
        self._fields.leave(t_ms)

    _TAKERS: Final[dict[type[Sighting], Callable[[Sessioniser, Any], None]]] = {
        WindowActivated: _take_window,
        PageShown: _take_page,
        FocusMoved: _take_focus,
        ControlChanged: _take_change,
        KeyPressed: _take_key,
        PointerPressed: _take_press,
        PointerHit: _take_hit,
        ClipboardTaken: _take_clipboard,
        Reacted: _take_reaction,
    }
