"""Action Logger logs (contracts, section 4): the names in results, whose a row is, and where a clipboard row was copied from."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadow.errors import SourceError
from shadow.interop.action_logger import templated_path
from shadow.interop.importing import import_logs
from tests.shadow.small_logs import ACTION_LOGGER_COLUMNS, action_log, all_rows, events, imported, written

URL = "https://forms.example.com/university/form/NewRecord?name=Hansen#top"


def at(seconds: float) -> str:
    """A time so many seconds after nine."""
    return f"2026-11-22T09:00:{seconds:06.3f}Z"


def row(seconds: float, app: str, event: str, user: str = "u", **cells: str) -> dict[str, str]:
    """One row; a cell of `target.name` is given as `target_name`."""
    given = {"timeStamp": at(seconds), "userID": user, "targetApp": app, "eventType": event}
    return given | {name.replace("target_", "target."): cell for name, cell in cells.items()}


def cell(seconds: float, address: str, text: str, event: str = "getCell") -> dict[str, str]:
    """A row of a worksheet."""
    return row(seconds, "Excel", event, target_sheetName="Sheet1", target_id=address, target_value=text)


def clipboard(seconds: float, text: str) -> dict[str, str]:
    """A raw clipboard row: it names neither user nor origin."""
    return row(seconds, "OS-Clipboard", "copy", user="", content=text)


def web(seconds: float, event: str, **cells: str) -> dict[str, str]:
    """A row of a web page."""
    return row(seconds, "Chrome", event, url=URL, **cells)


class TestTargets:
    @pytest.mark.parametrize(
        ("address", "field"),
        [("A2", "A"), ("C2:F2", "C:F"), ("$AB$12", "AB"), ("Sheet1!B7", "B"), ("d4:d9", "D:D"), ("C:F", "C:F"), ("B", "B"), ("2:5", None)],
    )
    def test_cell(self, tmp_path: Path, address: str, field: str | None) -> None:
        """A cell is Excel, the sheet's name and its column letters; a range is its first and last column."""
        assert [("Excel", "Sheet1", field)] == events(imported(tmp_path, action_log(cell(1, address, "x"))), "app", "screen", "field")

    @pytest.mark.parametrize(
        ("cells", "field"),
        [({"target_id": "mail", "target_name": "E"}, "mail"), ({"target_name": "E"}, "E"), ({"target_tagName": "DIV"}, None)],
    )
    def test_web_field(self, tmp_path: Path, cells: dict[str, str], field: str | None) -> None:
        """A web field is the host, the path without its query and the id, or the name where there is no id."""
        study = imported(tmp_path, action_log(web(1, "editField", **cells)))

        assert [("forms.example.com", "/university/form/NewRecord", field)] == events(study, "app", "screen", "field")

    @pytest.mark.parametrize(
        ("url", "app", "screen"),
        [
            ("http://crm.example.com:80/", "crm.example.com", "/"),
            ("HTTPS://CRM.example.com:443", "crm.example.com", "/"),
            ("https://crm.example.com:8443/a", "crm.example.com:8443", "/a"),
            ("https://anna:secret@crm.example.com/a", "crm.example.com", "/a"),
            ("chrome://newtab/", "Chrome", ""),
            ("", "Chrome", ""),
        ],
    )
    def test_web_system(self, tmp_path: Path, url: str, app: str, screen: str) -> None:
        """A web system is its host, with the port where it is not the usual one; a page without a host is the browser's."""
        assert [(app, screen)] == events(imported(tmp_path, action_log(row(1, "Chrome", "clickLink", url=url))), "app", "screen")

    @pytest.mark.parametrize(
        ("path", "template"),
        [
            ("", "/"),
            ("/tickets/INC0012345/edit", "/tickets/:id/edit"),
            ("/v2/customers/4711", "/v2/customers/:id"),
            ("/mail/anna@example.com", "/mail/:id"),
            ("/k%C3%B8b/kjær", "/:id/:id"),
            ("/record_form.aspx/", "/record_form.aspx/"),
            ("/anna-maria-von-hansen", "/:id"),
            ("/" + "x" * 41, "/:id"),
        ],
    )
    def test_template(self, path: str, template: str) -> None:
        """Segments that may be content become :id, those that read like a page stay."""
        assert template == templated_path(path)

    def test_what_a_row_does(self, tmp_path: Path) -> None:
        """Event types become the actions of the vocabulary, also such as only begin like a known one; a submit button submits."""
        kinds = {
            "copyCell": "copy", "cutRange": "copy", "paste": "paste", "editCell": "change", "editField": "change", "selectOptions": "select",
            "getRange": "focus", "clickLink": "click", "mouseClick": "click", "selectWorksheet": "screen", "openWindow": "screen",
            "submit": "submit", "form_submit": "submit",
        }  # fmt: skip
        rows = [web(n, kind) for n, kind in enumerate(kinds)] + [web(50, "clickButton", target_type="submit")]

        assert [*kinds.values(), "submit"] == [action for (action,) in events(imported(tmp_path, action_log(*rows)), "action")]

    def test_class_by_either_name(self, tmp_path: Path) -> None:
        """A raw log's target.className and a preprocessed log's target.class are both read."""
        log = action_log(web(1, "editField", target_id="a", target_value="x"))

        assert all_rows(imported(tmp_path, log)) == all_rows(imported(tmp_path, log.replace("target.class", "target.className")))

    def test_unknown_event(self, tmp_path: Path) -> None:
        """An event type nobody knows is refused by line, without repeating it."""
        path = written(tmp_path, action_log(web(1, "paste"), web(2, "Hansen")))
        with pytest.raises(SourceError) as caught:
            import_logs([path], tmp_path / "study")

        assert (3, "eventType is not one of the Action Logger's") == (caught.value.line, caught.value.reason)
        assert "Hansen" not in str(caught.value)


