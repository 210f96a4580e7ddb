"""The self-test of the accessibility source: is there a bus, who is on it, and do browsers show their pages."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from recorder.sources.atspi_bus import AccessibilityBus, BusFault, Ref, together
from recorder.sources.atspi_controls import Reader
from recorder.sources.atspi_pages import BROWSER_WINDOW
from recorder.sources.base import Finding
from shadow.errors import CaptureError

if TYPE_CHECKING:
    from dbus_fast import Message

__all__ = ["check"]

SIGNAL_S: Final = 1.0
BUS: Final = "accessibility bus"
REGISTRY: Final = "accessibility registry"
SIGNALS: Final = "accessibility signals"
PAGES: Final = "web pages of {}"
CONTROLS: Final = "controls of {}"
FLAG: Final = "start it with --force-renderer-accessibility, on Debian by a file in /etc/chromium.d"
HIDDEN: Final = "it shows no controls: only its window and the places of clicks are recorded"


def check() -> tuple[Finding, ...]:
    """
    Try what the accessibility source needs, without recording.

    Returns:

        One finding for the bus, one for the registry, one for signals, and one for each program that has a window.
    """
    return asyncio.run(_check())


async def _check() -> tuple[Finding, ...]:
    bus = AccessibilityBus()
    try:
        await bus.connect()
    except CaptureError as fault:
        return (Finding(BUS, works=False, remedy=fault.remedy),)
    try:
        return (Finding(BUS, works=True), *await _registry(bus))
    finally:
        await bus.close()


async def _registry(bus: AccessibilityBus) -> tuple[Finding, ...]:
    try:
        programs = await bus.programs()
    except BusFault:
        return (Finding(REGISTRY, works=False, remedy="install at-spi2-core and log in again"),)
    signals = await _a_signal_comes(bus)
    reader = Reader(bus, values=False, allowed=lambda _: False)
    found = await together(*(_program(bus, reader, program) for program in programs))
    return (
        Finding(REGISTRY, works=True),
        Finding(SIGNALS, works=signals, remedy="" if signals else "log out and in again"),
        *(finding for finding in found if finding is not None),
    )


async def _a_signal_comes(bus: AccessibilityBus) -> bool:
    """The registry tells everybody of a new listener, so registering as one makes a real signal."""
    came = asyncio.Event()

    def heard(message: Message) -> None:
        if message.member == "EventListenerRegistered":
            came.set()

    try:
        await bus.hear_of_listeners(heard)
        async with asyncio.timeout(SIGNAL_S):
            await came.wait()
    except (BusFault, TimeoutError):
        return False
    return True


async def _program(bus: AccessibilityBus, reader: Reader, program: Ref) -> Finding | None:
    name = (await reader.program(program[0])).name or "(unnamed)"
    windows = [(owner, path) for owner, path in await bus.ask(program, "Accessible", "GetChildren")]
    kinds = await together(*(reader.kind(window) for window in windows))
    browsers = [window for window, kind in zip(windows, kinds, strict=True) if kind == BROWSER_WINDOW]
    if browsers:
        documents = await together(*(reader.document(window) for window in browsers))
        shows = all(document is not None for document in documents)
        return Finding(PAGES.format(name), works=shows, remedy="" if shows else FLAG)
    if not windows:
        return None
    children = await together(*(bus.ask(window, "Accessible", "GetChildren") for window in windows))
    shows = any(children)
    return Finding(CONTROLS.format(name), works=shows, remedy="" if shows else HIDDEN)
