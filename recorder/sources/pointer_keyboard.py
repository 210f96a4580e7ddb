"""
Presses of keys and mouse buttons: when, and of what kind. Never which key, never where the pointer goes between two presses.

    X server --RECORD--> listener thread of pynput --> time, class --> emit
                         one for the keyboard, one for the mouse

pynput would hand on the key itself, without its place on the keyboard and without the modifiers of the moment. Both are needed: a Shift
let go before its digit makes another key of the release, and the next press of that digit would pass for a held key that repeats. So its
listeners are taken one step earlier, at the event, and no key object is ever made. They also differ from its own in that they tell when
the server has begun to report, ask it for no motion, and leave no connection behind.
"""

from __future__ import annotations

import select
import threading
from bisect import bisect_left
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any, Final

from recorder.sources.base import Clock, Emit, Finding, KeyPressed, PointerPressed, Sighting, Source
from recorder.sources.key_classes import GROUP_BIT, Held, key_class
from recorder.sources.x11_display import ConnectionLost, XDisplay, close_connection
from shadow.errors import CaptureError

__all__ = ["CallbackTimes", "PointerKeyboard"]

# A listener begins in a few hundredths of a second and ends as fast; after this long it will not.
PATIENCE_S: Final = 5.0
BUTTONS: Final = {1: "left", 2: "middle", 3: "right"}
# A turn of the wheel is a press of one of these.
WHEEL: Final = range(4, 8)
# Core events of the X protocol, section 11.
KEY_PRESS, KEY_RELEASE, BUTTON_PRESS, MAPPING_NOTIFY = 2, 3, 4, 34
# What a MappingNotify is about: keys, not modifiers or buttons.
MAPPING_KEYBOARD: Final = 1
# `category` of the first reply to RecordEnableContext, RECORD protocol, section 2.
START_OF_DATA: Final = 4


class CallbackTimes:
    """
    How long callbacks took, counted in fixed buckets, so that a long session takes no more memory than a short one.

    It is counted by one thread and read by any.
    """

    # Upper ends, microseconds; the last bucket has none.
    BOUNDS_US: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)

    def __init__(self) -> None:
        self._counts = [0] * (len(self.BOUNDS_US) + 1)

    def count(self, taken_ns: int) -> None:
        """Count one callback."""
        self._counts[bisect_left(self.BOUNDS_US, taken_ns / 1000)] += 1

    def counts(self) -> tuple[int, ...]:
        """Callbacks in each bucket; the last holds those above all bounds."""
        return tuple(self._counts)


def bound_below_which(counts: tuple[int, ...], share: float) -> float | None:
    """Upper end of the bucket, microseconds, up to which at least that share of callbacks took; None if there were none."""
    below, total = 0, sum(counts)
    for bound, count in zip((*CallbackTimes.BOUNDS_US, float("inf")), counts, strict=True):
        below += count
        if total and below >= share * total:
            return bound
    return None


