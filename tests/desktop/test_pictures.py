"""Pictures on a real desktop: the customer is black, and a button that shows its own words is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from recorder.agent import agent_pair, for_study
from shadow.consent import read_consent
from shadow.sealed_session import open_sealed
from tests.desktop.desktop import Desktop, until
from tests.desktop.morning import RecorderRun
from tests.desktop.websites import Box, Websites
from tests.recorder.test_screenshots import Pixels, decoded

ANSWERS = "yes\nyes\nyes\nyes\nyes\n"


def _lit(pixels: Pixels, box: Box, at: tuple[int, int]) -> int:
    """Pixels that are not black where a box is, in a picture of half the size of a window that lies at a place."""
    rows = range((box.y - at[1]) // 2, (box.y + box.height - at[1]) // 2)
    columns = range((box.x - at[0]) // 2, (box.x + box.width - at[0]) // 2)
    return sum(pixels[row][column] != (0, 0, 0) for row in rows for column in columns)


def _window_place(desktop: Desktop, window: int) -> tuple[int, int]:
    found = dict(line.split("=") for line in desktop._run("xdotool", "getwindowgeometry", "--shell", str(window)).stdout.split())
    return int(found["X"]), int(found["Y"])


def test_picture_of_a_ticket(desktop: Desktop, sites: Websites, tmp_path: Path) -> None:
    """When a ticket comes to the front there is a sealed picture of it: buttons can be seen, nothing of the customer and nothing else."""
    tickets = sites.tickets
    run = RecorderRun(desktop, tmp_path, (tickets.address,))
    window = desktop.chromium(f"{tickets.url}/tickets/{sites.list[0].reference}")
    tickets.wait_for("customer-name", "fetch-history")
    desktop.activate(window)
    run.start(ANSWERS)
    until(lambda: list(run.session.glob("pictures/*.pic")), "a picture")
    boxes = {name: tickets.box(name) for name in ("customer-name", "customer-email", "customer-phone", "resolution")}
    buttons = {name: tickets.box(name) for name in ("close-ticket", "fetch-history", "print-label")}
    place = _window_place(desktop, window)
    run.stop()
    session = open_sealed(run.session)
    agent = for_study(agent_pair(tmp_path / "home")[0], read_consent(session.consent).study)
    (_, png), *_ = session.pictures(agent)
    pixels = decoded(png)

    assert dict.fromkeys(boxes, 0) == {name: _lit(pixels, box, place) for name, box in boxes.items()}
    assert {name for name, box in buttons.items() if _lit(pixels, box, place) > box.width * box.height // 8}
    n_lit = sum(pixel != (0, 0, 0) for row in pixels for pixel in row)
    assert n_lit <= sum((box.width + 4) * (box.height + 4) // 4 for box in buttons.values())


TRAPS = """<!doctype html><html lang=da><meta charset=utf-8><title>Knapper</title>
<style>body{margin:0} button,.on{position:absolute;left:20px;width:200px;height:40px} .on{background:#fc0;z-index:2}</style>
<button id=save style="top:20px;width:260px">Gem</button>
<button id=named style="top:80px">Ring til Njardis</button>
<button id=says-other style="top:140px" aria-label="Gem">Njardis</button>
<button id=covered style="top:200px">Gem</button><div class=on style="top:200px">Njardis</div>
<button id=half style="top:260px">Gem</button><div class=on style="top:260px;width:60px">Njardis</div>
<button id=through style="top:320px">Gem</button><div class=on style="top:332px;left:80px;width:60px;height:20px;pointer-events:none">Njardis</div>
<button style="top:380px">Gem</button>
"""


class _Traps(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """The one page."""
        body = TRAPS.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(name="traps")
def _traps() -> Iterator[str]:
    """Host and port of a page whose buttons are not what they say, but for one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Traps)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_buttons_that_are_not_what_they_say(desktop: Desktop, traps: str, tmp_path: Path) -> None:
    """A button with a name on it, one that says something else than it shows, one with something upon it: only the honest one is shown."""
    run = RecorderRun(desktop, tmp_path, (traps,))
    window = desktop.chromium(f"http://{traps}/")
    desktop.activate(window)
    run.start(ANSWERS)
    until(lambda: list(run.session.glob("pictures/*.pic")), "a picture")
    run.stop()
    session = open_sealed(run.session)
    (_, png), *_ = session.pictures(for_study(agent_pair(tmp_path / "home")[0], read_consent(session.consent).study))
    pixels = decoded(png)
    lit = {(row, column) for row, line in enumerate(pixels) for column, pixel in enumerate(line) if pixel != (0, 0, 0)}
    height, width = (max(place[axis] for place in lit) - min(place[axis] for place in lit) + 1 for axis in (0, 1))

    # Half of 260 by 40; one more where it begins at an odd place.
    assert width in (130, 131)
    assert height in (20, 21)
