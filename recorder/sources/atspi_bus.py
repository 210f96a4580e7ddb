"""
The accessibility bus: one connection, calls that cannot hang, and the signals of all programs.

Everything here runs on one asyncio loop. A program that twice does not answer within `TIMEOUT_S` is not asked for `REST_S`, so
that one that hangs cannot hold up what is seen of the others. `Properties.GetAll` is never called: programs with Qt 5 die of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from shadow.errors import CaptureError

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

__all__ = ["ROOT", "AccessibilityBus", "Breaker", "BusFault", "Ref", "together"]

# A thing on the bus: who owns it, and its path there. Paths are given out anew for each document.
Ref = tuple[str, str]

ROOT: Final = "/org/a11y/atspi/accessible/root"
NOTHING: Final = "/org/a11y/atspi/null"
PREFIX: Final = "org.a11y.atspi."
REGISTRY: Final = "org.a11y.atspi.Registry"
DAEMON: Final = "org.freedesktop.DBus"

TIMEOUT_S: Final = 0.25
REST_S: Final = 1.0
# The bus may have to be started first.
LAUNCH_S: Final = 3.0
LEAVE_S: Final = 0.1
# More calls at once fill the socket, and dbus-fast gives the connection up for that.
MAX_CALLS: Final = 32

KINDS: Final = (
    "object:state-changed:focused", "object:state-changed:checked", "object:state-changed:selected", "object:state-changed:expanded",
    "object:state-changed:showing", "object:state-changed:pressed", "object:state-changed:busy", "object:state-changed:invalid-entry",
    "object:text-changed", "object:selection-changed", "object:children-changed",
    "object:property-change:accessible-name", "object:property-change:accessible-value",
    "window:activate", "window:deactivate", "document:load-complete",
)  # fmt: skip
INTERFACES: Final = ("Object", "Window", "Document")
NO_BUS: Final = "install at-spi2-core, and log in to a desktop session"


class BusFault(Exception):  # noqa: N818 - it is normal: things disappear while they are asked about
    """Something on the bus is gone, does not answer or refuses; the message holds nothing of it."""


class Breaker:
    """
    Remembers which programs do not answer: after two silences in a row one is left alone for a while.

    Args:

        now: Seconds on a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._silent_since: dict[str, float] = {}
        self._closed_until: dict[str, float] = {}

    def allows(self, owner: str) -> bool:
        """Whether the program may be asked."""
        return self._closed_until.get(owner, 0.0) <= self._now()

    def failed(self, owner: str) -> None:
        """It did not answer in time. Calls that were made together fall silent together, and count once."""
        now = self._now()
        if now - self._silent_since.setdefault(owner, now) >= TIMEOUT_S / 2:
            self._closed_until[owner] = now + REST_S

    def answered(self, owner: str) -> None:
        """It answered."""
        self._silent_since.pop(owner, None)
        self._closed_until.pop(owner, None)