class PointerKeyboard(Source):
    """
    Presses of keys, by class, and of mouse buttons, by place.

    Args:

        clock: The session's clock.
    """

    name = "keyboard and mouse"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._emit: Emit | None = None
        self._listeners: tuple[Any, ...] = ()
        self._started = False
        self._rows: dict[int, tuple[int, ...]] = {}
        self._down: set[int] = set()
        self._key_times = CallbackTimes()
        self._button_times = CallbackTimes()

    @property
    def sees(self) -> frozenset[type[Sighting]]:
        """Presses of keys and of mouse buttons."""
        return frozenset({KeyPressed, PointerPressed})

    def start(self, emit: Emit) -> None:
        """Begin to see; see `Source.start`."""
        if self._started:
            raise RuntimeError("this source was started before; make a new one")
        self._started = True
        display = XDisplay()
        display.require("RECORD")
        display.close()
        self._emit = emit
        self._listeners = _listeners(self._on_key, self._on_button, self._read_rows)
        for listener in self._listeners:
            listener.start()
        if not all(listener.began.wait(PATIENCE_S) and listener.is_alive() for listener in self._listeners):
            self.stop()
            raise CaptureError("the X server does not report key presses", "run `shadow doctor` and look for RECORD")

    def stop(self) -> None:
        """Cease to see; see `Source.stop`."""
        self._emit = None
        for listener in self._listeners:
            listener.stop()
        for listener in self._listeners:
            threading.Thread.join(listener, PATIENCE_S)
        self._down.clear()

    def alive(self) -> bool:
        """Whether both listeners run."""
        return bool(self._listeners) and all(listener.is_alive() for listener in self._listeners)

    def callback_p99_us(self) -> float | None:
        """
        What 99 of 100 callbacks stayed below, as the upper end of a bucket in microseconds; None before the first press.

        It counts from the event in hand to the return of `emit`; what the server and pynput take before is not in it.
        """
        both = zip(self._key_times.counts(), self._button_times.counts(), strict=True)
        return bound_below_which(tuple(keys + buttons for keys, buttons in both), 0.99)

    def self_test(self) -> tuple[Finding, ...]:
        """A press of an unused key and one of an unused button, where no program sees them but this one does."""
        from recorder.sources.input_trial import try_presses

        return try_presses(PointerKeyboard(self._clock))

    def _on_key(self, display: Any, event: Any) -> None:  # noqa: ANN401 - python-xlib has no types
        began = perf_counter_ns()
        t_ms, emit = self._clock(), self._emit
        code = event.detail
        if event.type == KEY_RELEASE:
            self._down.discard(code)
        elif code not in self._down and emit is not None:
            self._down.add(code)
            self._follow_mapping(display)
            found = key_class(code, self._rows.get(code, ()), event.state & KNOWN, event.state >> GROUP_BIT & 3)
            if found is not None:
                emit(KeyPressed(t_ms=t_ms, key=found))
        self._key_times.count(perf_counter_ns() - began)

    def _on_button(self, _display: Any, event: Any) -> None:  # noqa: ANN401 - python-xlib has no types
        began = perf_counter_ns()
        t_ms, emit = self._clock(), self._emit
        if event.type == BUTTON_PRESS and event.detail not in WHEEL and emit is not None:
            emit(PointerPressed(t_ms=t_ms, x=event.root_x, y=event.root_y, button=BUTTONS.get(event.detail, "other")))
        self._button_times.count(perf_counter_ns() - began)

    def _read_rows(self, display: Any, first: int | None = None, count: int | None = None) -> None:  # noqa: ANN401 - as above
        info = display.display.info
        first = info.min_keycode if first is None else first
        count = info.max_keycode - first + 1 if count is None else count
        rows = display.get_keyboard_mapping(first, count)
        self._rows.update((first + place, tuple(row)) for place, row in enumerate(rows))

    def _follow_mapping(self, display: Any) -> None:  # noqa: ANN401 - as above
        """Read again what was mapped anew since the last press; the server tells every client so, asked or not."""
        # Asking python-xlib takes ten times as long, and there is hardly ever any news.
        if not select.select([display.fileno()], [], [], 0)[0]:
            return
        while display.pending_events():
            told = display.next_event()
            if told.type == MAPPING_NOTIFY and told.request == MAPPING_KEYBOARD:
                self._read_rows(display, told.first_keycode, told.count)


KNOWN: Final = int(Held.shift | Held.control | Held.alt | Held.num_lock | Held.command)
_Heard = Callable[[Any, Any], None]


class _Listening:
    """What pynput's listeners lack: they tell when the server has begun, and end at once and whole."""

    began: threading.Event
    heard: _Heard

    def _handle_message(self, display: Any, event: Any, injected: object) -> None:  # noqa: ANN401 - as above
        del injected
        self.heard(display, event)

    def _handler(self, events: Any) -> None:  # noqa: ANN401 - as above
        if events.category == START_OF_DATA:
            self.began.set()
        super()._handler(events)  # type: ignore[misc]

    def _stop_platform(self) -> None:
        # By a connection of its own, as the RECORD protocol asks: pynput queues this on the one that is busy reporting, where it leaves
        # with the next event only.
        if not self.is_alive():  # type: ignore[attr-defined]
            return
        try:
            display = XDisplay()
        except CaptureError:
            return  # The server is gone, and the listener with it.
        try:
            with display.guarded():
                display.raw.record_disable_context(self._context)  # type: ignore[attr-defined]
                display.raw.sync()
        except ConnectionLost:
            return
        finally:
            display.close()

    def run(self) -> None:
        try:
            super().run()  # type: ignore[misc]
        except Exception as lost:  # noqa: BLE001 - python-xlib raises what the socket raised; `alive` tells that the thread has ended
            del lost
        finally:
            for own in ("_display_stop", "_display_record"):
                if hasattr(self, own):
                    close_connection(getattr(self, own))
            self.began.set()


def _listeners(on_key: _Heard, on_button: _Heard, at_start: Callable[[Any], None]) -> tuple[Any, Any]:
    """A listener for the keyboard and one for the mouse, not started; pynput looks for a screen when it is imported."""
    try:
        from pynput import keyboard, mouse
    except ImportError:
        raise CaptureError("pynput cannot be loaded here", "pip install 'agent-shadowing[recorder]'") from None

    class KeyListener(_Listening, keyboard.Listener):  # type: ignore[misc]
        def _initialize(self, display: Any) -> None:  # noqa: ANN401 - as above
            at_start(display)

    class ButtonListener(_Listening, mouse.Listener):  # type: ignore[misc]
        # pynput's own range takes in every motion of the pointer.
        _EVENTS = (BUTTON_PRESS, BUTTON_PRESS)

    listeners = (KeyListener(), ButtonListener())
    for listener, heard in zip(listeners, (on_key, on_button), strict=True):
        listener.heard, listener.began = heard, threading.Event()
    return listeners
