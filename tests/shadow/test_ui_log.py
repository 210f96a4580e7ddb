"""The `ui-log` format (contracts, section 3): what its rows become, and which rows are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadow.errors import SettingsError, SourceError
from shadow.events import ACTIONS, ROLES
from shadow.interop.importing import import_logs
from tests.shadow.small_logs import all_rows, events, imported, ui_log, written

SURNAME = "Hansen"
FIELDS = "screen,element,value"


class TestRefusedRows:
    @pytest.mark.parametrize(
        ("bad", "reason"),
        [
            ("time=2026-11-22T09:30:00", "time cannot be read as a time"),
            ("time=2026-11-22", "time cannot be read as a time"),
            (f"time={SURNAME}", "time cannot be read as a time"),
            ("time=1e3", "time cannot be read as a time"),
            ("time=99999999999999999999", "time cannot be read as a time"),
            ("time=+12026-11-22T09:30:00Z", "time cannot be read as a time"),
            ("time=-1", "time lies before the session began"),
            ("time=2026-11-22T09:30:00Z", "the session's times are partly ISO 8601, partly milliseconds"),
            ("time=2147483648", "the session lasts over 24 days"),
            (f"agent={SURNAME}", "the session has a second agent"),
            *[(f"{name}=", f"{name} is empty") for name in ("session", "agent", "time", "action", "app")],
            (f"action={SURNAME}", "action is not a known word"),
            (f"role={SURNAME}", "role is not a known word"),
            (f"state={SURNAME}", "state is not a known word"),
            (f"required={SURNAME}", "required is not a known word"),
            (f"keys={SURNAME}", "keys is not a whole number"),
            ("keys=-1", "keys is negative"),
            ("x=nan", "x is not a whole number"),
            ("y=1e300", "y is not a whole number"),
            (f"elements={SURNAME}", "elements is not a JSON list of texts"),
            ("elements=[1]", "elements is not a JSON list of texts"),
            (f"elements={{'{SURNAME}': 1}}", "elements is not a JSON list of texts"),
            (f"note={SURNAME}", "note stands on another action than mark"),
            ("action=focus", "elements stands on another action than screen"),
        ],
    )
    def test_by_line(self, tmp_path: Path, bad: str, reason: str) -> None:
        """A row that breaks the format is refused by its line and column, with a remedy, and what stands in it is not repeated."""
        good = {"session": "mon", "agent": "anna", "time": "10", "action": "screen", "app": "CRM", "elements": "[]"}
        good |= dict.fromkeys(("role", "state", "required", "keys", "x", "y", "note"), "")
        column, _, cell = bad.partition("=")
        rows = [",".join(row.values()) for row in (good, good | {column: cell}, good)]
        path = written(tmp_path, "\n".join([",".join(good), *rows]))
        with pytest.raises(SourceError) as caught:
            import_logs([path], tmp_path / "study")

        assert (str(path), 3, reason) == (caught.value.file, caught.value.line, caught.value.reason)
        assert caught.value.remedy
        assert SURNAME not in str(caught.value).removeprefix(str(path))


class TestFields:
    def test_every_word_is_read(self, tmp_path: Path) -> None:
        """Every action and role of the contract is read, whatever its case and the blanks around it."""
        actions = [f"1,a,{n},{action.upper()} ,App,," for n, action in enumerate(ACTIONS)]
        roles = [f"2,a,{n},focus,App,{role}, {role.title()}" for n, role in enumerate(ROLES)]
        study = imported(tmp_path, ui_log(*actions, *roles, more="element,role"))

        assert [*ACTIONS, *["focus"] * len(ROLES)] == [action for (action,) in events(study, "action")]
        assert {role: role for role in ROLES} == {entry.element: entry.role for entry in study.catalogue.fields}

    def test_label_where_there_is_no_element(self, tmp_path: Path) -> None:
        """A field without an element goes by its label; the element wins, and the label is kept beside it."""
        study = imported(tmp_path, ui_log("1,a,1,focus,CRM,,Name", "1,a,2,focus,CRM,e1,E-mail", "1,a,3,focus,CRM,,", more="element,label"))

        assert [("Name",), ("e1",), (None,)] == events(study, "field")
        assert [("Name", "Name"), ("e1", "E-mail")] == [(entry.element, entry.label) for entry in study.catalogue.fields]

    def test_field_is_of_its_screen(self, tmp_path: Path) -> None:
        """The same element on two screens is two fields; what is known of a field is what its first rows say."""
        log = ui_log(
            "1,a,1,focus,CRM,one,name,,",
            "1,a,2,focus,CRM,two,name,entry,",
            "1,a,3,blur,CRM,one,name,combo,true",
            "1,a,4,blur,CRM,one,name,date,false",
            more="screen,element,role,required",
        )
        study = imported(tmp_path, log)
        screens = [entry.name for entry in study.catalogue.screens]

        assert [("one", "combo", True), ("two", "entry", False)] == [
            (screens[entry.screen], entry.role, entry.required) for entry in study.catalogue.fields
        ]

    def test_numbers(self, tmp_path: Path) -> None:
        """Keys and pixels are kept as given, pixels left of the first screen too; what is empty is not known."""
        log = ui_log("1,a,1,click,CRM,3,-1200,4.0", "1,a,2,click,CRM,,,", more="keys,x,y")

        assert [(3, -1200, 4), (None, None, None)] == events(imported(tmp_path, log), "keys", "x", "y")

    def test_forms_and_notes(self, tmp_path: Path) -> None:
        """A screen announces each of its fields once, and the agent's words stand on their mark."""
        log = ui_log(
            '1,a,5,mark,CRM,form,,"again, by hand"',
            '1,a,3,screen,CRM,form,"[""mail"",""name"",""mail""]",',
            "1,a,4,focus,CRM,form,,",
            more="screen,elements,note",
        )
        study = imported(tmp_path, log)
        rows = all_rows(study)

        assert [(1, 0, "mail"), (1, 0, "name")] == rows["forms"]
        assert [(1, 2, "again, by hand")] == rows["notes"]
        assert (2, 1) == (study.catalogue.sessions[0].n_forms, study.catalogue.sessions[0].n_notes)

    def test_case(self, tmp_path: Path) -> None:
        """Case ids become ordinals in order of first sight within their session."""
        cases = ["1 INC-9", "1 INC-2", "1 INC-1", "1 ", "2 INC-1", "1 INC-2"]
        log = ui_log(*(f"{text[0]},a,{n},focus,CRM,{text[2:]}" for n, text in enumerate(cases)), more="case")

        assert [(1, 1), (1, 2), (1, 3), (1, None), (1, 2), (2, 1)] == events(imported(tmp_path, log), "session", "given_case")