class AccessibilityBus:
    """A connection to the accessibility bus; made and used on one loop."""

    def __init__(self) -> None:
        self._bus: MessageBus | None = None
        self._slots = asyncio.Semaphore(MAX_CALLS)
        self._breaker = Breaker()
        self._was_enabled = True
        self._registered = False

    @property
    def connected(self) -> bool:
        """Whether it still carries."""
        return self._bus is not None and self._bus.connected

    async def connect(self) -> None:
        """
        Find the bus and connect.

        Raises:

            CaptureError: There is none.
        """
        from dbus_fast.aio import MessageBus

        session = await _session_bus()
        try:
            address = (await _of_session(session, "org.a11y.Bus", "GetAddress"))[0]
            self._was_enabled = await _enabled(session)
            self._bus = await MessageBus(bus_address=address, auth_timeout=2.0).connect()
        except (BusFault, OSError, ValueError, EOFError):
            raise CaptureError("there is no accessibility bus", NO_BUS) from None
        finally:
            await _leave(session)

    async def close(self) -> None:
        """Give everything back as it was found."""
        if self.connected and self._registered:
            await self._each_kind("DeregisterEvent")
            # Programs shall have heard of it before the connection goes.
            await asyncio.sleep(LEAVE_S)
        if not self._was_enabled:
            await enable(on=False)
        if self._bus is not None:
            await _leave(self._bus)
        self._bus = None

    async def listen(self, handler: Callable[[Message], None]) -> None:
        """Ask every program for its signals, and give each to `handler`, which must not raise."""
        self._hand_on(handler)
        for name in INTERFACES:
            await self._match(f"{PREFIX}Event.{name}")
        await self._each_kind("RegisterEvent")
        self._registered = True
        if not self._was_enabled:
            await enable(on=True)

    async def hear_of_listeners(self, handler: Callable[[Message], None]) -> None:
        """Become a listener for a moment, of which the registry tells everybody, this connection too."""
        self._hand_on(handler)
        await self._match(REGISTRY)
        registry = (REGISTRY, "/org/a11y/atspi/registry")
        await self.ask(registry, "Registry", "RegisterEvent", "sass", [KINDS[-1], [], ""])
        await self.ask(registry, "Registry", "DeregisterEvent", "s", [KINDS[-1]])

    async def call(self, ref: Ref, interface: str, member: str, signature: str = "", body: list[Any] | None = None) -> list[Any]:
        """
        Call a method.

        Raises:

            BusFault: No answer, or a refusal.
        """
        owner = ref[0]
        if self._bus is None or not self._breaker.allows(owner):
            raise BusFault
        async with self._slots:
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    answer = await _plain(self._bus, _message(ref, interface, member, signature, body))
            except TimeoutError:
                self._breaker.failed(owner)
                raise BusFault from None
        self._breaker.answered(owner)
        return answer

    async def ask(self, ref: Ref, interface: str, member: str, signature: str = "", body: list[Any] | None = None) -> Any:  # noqa: ANN401
        """The only result of a method of one of the accessibility interfaces."""
        answer = await self.call(ref, PREFIX + interface, member, signature, body)
        return answer[0] if len(answer) == 1 else answer

    async def get(self, ref: Ref, interface: str, name: str) -> Any:  # noqa: ANN401
        """One property."""
        return (await self.call(ref, "org.freedesktop.DBus.Properties", "Get", "ss", [PREFIX + interface, name]))[0].value

    async def pid(self, owner: str) -> int | None:
        """Process behind a connection; None if the bus does not say."""
        try:
            return int((await self.call((DAEMON, "/org/freedesktop/DBus"), DAEMON, "GetConnectionUnixProcessID", "s", [owner]))[0])
        except BusFault:
            return None

    async def programs(self) -> list[Ref]:
        """All programs on the bus."""
        return [(owner, path) for owner, path in await self.ask((REGISTRY, ROOT), "Accessible", "GetChildren")]

    async def ping(self) -> None:
        """Ask the bus itself for an answer."""
        await self.call((DAEMON, "/org/freedesktop/DBus"), "org.freedesktop.DBus.Peer", "Ping")

    def _hand_on(self, handler: Callable[[Message], None]) -> None:
        from dbus_fast import MessageType

        if self._bus is None:
            raise BusFault
        signal = MessageType.SIGNAL

        def only_signals(message: Message) -> None:
            if message.message_type is signal:
                handler(message)

        self._bus.add_message_handler(only_signals)

    async def _match(self, interface: str) -> None:
        daemon = (DAEMON, "/org/freedesktop/DBus")
        await self.call(daemon, DAEMON, "AddMatch", "s", [f"type='signal',interface='{interface}'"])

    async def _each_kind(self, member: str) -> None:
        registry = (REGISTRY, "/org/a11y/atspi/registry")
        for kind in KINDS:
            body: list[Any] = [kind, [], ""] if member == "RegisterEvent" else [kind]
            try:
                await self.ask(registry, "Registry", member, "sass" if len(body) > 1 else "s", body)
            except BusFault:
                # Registries before 2.36 take the name alone.
                await _quiet(self.ask(registry, "Registry", member, "s", [kind]))


async def together(*calls: Coroutine[Any, Any, Any]) -> list[Any]:
    """The results of several calls in flight at once; None for each that failed."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, BusFault):
            raise result
    return [None if isinstance(result, BusFault) else result for result in results]


async def enable(*, on: bool) -> None:
    """Tell all programs whether somebody listens."""
    from dbus_fast import Variant

    session = await _session_bus()
    body = ["org.a11y.Status", "IsEnabled", Variant("b", on)]
    try:
        await _quiet(_of_session(session, "org.freedesktop.DBus.Properties", "Set", "ssv", body))
    finally:
        await _leave(session)


async def _session_bus() -> MessageBus:
    from dbus_fast import BusType
    from dbus_fast.aio import MessageBus
    from dbus_fast.errors import DBusFastError

    try:
        return await MessageBus(bus_type=BusType.SESSION, auth_timeout=2.0).connect()
    except (OSError, ValueError, EOFError, KeyError, DBusFastError):
        raise CaptureError("there is no D-Bus session bus", "log in to a desktop session, or start one with dbus-run-session") from None


async def _enabled(session: MessageBus) -> bool:
    answer = await _of_session(session, "org.freedesktop.DBus.Properties", "Get", "ss", ["org.a11y.Status", "IsEnabled"])
    return bool(answer[0].value)


async def _of_session(session: MessageBus, interface: str, member: str, signature: str = "", body: list[Any] | None = None) -> list[Any]:
    message = _message(("org.a11y.Bus", "/org/a11y/bus"), interface, member, signature, body)
    try:
        async with asyncio.timeout(LAUNCH_S):
            return await _plain(session, message)
    except TimeoutError:
        raise BusFault from None


async def _leave(bus: MessageBus) -> None:
    """Close a connection, and wait until its socket is closed."""
    if bus.connected:
        bus.disconnect()
        async with asyncio.timeout(LAUNCH_S):
            await _quiet(bus.wait_for_disconnect())  # type: ignore[no-untyped-call]


def _message(ref: Ref, interface: str, member: str, signature: str, body: list[Any] | None) -> Message:
    from dbus_fast import Message

    return Message(
        destination=ref[0], path=ref[1], interface=interface, member=member, signature=signature, body=body or [], validate=False
    )


async def _plain(bus: MessageBus, message: Message) -> list[Any]:
    from dbus_fast import MessageType

    try:
        answer = await bus.call(message)
    except Exception:  # noqa: BLE001 - dbus-fast passes on whatever ended the connection
        raise BusFault from None
    if answer.message_type is MessageType.ERROR:
        raise BusFault
    return list(answer.body)


async def _quiet(call: Awaitable[Any]) -> None:
    """Await what may fail without harm: it is the end of the connection, or an older registry."""
    try:
        await call
    except (BusFault, CaptureError, OSError, EOFError, TimeoutError):
        return
