"""What the tests of the accessibility source look at: a page with every kind of field, two native forms, and who watches them."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, Self, TypeVar
from urllib.parse import urlsplit

from recorder.sources.accessibility import Accessibility
from recorder.sources.base import Control, ControlChanged, FocusMoved, PageShown, PointerPressed, Sighting

__all__ = ["ELEMENTS", "FIELDS", "GTK_FORM", "QT_FORM", "Watcher", "pages"]

S = TypeVar("S", bound=Sighting)

# Each on a line of its own, so that a test knows where it is: element, HTML.
ELEMENTS: Final = {
    "name": "<label>Navn <input id=name name=cname required value=Anna></label>",
    "phone": "<label>Telefon <input name=phone></label>",
    "code": "<label>Kode <input id=code type=password value=hemmelig></label>",
    "kind": "<label>Art <select id=kind><option>Vælg<option>Faktura<option>Levering</select></label>",
    "vip": "<label>VIP <input type=checkbox id=vip></label>",
    "by-mail": "<label>Mail <input type=radio name=ch id=by-mail></label>",
    "by-phone": "<label>Tlf <input type=radio name=ch id=by-phone></label>",
    "due": "<label>Dato <input type=date id=due></label>",
    "number": "<label>Kundenr <input id=number readonly value=K-1001></label>",
    "closed": "<label>Lukket <input id=closed disabled value=x></label>",
    "note": "<label>Noter <textarea id=note rows=1>linje</textarea></label>",
    "count": "<label>Antal <input type=number id=count></label>",
    "find": "<label>Find <input type=search id=find list=found><datalist id=found><option>a</datalist></label>",
    "reply": "<div contenteditable id=reply role=textbox aria-label=Svar>hej</div>",
    "plain": "<div contenteditable id=plain>frit</div>",
    "rid": "<input id=':r3:' aria-label=Rid name=rid>",
    "(Ember)": "<input id=ember1234 aria-label=Ember>",
    "in-shadow": "<div id=host></div>",
    "in-frame": "<iframe id=frame style='border:0;height:26px;width:300px' srcdoc='<body style=\"margin:0\"><input id=in-frame aria-label=Inde>'>"
    "</iframe>",
    "said": "<p id=said style='margin:0;width:200px'>88-1234</p>",
    "save": "<button id=save>Gem</button>",
    "link": "<a id=link href='#x'>Videre</a>",
    "fill": "<button type=button id=fill>Fyld</button>",
    "status": "<button type=button id=status>Status</button>",
    "route": "<button type=button id=route>Rute</button>",
    "quiet-route": "<button type=button id=quiet-route>Stille rute</button>",
    "more": "<button type=button id=more>Flere</button>",
}
LINE: Final = 32

# Fields of the page as they are to be listed: element, role, fillable, required, value, filled.
FIELDS: Final = [
    ("name", "entry", True, True, "Anna", None),
    ("phone", "entry", True, False, "", None),
    ("code", "password", True, False, None, True),
    ("kind", "combo", True, False, "Vælg", None),
    ("vip", "check", True, False, "", None),
    ("ch", "radio", True, False, "", None),
    ("ch", "radio", True, False, "", None),
    ("due", "date", True, False, "", None),
    ("number", "entry", False, False, "K-1001", None),
    ("closed", "entry", False, False, "x", None),
    ("note", "text", True, False, "linje", None),
    ("count", "entry", True, False, "", None),
    ("find", "combo", True, False, "", None),
    ("reply", "text", True, False, "hej", None),
    ("plain", "text", True, False, "frit", None),
    ("rid", "entry", True, False, "", None),
    (None, "entry", True, False, "", None),
    ("in-shadow", "entry", True, False, "", None),
    ("in-frame", "entry", True, False, "", None),
]

SCRIPT: Final = """
document.getElementById('host').attachShadow({mode: 'open'}).innerHTML = '<label>Skygge <input id=in-shadow></label>';
const on = (id, what) => document.getElementById(id).addEventListener('click', what);
on('fill', () => { document.getElementById('name').value = 'Bent'; });
on('status', () => { document.getElementById('said').textContent = 'ny ' + Math.random(); });
on('route', () => { history.pushState({}, '', '/customers/12?secret=1#there'); document.title = 'Kunde'; });
on('quiet-route', () => { history.pushState({}, '', '/customers/13'); document.getElementById('more').focus(); });
on('more', () => { document.getElementById('later').innerHTML = '<input id=appeared aria-label=Kom value=her>'; });
"""

FORM: Final = (
    "<!doctype html><html lang=da><meta charset=utf-8><title>Sag 4711</title><body style='margin:0;font:14px sans-serif'>"
    "<form action=/done style='margin:0'>"
    + "".join(
        f"<div style='position:absolute;left:20px;top:{LINE * place}px;height:28px'>{html}</div>"
        for place, html in enumerate(ELEMENTS.values())
    )
    + f"<div id=later style='position:absolute;left:400px;top:0'></div></form><script>{SCRIPT}</script></body></html>"
)
DONE: Final = "<!doctype html><meta charset=utf-8><title>Gemt</title><p id=ok>Gemt"
FIFTY: Final = (
    "<!doctype html><meta charset=utf-8><title>Halvtreds</title><form>"
    + "".join(f"<label>Felt {number} <input id=field-{number}></label>" for number in range(50))
    + "</form>"
)
PAGES: Final = {"/done": DONE, "/fifty": FIFTY}

GTK_FORM: Final = """
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk
GLib.set_prgname("lager")
window, grid = Gtk.Window(title="Ordre 55"), Gtk.Grid()
window.add(grid)
def row(number, text, widget, name):
    label = Gtk.Label(label=text)
    label.set_mnemonic_widget(widget)
    widget.get_accessible().set_accessible_id(name)
    grid.attach(label, 0, number, 1, 1)
    grid.attach(widget, 1, number, 1, 1)
    return widget