class TestValues:
    def test_copies_and_edits(self, tmp_path: Path) -> None:
        """A copy and a paste have their content, an edit the value it leaves: equal ones have one mark."""
        rows = [cell(1, "A2", "John", "copyCell"), web(2, "paste", target_id="n", content="John", target_value="old")]
        rows += [web(3, "editField", target_id="n", target_value="John"), web(4, "editField", target_id="n", target_value='"John"')]

        assert [(1, True)] * 4 == events(imported(tmp_path, action_log(*rows).replace('"John"', '"""John"""')), "mark", "filled")

    def test_emptied(self, tmp_path: Path) -> None:
        """An edit that leaves no value leaves the field empty, whatever its role; a click says nothing of it."""
        rows = [web(1, "editField", target_id="n"), cell(2, "A2", "", "editCell"), web(3, "clickTextField", target_id="n")]

        assert [(False,), (False,), (None,)] == events(imported(tmp_path, action_log(*rows)), "filled")

    def test_boxes_and_captions(self, tmp_path: Path) -> None:
        """The value of a box is whether it is checked; the caption of a button is no value."""
        box = {"target_type": "checkbox", "target_id": "vip"}
        rows = [web(1, "editField", **box, target_checked="true", target_value="on"), web(2, "editField", **box, target_checked="false")]
        rows += [web(3, "clickButton", target_tagName="BUTTON", target_value="Save")]

        assert [1, 2, None] == marks_of(tmp_path, rows)

    def test_password(self, tmp_path: Path) -> None:
        """A web field of type password never gets a mark."""
        rows = [
            web(1, "editField", target_id="p", target_value="x1"),
            web(2, "editField", target_id="p", target_value="x1", target_type="password"),
        ]

        assert [None, None] == marks_of(tmp_path, rows)

    def test_case_id(self, tmp_path: Path) -> None:
        """A caseID in front becomes an ordinal."""
        rows = [{"caseID": case, **web(n, "paste")} for n, case in enumerate(["7", "7", "", "3"])]

        assert [(1,), (1,), (None,), (2,)] == events(imported(tmp_path, action_log(*rows)), "given_case")

    def test_bare_quotes(self, tmp_path: Path) -> None:
        """A cell with bare quotes in it is read as it stands: raw logs have such."""
        plain = f'{at(1)},u,Excel,editCell,,,,Sheet1,A2,,,,,size 3" screw,,'
        quoted = f'{at(2)},u,Excel,copyCell,,"size 3"" screw",,Sheet1,A2,,,,,,,'

        assert [(1,), (1,)] == events(imported(tmp_path, f"{ACTION_LOGGER_COLUMNS}\n{plain}\n{quoted}"), "mark")


def marks_of(folder: Path, rows: list[dict[str, str]]) -> list[object]:
    """The mark of each row's value."""
    return [mark for (mark,) in events(imported(folder, action_log(*rows)), "mark")]


class TestUsers:
    def test_several_users(self, tmp_path: Path) -> None:
        """Each user of a file is a session, numbered by first sight, and an agent."""
        study = imported(
            tmp_path, action_log(row(2, "Excel", "getCell", "vera"), row(1, "Excel", "copyCell", "ann"), row(3, "Excel", "getCell", "vera"))
        )

        assert [(1, 0, "focus"), (1, 1, "focus"), (2, 0, "copy")] == events(study, "session", "seq", "action")
        assert [("s001", 1), ("s002", 2)] == [(header.name, header.agent) for header in study.catalogue.sessions]

    def test_row_without_user(self, tmp_path: Path) -> None:
        """A row without a user belongs to the one working at that time, not to the one above it in the file; the first rows to the next."""
        rows = [row(5, "Excel", "getCell", "b"), clipboard(2, "x"), row(1, "Excel", "getCell", "a"), clipboard(6, "y"), clipboard(0, "z")]

        assert [(1, 0, "focus"), (1, 1000, "copy"), (2, 0, "copy"), (2, 1000, "focus"), (2, 2000, "copy")] == events(
            imported(tmp_path, action_log(*rows)), "session", "t_ms", "action"
        )

    def test_nobody_named(self, tmp_path: Path) -> None:
        """All rows of a log that names nobody are one session of one agent."""
        study = imported(tmp_path, action_log(clipboard(1, "x"), clipboard(2, "y")))

        assert [(1, 1, 2)] == [(header.session, header.agent, header.n_events) for header in study.catalogue.sessions]