class TestFilled:
    def test_state_wins(self, tmp_path: Path) -> None:
        """A stated state is taken, also against the value."""
        log = ui_log("1,a,1,blur,CRM,e,x,empty", "1,a,2,blur,CRM,e,,filled", "1,a,3,blur,CRM,e,x,", more="element,value,state")

        assert [(False,), (True,), (True,)] == events(imported(tmp_path, log), "filled")

    def test_empty_value(self, tmp_path: Path) -> None:
        """An empty value means an empty field only after an action that shows values elsewhere in the log, even if only later."""
        log = ui_log(
            "1,a,1,blur,CRM,e,",
            "1,a,2,focus,CRM,e,",
            "1,a,3,input,CRM,e,",
            "1,a,4,click,CRM,e,",
            "1,a,5,blur,CRM,e,x",
            "1,a,6,input,CRM,e,x",
            "1,a,7,click,CRM,e,x",
            "1,a,8,blur,CRM,,",
            more="element,value",
        )

        assert [(False,), (None,), (None,), (None,), (True,), (True,), (True,), (None,)] == events(imported(tmp_path, log), "filled")

    def test_log_without_values(self, tmp_path: Path) -> None:
        """In a log that carries no values nothing is known to be empty."""
        assert [(None,), (None,)] == events(imported(tmp_path, ui_log("1,a,1,change,CRM,e", "1,a,2,blur,CRM,e", more="element")), "filled")


