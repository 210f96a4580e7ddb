"""Screenshots: what is not known to be safe is black, on a real screen too."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from Xlib import X, Xutil

from recorder.sources.base import Box, Control, Page, Window
from recorder.sources.screenshots import Boxes, Picture, Screenshots, known_boxes, safe_picture
from tests.recorder.xserver import XServer, open_files, running_server, running_window_manager, wait_for

AREA = Box(10, 20, 8, 6)
WHITE = Picture(b"\xff" * (8 * 6 * 3), 8, 6)
NOTHING = Boxes((), ())
PAGE = Page(key=1, names=("crm",))
BUTTON = Control(key=1, page=PAGE, element="save", label="Save", role="button", box=Box(0, 0, 10, 10))
Pixels = list[list[tuple[int, int, int]]]


def is_plain(label: str | None) -> bool:
    """Stand for the scrubber."""
    return label == "Save"


def decoded(png: bytes | None) -> Pixels:
    """Rows of pixels of a PNG as `mss` writes it: 8 bits, RGB, no filter."""
    assert png is not None
    place, packed, width, height = 8, b"", 0, 0
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        content = png[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, height = struct.unpack(">II", content[:8])
        packed += content if kind == b"IDAT" else b""
        place += 12 + length
    raw = zlib.decompress(packed)
    rows = [raw[row * (3 * width + 1) + 1 : (row + 1) * (3 * width + 1)] for row in range(height)]
    return [[tuple(row[column : column + 3]) for column in range(0, 3 * width, 3)] for row in rows]  # type: ignore[misc]


def lit(png: bytes | None) -> set[tuple[int, int]]:
    """Places of the pixels that are not black."""
    return {(x, y) for y, row in enumerate(decoded(png)) for x, pixel in enumerate(row) if pixel != (0, 0, 0)}


class TestSafePicture:
    def test_black_without_boxes(self) -> None:
        """A program that names no box gets a picture that is black all over, half the size."""
        assert [[(0, 0, 0)] * 4] * 3 == decoded(safe_picture(WHITE, NOTHING, NOTHING, AREA))

    def test_only_safe_boxes_are_shown(self) -> None:
        """What lies in a safe box is shown, and nothing beside it."""
        boxes = Boxes((Box(12, 22, 4, 2),), ())

        assert {(1, 1), (2, 1)} == lit(safe_picture(WHITE, boxes, boxes, AREA))

    def test_black_wins(self) -> None:
        """Where a safe and an unsafe box overlap it is black, whichever way they lie."""
        boxes = Boxes((Box(10, 20, 8, 6),), (Box(12, 20, 2, 6),))

        assert {(x, y) for x in (0, 2, 3) for y in range(3)} == lit(safe_picture(WHITE, boxes, boxes, AREA))

    def test_boxes_beyond_the_area_are_cut(self) -> None:
        """A box that reaches beyond the picture shows only what is in it; one outside shows nothing."""
        boxes = Boxes((Box(0, 0, 12, 22), Box(500, 500, 9, 9), Box(0, 0, 5, 5)), ())

        assert {(0, 0)} == lit(safe_picture(WHITE, boxes, boxes, AREA))

    @pytest.mark.parametrize(
        ("before", "after"), [(None, NOTHING), (NOTHING, None), (None, None), (Boxes((AREA,), ()), NOTHING), (NOTHING, Boxes((), (AREA,)))]
    )
    def test_no_picture_without_the_same_answer_twice(self, before: Boxes | None, after: Boxes | None) -> None:
        """A missing answer, or another one after the picture, means no picture."""
        assert safe_picture(WHITE, before, after, AREA) is None

    def test_no_picture_of_another_area(self) -> None:
        """A picture that does not have the size of its area cannot be laid over the boxes."""
        assert safe_picture(WHITE, NOTHING, NOTHING, Box(10, 20, 8, 7)) is None

    @given(
        st.lists(st.builds(Box, st.integers(0, 30), st.integers(0, 30), st.integers(0, 12), st.integers(0, 12)), max_size=4),
        st.lists(st.builds(Box, st.integers(0, 30), st.integers(0, 30), st.integers(0, 12), st.integers(0, 12)), max_size=4),
    )
    def test_never_lit_where_no_pixel_was_safe(self, safe: list[Box], unsafe: list[Box]) -> None:
        """A pixel is lit exactly where one of its four was in a safe box and in no unsafe one."""
        boxes = Boxes(tuple(safe), tuple(unsafe))

        def inside(x: int, y: int, some: list[Box]) -> bool:
            return any(box.x <= x < box.x + box.width and box.y <= y < box.y + box.height for box in some)

        expected = {
            (x // 2, y // 2) for x in range(8) for y in range(6) if inside(10 + x, 20 + y, safe) and not inside(10 + x, 20 + y, unsafe)
        }
        assert expected == lit(safe_picture(WHITE, boxes, boxes, AREA))

    def test_picture_shows_no_pixels_by_repr(self) -> None:
        """A picture in an error message or a log shows its size only."""
        assert "Picture(width=8, height=6)" == repr(WHITE)


class TestKnownBoxes:
    def test_a_plain_button_is_safe(self) -> None:
        """A button with an id and a plain label is safe."""
        assert Boxes((BUTTON.box,), ()) == known_boxes([BUTTON], is_plain)

    @pytest.mark.parametrize(
        "changes",
        [
            {"role": "entry", "fillable": True},
            {"role": "entry"},
            {"role": "password", "fillable": True},
            {"role": "password"},
            {"fillable": True},
            {"role": "link"},
            {"role": "cell"},
            {"role": None},
            {"element": None},
            {"label": "Call Hansen 12345678"},
            {"label": None},
            {"value": "Hansen"},
            {"filled": True},
        ],
    )
    def test_everything_else_is_not(self, changes: dict[str, Any]) -> None:
        """A field, a password, a link, a button with content, a role that is not known: none is safe."""
        described = {"key": 1, "page": PAGE, "element": "save", "label": "Save", "role": "button", "box": BUTTON.box}

        assert Boxes((), (BUTTON.box,)) == known_boxes([Control(**(described | changes))], is_plain)

    @pytest.mark.parametrize(("x", "is_safe"), [(4, False), (9, False), (10, True), (-5, False), (-20, True)])
    def test_something_upon_it(self, x: int, *, is_safe: bool) -> None:
        """A button that a text lies upon, or that lies upon a text, is not shown at all; one that it only touches is."""
        text = Control(key=2, page=PAGE, box=Box(x, 3, 20, 4))

        assert Boxes((BUTTON.box,) if is_safe else (), (text.box,)) == known_boxes([BUTTON, text], is_plain)

    def test_control_without_a_box(self) -> None:
        """What has no place cannot be shown."""
        assert NOTHING == known_boxes([Control(key=1, page=PAGE, element="save", label="Save", role="button")], is_plain)


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[XServer]:
    with running_server() as server, running_window_manager(server):
        yield server


@pytest.fixture(name="canvas")
def _canvas(server: XServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Canvas]:
    monkeypatch.setenv("DISPLAY", server.name)
    canvas = Canvas(server)
    yield canvas
    canvas.close()


class Canvas:
    """A white window in front, full of canary text, with a green button of 40 by 20 at 20, 30 of it."""

    def __init__(self, server: XServer) -> None:
        display = self.display = server.connect()
        self.root = display.screen().root
        self.root.change_attributes(event_mask=X.PropertyChangeMask)
        self.window = self.root.create_window(
            50, 60, 200, 100, 0, X.CopyFromParent, background_pixel=0xFFFFFF, event_mask=X.PropertyChangeMask
        )
        # It stays where it is, so that it is known when the window manager is done with it.
        self.window.set_wm_normal_hints(flags=Xutil.USPosition | Xutil.PPosition, x=50, y=60)
        self.window.map()
        display.sync()
        wait_for(display, self.is_placed)
        corner = self.root.translate_coords(self.window, 0, 0)
        self.x, self.y = corner.x, corner.y
        self.draw()

    def is_placed(self) -> bool:
        """Whether it is in front, and where its frame says."""
        active = self.root.get_full_property(self.display.intern_atom("_NET_ACTIVE_WINDOW"), X.AnyPropertyType)
        frame = self.window.get_full_property(self.display.intern_atom("_NET_FRAME_EXTENTS"), X.AnyPropertyType)
        if not (active and active.value[0] == self.window.id and frame):
            return False
        corner = self.root.translate_coords(self.window, 0, 0)
        return (corner.x, corner.y) == (50 + frame.value[0], 60 + frame.value[2])

    def draw(self) -> None:
        """Text all over, then the button."""
        black, green = (self.window.create_gc(foreground=colour, background=0xFFFFFF) for colour in (0, 0x00FF00))
        for row in range(10, 110, 10):
            self.window.image_text(black, 0, row, b"110386-1234 Canary Hansen 110386-1234 Canary")
        self.window.fill_rectangle(green, 20, 30, 40, 20)
        self.display.sync()

    def cover(self) -> Any:
        """Another program's window lies above the right half of the button."""
        above = self.root.create_window(
            self.x + 40, self.y, 200, 100, 0, X.CopyFromParent, override_redirect=True, background_pixel=0xFF00FF
        )
        above.map()
        self.display.sync()
        return above

    def button(self, **changes: Any) -> Control:
        """The button, as the accessibility bus would describe it."""
        box = Box(self.x + 20, self.y + 30, 40, 20)
        return Control(**({"key": 1, "page": PAGE, "element": "save", "label": "Save", "role": "button", "box": box} | changes))

    def take(self, ask: Callable[[], list[Control] | None]) -> bytes | None:
        """A picture of the window."""
        return Screenshots(ask, is_plain).take(Window(key=self.window.id))

    def close(self) -> None:
        """Take the window away."""
        self.window.destroy()
        clients = self.display.intern_atom("_NET_CLIENT_LIST")
        self.display.sync()
        wait_for(self.display, lambda: not self.root.get_full_property(clients, X.AnyPropertyType).value)
        self.display.close()