class TestClipboard:
    """
    Where a clipboard row comes from.

    Each log ends in, or is about, one clipboard row; what is compared is the origin it was given.
    """

    @pytest.mark.parametrize(
        ("rows", "origin"),
        [
            pytest.param([cell(1, "A2", "John"), clipboard(1.6, "John")], "A", id="the cell just before"),
            pytest.param([clipboard(1, "John"), cell(1.4, "A2", "John")], "A", id="the cell within a second after"),
            pytest.param(
                [cell(1, "B2", "Oslo"), clipboard(20, "John"), cell(20.1, "A2", "John")], "A", id="after, though another came before"
            ),
            pytest.param([cell(1, "B2", "Oslo"), clipboard(20, "John"), cell(20.1, "A2", "John Doe")], "A", id="part of the cell after"),
            pytest.param([cell(1, "B2", "Oslo"), clipboard(20, "John"), cell(22, "A2", "John")], None, id="too long after"),
            pytest.param([cell(1, "A2", "12 Main Street Oslo"), clipboard(30, "Main Street")], "A", id="part of the last cell's text"),
            pytest.param([cell(1, "A2", "yes"), clipboard(30, "yes")], "A", id="a text too common to have tokens"),
            pytest.param([cell(1, "A2", "11/03/1986"), clipboard(30, "1986-03-11")], "A", id="written otherwise"),
            pytest.param(
                [cell(1, "A2", "John"), cell(5, "B2", "Oslo"), clipboard(30, "John")], "A", id="an earlier cell of just this text"
            ),
            pytest.param(
                [cell(1, "A2", "John"), cell(5, "A3", "John"), cell(6, "B2", "John"), clipboard(9, "John")], "B", id="the last of equals"
            ),
            pytest.param([cell(1, "A2", ""), clipboard(1.5, "John")], "A", id="just selected, text not logged"),
            pytest.param([cell(1, "A2", ""), clipboard(30, "John")], None, id="selected long ago, text not logged"),
            pytest.param([cell(1, "A2", ""), clipboard(30, "")], None, id="two empty texts are not equal texts"),
            pytest.param([cell(1, "A2", "Oslo"), clipboard(30, "John")], None, id="another text"),
            pytest.param([clipboard(1, "John")], None, id="nothing else"),
        ],
    )
    def test_cell(self, tmp_path: Path, rows: list[dict[str, str]], origin: str | None) -> None:
        """A clipboard row gets the cell it was copied from, or none: then it is of the unknown system."""
        copies = [
            found
            for *found, action in events(imported(tmp_path, action_log(*rows)), "app", "screen", "field", "action")
            if action == "copy"
        ]

        assert [["Excel", "Sheet1", origin] if origin else ["(unknown)", "", None]] == copies

    @pytest.mark.parametrize("own", [0.7, 1.3])
    def test_browser(self, tmp_path: Path, own: float) -> None:
        """A browser's own copy of the same text, just before or after, is the origin, not the cell selected before."""
        rows = [cell(0.5, "A2", "John"), web(own, "copy", target_id="name", content="John"), clipboard(1, "John")]

        copies = [found for *found, action in events(imported(tmp_path, action_log(*rows)), "app", "field", "action") if action == "copy"]

        assert [["forms.example.com", "name"]] * 2 == copies

    def test_of_ones_own_session(self, tmp_path: Path) -> None:
        """A cell that another user selected at the same time is not the origin."""
        rows = [
            row(1, "Excel", "getCell", "a", target_sheetName="S", target_id="A2", target_value="John"),
            row(2, "OS-Clipboard", "copy", "b", content="John"),
        ]

        assert [("Excel", "A"), ("(unknown)", None)] == events(imported(tmp_path, action_log(*rows)), "app", "field")

    def test_real_log(self, student_record: Path, tmp_path: Path) -> None:
        """In a real raw log every clipboard row gets the very cell that the tools' own preprocessing gave it."""
        raw, cleaned = (copies_of(tmp_path, student_record / name) for name in ("recorded.csv", "preprocessed.csv"))
        found = [[origin for at_ms, origin in raw if abs(at_ms - time_ms) <= 10] for time_ms, _ in cleaned]

        assert 354 == len(found)
        assert [[origin] for _, origin in cleaned] == found


def copies_of(folder: Path, log: Path) -> list[tuple[int, object]]:
    """When each copy of a log was made, counted from the first one, and the field it was copied from."""
    rows = events(imported(folder, log.read_bytes()), "action", "t_ms", "app", "field")
    copies = [(int(str(t_ms)), (app, field)) for action, t_ms, app, field in rows if action == "copy"]
    return [(t_ms - copies[0][0], origin) for t_ms, origin in copies]
