"""What the desktop of the tests asks its buses: whether they are there and whether a program shows itself. Nothing of the product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Self

__all__ = ["Bus", "BusError"]

Node = tuple[str, str]  # the name of a program on the bus, and a path in it
SESSION_SIDE: Final = ("org.a11y.Bus", "/org/a11y/bus")
REGISTRY: Final = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
ACCESSIBLE: Final = "org.a11y.atspi.Accessible"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
DOCUMENT_WEB: Final = 95


class BusError(RuntimeError):
    """The bus is not there (yet), or what was asked did not answer."""


class Bus:
    """One connection to a bus, while the `with` block lasts."""

    def __init__(self, address: str) -> None:
        import jeepney  # noqa: PLC0415 - there on Linux only
        from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415 - same

        self._jeepney = jeepney
        try:
            self._connection = open_dbus_connection(address)
        except (OSError, ValueError, RuntimeError) as error:
            raise BusError("no bus at this address") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _ask(self, node: Node, interface: str, method: str, signature: str | None = None, *body: object) -> Any:
        """The first thing that a method answers."""
        name, path = node
        address = self._jeepney.DBusAddress(path, bus_name=name, interface=interface)
        try:
            reply = self._connection.send_and_get_reply(self._jeepney.new_method_call(address, method, signature, body), timeout=2)
        except (OSError, TimeoutError) as error:
            raise BusError("no answer") from error
        if reply.header.message_type is self._jeepney.MessageType.error:
            raise BusError("an error for an answer")
        return reply.body[0] if reply.body else None

    # ---- on the session bus

    def accessibility_address(self) -> str:
        """Where the accessibility bus is."""
        return self._ask(SESSION_SIDE, "org.a11y.Bus", "GetAddress")

    def enable_accessibility(self) -> None:
        """Tell every program that somebody listens."""
        self._ask(SESSION_SIDE, PROPERTIES, "Set", "ssv", "org.a11y.Status", "IsEnabled", ("b", True))

    # ---- on the accessibility bus

    def children(self, node: Node) -> list[Node]:
        """What is directly in something."""
        return [tuple(child) for child in self._ask(node, ACCESSIBLE, "GetChildren")]

    def name(self, node: Node) -> str:
        """What something is called."""
        return self._ask(node, PROPERTIES, "Get", "ss", ACCESSIBLE, "Name")[1]

    def programs(self) -> list[str]:
        """Names of the programs that show themselves."""
        return [self.name(program) for program in self.children(REGISTRY)]

    def has_documents(self, program: str, urls: tuple[str, ...]) -> bool:
        """Whether a program shows a web page of each of these addresses."""
        found = {
            self._address(node)
            for one in self.children(REGISTRY)
            if self.name(one).casefold().startswith(program)
            for node in self._documents(one, 14)
        }
        return bool(found) and found >= set(urls)

    def _documents(self, node: Node, depth: int) -> Iterator[Node]:
        if self._ask(node, ACCESSIBLE, "GetRole") == DOCUMENT_WEB:
            yield node
        elif depth:
            for child in self.children(node):
                yield from self._documents(child, depth - 1)

    def _address(self, document: Node) -> str:
        return self._ask(document, "org.a11y.atspi.Document", "GetAttributeValue", "s", "URI")