row(0, "Varenr", Gtk.Entry(), "sku")
row(1, "Kode", Gtk.Entry(visibility=False), "code")
kind = row(2, "Art", Gtk.ComboBoxText(), "kind")
for text in ("Ny", "Brugt", "Retur"):
    kind.append_text(text)
kind.set_active(0)
row(3, "Haster", Gtk.CheckButton(), "urgent")
row(4, "Noter", Gtk.TextView(accepts_tab=False), "note")
row(5, "Antal", Gtk.SpinButton.new_with_range(0, 100, 1), "count")
row(6, "Lukket", Gtk.Entry(text="R-77", editable=False), "closed")
grid.attach(Gtk.Button(label="Gem"), 1, 7, 1, 1)
window.connect("destroy", Gtk.main_quit)
window.show_all()
window.move(1300, 20)
Gtk.main()
"""

QT_FORM: Final = """
import sys
from PySide6.QtWidgets import *
program = QApplication(sys.argv)
program.setApplicationName("Fragt")
window = QWidget(objectName="main")
window.setWindowTitle("Pakke 9")
form = QFormLayout(window)
form.addRow("&Pakkenr", QLineEdit(objectName="parcel"))
form.addRow("&Unavngivet", QLineEdit())
form.addRow("K&ode", QLineEdit(objectName="code", echoMode=QLineEdit.EchoMode.Password))
kind = QComboBox(objectName="kind")
kind.addItems(["Post", "Bud", "Hent"])
form.addRow("&Art", kind)
form.addRow(QCheckBox("Haster", objectName="urgent"))
form.addRow("&Noter", QPlainTextEdit(objectName="note", tabChangesFocus=True))
form.addRow("&Antal", QSpinBox(objectName="count"))
form.addRow("&Lukket", QLineEdit("R-1", objectName="closed", readOnly=True))
form.addRow(QPushButton("Gem", objectName="save"))
window.move(1300, 450)
window.show()
program.exec()
"""


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """The form at every address but a few."""
        body = PAGES.get(urlsplit(self.path).path, FORM).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def pages() -> Iterator[str]:
    """A web server with the pages, as host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Watcher:
    """
    An accessibility source that is started, with all it saw.

    Args:

        allowed: The allowlist; None allows everything.

        values: As for the source.

        ignore_pids: As for the source.
    """

    def __init__(self, *, allowed: set[str] | None = None, values: bool = True, ignore_pids: Callable[[], set[int]] = set) -> None:
        self._begin = time.monotonic()
        self._came = threading.Condition()
        self.seen: list[Sighting] = []
        self.asked: list[tuple[str, ...]] = []

        def may(names: tuple[str, ...]) -> bool:
            self.asked.append(names)
            return allowed is None or not allowed.isdisjoint(names)

        self.source = Accessibility(self.clock, values=values, allowed=may, ignore_pids=ignore_pids)

    def clock(self) -> int:
        """Milliseconds since this watcher was made."""
        return int((time.monotonic() - self._begin) * 1000)

    def __enter__(self) -> Self:
        self.source.start(self._take)
        return self

    def __exit__(self, *_: object) -> None:
        self.source.stop()

    def _take(self, sighting: Sighting) -> None:
        with self._came:
            self.seen.append(sighting)
            self._came.notify_all()

    def wait(self, kind: type[S], fits: Callable[[S], bool] = lambda _: True, since: int = 0, seconds: float = 10.0) -> S:
        """The first sighting of a kind that fits, from place `since` on; waits for it."""

        def first() -> S | None:
            return next((one for one in self.seen[since:] if isinstance(one, kind) and fits(one)), None)

        with self._came:
            found = self._came.wait_for(first, seconds)
        if found is None:
            raise AssertionError(
                f"no such {kind.__name__} within {seconds:g} s; there were {Counter(type(one).__name__ for one in self.seen[since:])}"
            )
        return found

    def focus(self, element: str | None, since: int = 0) -> FocusMoved:
        """The first time the focus moved to an element."""
        return self.wait(FocusMoved, lambda moved: moved.control is not None and moved.control.element == element, since)

    def rest(self, element: str | None, since: int = 0) -> Control:
        """A control as it was read when it came to rest."""
        return self.wait(
            ControlChanged,
            lambda changed: changed.control.element == element and changed.n_inserted is None and changed.n_deleted is None,
            since,
        ).control

    def page(self, fits: Callable[[PageShown], bool] = lambda _: True, since: int = 0) -> PageShown:
        """The first page shown that fits."""
        return self.wait(PageShown, fits, since)

    def changes(self, element: str | None, since: int = 0) -> list[ControlChanged]:
        """The changes of the text of an element, without the readings at rest."""
        return [
            one
            for one in self.seen[since:]
            if isinstance(one, ControlChanged) and one.control.element == element and one.n_inserted is not None
        ]

    def press(self, x: int, y: int) -> PointerPressed:
        """Have it locate a press that is made now."""
        press = PointerPressed(t_ms=self.clock(), x=x, y=y)
        assert self.source.locate(press)
        return press


def can_gtk() -> bool:
    """Whether the system's Python has GTK 3."""
    python = Path("/usr/bin/python3")
    code = "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk"
    return python.exists() and not subprocess.run([str(python), "-c", code], capture_output=True, check=False).returncode