class TestMarks:
    def test_equal_values(self, tmp_path: Path) -> None:
        """Equal values of a session have one mark, blanks around them aside; an empty or blank one has none."""
        log = ui_log(*(f"1,a,{n},change,CRM,e,{v}" for n, v in enumerate(["Kjær", " Kjær ", "kjær", "", "  "])), more="element,value")

        assert [(1,), (1,), (2,), (None,), (None,)] == events(imported(tmp_path, log), "mark")

    def test_sessions_do_not_share_marks(self, tmp_path: Path) -> None:
        """Marks begin anew in each session, also where two sessions are mixed in the file."""
        log = ui_log("1,a,1,copy,C,x", "2,a,1,copy,C,y", "2,a,2,copy,C,x", "1,a,2,copy,C,y", more="value")

        assert [(1, 1), (1, 2), (2, 1), (2, 2)] == events(imported(tmp_path, log), "session", "mark")

    def test_tokens(self, tmp_path: Path) -> None:
        """A word of one value is the whole of another, and the same date is one whole however it is written."""
        log = ui_log(
            *(f"1,a,{n},change,C,e,{v}" for n, v in enumerate(["Anna Kjær", "Kjær", "11/03/1986", "1986-03-11"])), more="element,value"
        )
        shared = [places for _, places in all_rows(imported(tmp_path, log))["tokens"]]

        assert any({(0, False), (1, True)} <= set(places) for places in shared)
        assert any({(2, True), (3, True)} <= set(places) for places in shared)

    def test_passwords(self, tmp_path: Path) -> None:
        """A password field never gets a mark or a token, not on rows before or beside the one that says what it is."""
        log = ui_log(
            "1,a,1,change,C,login,pw,opensesame,entry",
            "1,a,2,change,C,login,pw,opensesame,password",
            "1,a,3,change,C,login,pw,opensesame,",
            "1,a,4,change,C,login,,opensesame,password",
            "1,a,5,change,C,login,,opensesame,",
            "1,a,6,change,C,other,pw,opensesame,",
            more="screen,element,value,role",
        )
        study = imported(tmp_path, log)

        assert [(None, True)] * 5 + [(1, True)] == events(study, "mark", "filled")
        assert {5} == {seq for _, places in all_rows(study)["tokens"] for seq, _ in places}

    def test_password_under_another_name(self, tmp_path: Path) -> None:
        """A field that study.toml joins from two screens is a password on both if it is one on either, also in a later import."""
        settings = '[[screens]]\napp = "C"\nmatch = "^/login/"\nname = "/login/:id"\n'
        first = ui_log(
            "1,a,1,change,C,/login/1,pw,opensesame,entry", "1,a,2,focus,C,/login/2,pw,,password", more="screen,element,value,role"
        )
        study = imported(tmp_path, first, settings=settings)
        later = written(tmp_path, ui_log("1,a,1,change,C,/login/3,pw,opensesame", more=FIELDS), "later.csv")
        import_logs([later], study.folder)

        assert [(None,)] * 3 == events(type(study)(study.folder), "mark")

    def test_case_marks(self, tmp_path: Path) -> None:
        """A value that looks like a case id gets a case mark beside its value mark; others get none."""
        log = ui_log(
            *(f"1,a,{n},change,C,e,{v}" for n, v in enumerate(["INC-1", "other", " INC-2 ", "INC-1", "xINC-1"])), more="element,value"
        )
        study = imported(tmp_path, log, settings="[cases]\nid_patterns = ['^INC-\\d+$']\n")

        assert [(1, 1), (2, None), (3, 2), (1, 1), (4, None)] == events(study, "mark", "case_mark")


class TestNamesOfTheStudy:
    def test_systems_and_screens(self, tmp_path: Path) -> None:
        """Systems and screens get the names study.toml gives them; a screen pattern may name its system in either way."""
        settings = """
            [systems]
            "crm.example.com" = "CRM"
            [[screens]]
            app = "CRM"
            match = '^/customers/[^/]+$'
            name = "/customers/:id"
            [[screens]]
            app = "crm.example.com"
            match = '^/cases/'
            name = "/cases/:id"
        """
        screens = ["/customers/anna", "/customers/bo", "/customers/bo/edit", "/cases/7/edit"]
        log = ui_log(
            *(f"1,a,{n},screen,crm.example.com,{screen}" for n, screen in enumerate(screens)), "1,a,9,screen,Mail,/cases/7", more="screen"
        )

        assert [
            ("CRM", "/customers/:id"),
            ("CRM", "/customers/:id"),
            ("CRM", "/customers/bo/edit"),
            ("CRM", "/cases/:id"),
            ("Mail", "/cases/7"),
        ] == events(imported(tmp_path, log, settings=settings), "app", "screen")

    def test_unknown_region(self, tmp_path: Path) -> None:
        """A region that does not exist is refused by its key, before anything is taken in."""
        with pytest.raises(SettingsError, match=r"study\.toml: \[study\] unknown region 'Danmark'"):
            imported(tmp_path, ui_log("1,a,1,focus,A"), settings='[study]\nregion = "Danmark"\n')