class TestOnAServer:
    def test_canary_text_is_black_and_the_button_is_shown(self, canvas: Canvas) -> None:
        """On a real screen nothing outside the button is lit, and the button is as it was drawn."""
        picture = decoded(canvas.take(lambda: [canvas.button()]))
        expected = [[(0, 255, 0) if 10 <= x < 30 and 15 <= y < 25 else (0, 0, 0) for x in range(100)] for y in range(50)]

        assert expected == picture

    def test_a_button_under_a_field_is_black(self, canvas: Canvas) -> None:
        """A button that a field overlaps is black altogether."""
        field = canvas.button(key=2, element="name", role="entry", fillable=True, box=Box(canvas.x + 40, canvas.y, 160, 100))

        assert set() == lit(canvas.take(lambda: [field, canvas.button()]))

    def test_a_window_above_is_black(self, canvas: Canvas) -> None:
        """What lies above the window is another program's, and black."""
        above = canvas.cover()
        seen = lit(canvas.take(lambda: [canvas.button()]))
        above.destroy()

        assert {(x, y) for x in range(10, 20) for y in range(15, 25)} == seen

    def test_no_picture_if_the_program_does_not_answer(self, canvas: Canvas) -> None:
        """A program that gives no controls gets no picture."""
        assert canvas.take(lambda: None) is None

    def test_no_picture_if_the_answer_changes(self, canvas: Canvas) -> None:
        """A page that changed while the picture was taken gets none."""
        answers = iter([[canvas.button()], []])

        assert canvas.take(lambda: next(answers)) is None

    def test_no_picture_of_a_window_that_is_not_in_front(self, canvas: Canvas) -> None:
        """Another window than the one in front gets no picture."""
        assert Screenshots(lambda: [canvas.button()], is_plain).take(Window(key=canvas.root.id)) is None

    def test_no_picture_on_a_scaled_desktop(self, canvas: Canvas) -> None:
        """Where boxes and pixels may not fall together there is no picture."""
        resources, string = (canvas.display.intern_atom(name) for name in ("RESOURCE_MANAGER", "STRING"))
        canvas.root.change_property(resources, string, 8, b"Xcursor.size:\t24\nXft.dpi:\t192\n")
        canvas.display.sync()
        scaled = canvas.take(lambda: [canvas.button()])
        canvas.root.change_property(resources, string, 8, b"Xft.dpi:\t96\n")
        canvas.display.sync()

        assert (None, True) == (scaled, canvas.take(lambda: [canvas.button()]) is not None)

    def test_leaves_nothing_open(self, canvas: Canvas) -> None:
        """Taking pictures leaves no connection behind."""
        canvas.take(lambda: [canvas.button()])
        files = open_files()
        for _ in range(3):
            canvas.take(lambda: [canvas.button()])

        assert files == open_files()

    def test_without_a_display(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where there is no display there is no picture, and no error in the middle of a recording."""
        monkeypatch.delenv("DISPLAY", raising=False)

        assert Screenshots(list, is_plain).take(Window(key=7)) is None
