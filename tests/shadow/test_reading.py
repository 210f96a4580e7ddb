"""Reading recorded logs: how a file is written changes nothing, and what cannot be read is refused by line without repeating it."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path

import pytest

from shadow.errors import ShadowError, SourceError
from shadow.interop.importing import import_logs
from tests.shadow.small_logs import action_log, all_rows, events, imported, json_lines, ui_log, written

LOG = ui_log(
    "mon,anna,1000,focus,CRM,form,name,Søren",
    "mon,anna,2000,change,CRM,form,name,Kjær",
    "mon,anna,3000,copy,CRM,form,name,Kjær",
    "tue,bo,500,focus,Mail,,,",
    more="screen,element,value",
)
SURNAME = "Hansen"
ROW = "mon,anna,1000,focus,CRM"


def refusal(folder: Path, content: str | bytes, name: str = "log.csv", form: str = "auto") -> SourceError:
    """The error a log is refused with; its text names the file and holds nothing of a cell."""
    path = written(folder, content, name)
    with pytest.raises(SourceError) as caught:
        import_logs([path], folder / "refused", form)
    where, message = str(path), str(caught.value)
    assert where == message[: len(where)]
    assert SURNAME not in message.removeprefix(where)
    assert caught.value.remedy
    assert not (folder / "refused").exists()
    return caught.value


class TestOneLogManyWritings:
    def test_json_lines(self, tmp_path: Path) -> None:
        """CSV and JSON Lines of the same log give the same rows in every table."""
        assert all_rows(imported(tmp_path, LOG)) == all_rows(imported(tmp_path, json_lines(LOG), "log.jsonl"))

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (LOG, "log.csv.gz"),
            (json_lines(LOG), "log.jsonl.gz"),
            (LOG, "no-ending"),
            (codecs.BOM_UTF8 + LOG.encode(), "bom.csv"),
            (codecs.BOM_UTF8 + json_lines(LOG).encode(), "bom.jsonl"),
            (LOG.replace("\n", "\r\n"), "crlf.csv"),
            (json_lines(LOG).replace("\n", "\r\n"), "crlf.jsonl"),
            (LOG.replace("\n", "\r"), "cr.csv"),
            (LOG.replace("\n", "\n\n"), "blank-lines.csv"),
            (LOG.rstrip("\n"), "no-last-newline.csv"),
            (LOG.replace("CRM", '"CRM"'), "quoted.csv"),
        ],
    )
    def test_writing(self, tmp_path: Path, content: str | bytes, name: str) -> None:
        """Compression, byte order mark, line ends, blank lines and quotes change no row."""
        assert all_rows(imported(tmp_path, LOG)) == all_rows(imported(tmp_path, content, name))

    def test_json_types(self, tmp_path: Path) -> None:
        """Numbers, booleans, lists and null in JSON are what their texts are in CSV."""
        lines = (
            '{"session":1,"agent":"a","time":10,"action":"screen","app":"CRM","screen":null,"elements":["name","email"]}\n'
            '{"session":1,"agent":"a","time":20,"action":"change","app":"CRM","element":"vip","value":true,"required":false,"keys":2}\n'
        )
        csv = ui_log(
            '1,a,10,screen,CRM,,,,,"[""name"",""email""]"',
            "1,a,20,change,CRM,vip,true,false,2,",
            more="element,value,required,keys,elements",
        )

        assert all_rows(imported(tmp_path, csv)) == all_rows(imported(tmp_path, lines, "log.jsonl"))

    def test_column_that_appears_late(self, tmp_path: Path) -> None:
        """A column that only a later line of JSON has is empty in the lines before it."""
        lines = json_lines(ui_log(ROW)) + json_lines(ui_log(f"{ROW},7", more="keys"))

        assert [(0, None), (1, 7)] == events(imported(tmp_path, lines, "log.jsonl"), "seq", "keys")

    def test_quoted_newline_belongs_to_its_cell(self, tmp_path: Path) -> None:
        """A value over two lines is one value: copied and pasted it has one mark."""
        log = ui_log(
            '1,a,10,copy,CRM,note,"two\nlines"', '1,a,20,paste,Mail,body,"two\nlines"', '1,a,30,paste,Mail,body,"two"', more="element,value"
        )

        assert [(1,), (1,), (2,)] == events(imported(tmp_path, log), "mark")


class TestFormats:
    @pytest.mark.parametrize(
        ("content", "form"),
        [
            (LOG, "ui-log"),
            (json_lines(LOG), "ui-log"),
            (action_log({"timeStamp": "2026-11-22T09:30:00Z", "targetApp": "Excel", "eventType": "getCell"}), "action-logger"),
        ],
    )
    def test_detected(self, tmp_path: Path, content: str, form: str) -> None:
        """The format is told by the first line, and the study remembers it."""
        assert [form] == [source.format for source in imported(tmp_path, content).catalogue.sources]

    def test_named(self, tmp_path: Path) -> None:
        """A log read as a format it is not is refused by the column that format needs."""
        fault = refusal(tmp_path, LOG, form="action-logger")

        assert (1, "the column timeStamp is missing") == (fault.line, fault.reason)

    def test_unknown_name(self, tmp_path: Path) -> None:
        """A format nobody knows is refused with those that are known, and no study is left behind."""
        with pytest.raises(ShadowError, match="csv is not a format; use auto, ui-log, action-logger"):
            import_logs([written(tmp_path, LOG)], tmp_path / "study", "csv")

        assert not (tmp_path / "study").exists()


class TestRefusedFiles:
    @pytest.mark.parametrize(
        ("content", "line", "reason"),
        [
            ("", None, "the file is empty"),
            ("\n \n", None, "the file is empty"),
            (ui_log(), None, "the log has a header and no event"),
            (f"mon,{SURNAME},1000,focus,CRM\n" * 3, 1, "is not a log of a known format"),
            ("\x00\x01\x02" * 9, 1, "is not text"),
            (ui_log(ROW, "mon,anna,\0,focus,CRM"), 3, "is not text"),
            (ui_log(ROW).encode() + f"mon,anna,5,focus,S\xf8ren {SURNAME}".encode("latin-1"), 3, "is not UTF-8 text"),
            (ui_log(ROW).encode("utf-16"), 1, "is not UTF-8 text"),
            (ui_log(ROW, f"mon,anna,2000,{SURNAME}"), 3, "has 4 columns where the header has 5"),
            (ui_log(ROW, f"{ROW},{SURNAME}"), 3, "has 6 columns where the header has 5"),
            (ui_log(ROW, f'mon,anna,2000,focus,"{SURNAME}'), 3, "the file ends inside a quoted field"),
            (ui_log(ROW, f'mon,anna,2000,focus,"{SURNAME}"x'), 3, "is not valid CSV"),
            (ui_log(f'{ROW},"{SURNAME}\n{SURNAME}\n"', f"{ROW},,1", more="value"), 5, "has 7 columns where the header has 6"),
            (ui_log(f'{ROW},"\n\n",1', "mon,anna,x,focus,CRM,,", more="value,keys"), 5, "time cannot be read as a time"),
            (ui_log(ROW, 'mon,anna,x,focus,"\n\n"'), 3, "time cannot be read as a time"),
            (ui_log(ROW, 'mon,anna,1,focus,"' + SURNAME * (1 << 18)), 3, "holds a field of over 1 MiB, so a quote is probably not closed"),
        ],
    )
    def test_csv(self, tmp_path: Path, content: str | bytes, line: int | None, reason: str) -> None:
        """A CSV that cannot be read is refused at the line where the fault begins."""
        fault = refusal(tmp_path, content)

        assert (line, reason) == (fault.line, fault.reason)

    @pytest.mark.parametrize(
        ("last", "reason"),
        [
            (f'{{"session": "{SURNAME}', "is not a JSON object"),
            (f'["{SURNAME}"]', "is not a JSON object"),
            (f'{{"session": {{"{SURNAME}": 1}}}}', "session holds a nested value"),
            (f'{{"session": "mon", "value": ["{SURNAME}"]}}', "value holds a nested value"),
            (f'{{"session": "mon", "{SURNAME} 1": ["x"]}}', "(not a name) holds a nested value"),
            (json_lines(ui_log(f"{ROW},x", more="colour")), "the column colour is not known"),
            (json_lines(ui_log(f"{ROW},x", more="row")), "the column row is not known"),
            (json_lines(ui_log("mon,anna,,focus,CRM")), "time is empty"),
            (json_lines("session,agent,action,app\nmon,anna,focus,CRM"), "time is empty"),
        ],
    )
    def test_json_lines(self, tmp_path: Path, last: str, reason: str) -> None:
        """A line of JSON that cannot be read is refused by its number, an unknown column by the first line that has it."""
        fault = refusal(tmp_path, json_lines(ui_log(ROW, ROW)) + last, "log.jsonl")

        assert (3, reason) == (fault.line, fault.reason)

    @pytest.mark.parametrize("kept", [-1, -4, -9, 40])
    def test_gzip_that_breaks_off(self, tmp_path: Path, kept: int) -> None:
        """A gzip file that was cut off anywhere is refused; the rows before the cut are not taken."""
        whole = gzip.compress("".join([LOG, *(f"mon,anna,{n * n * 7919 % 99991},focus,CRM,,,{n}\n" for n in range(3000))]).encode())

        assert "the file breaks off or is damaged" == refusal(tmp_path, whole[:kept]).reason

    def test_gzip_that_is_damaged(self, tmp_path: Path) -> None:
        """A gzip file with a changed byte is refused, not half read."""
        whole = bytearray(gzip.compress(LOG.encode()))
        whole[14] ^= 0xFF

        assert "the file breaks off or is damaged" == refusal(tmp_path, bytes(whole)).reason

    def test_source_that_is_no_file(self, tmp_path: Path) -> None:
        """A folder, and a path where nothing is, are refused by their path."""
        for source, why in (
            (tmp_path, "cannot be read (Is a directory)"),
            (tmp_path / "gone", "cannot be read (No such file or directory)"),
        ):
            with pytest.raises(SourceError) as caught:
                import_logs([source], tmp_path / "study")
            assert (str(source), None, why) == (caught.value.file, caught.value.line, caught.value.reason)


class TestRefusedHeaders:
    @pytest.mark.parametrize(
        ("header", "reason"),
        [
            ("session,time,action,app", "the column agent is missing"),
            ("session,agent,time,action,app,colour", "the column colour is not known"),
            ("session,agent,time,action,app,row", "the column row is not known"),
            ("session,agent,time,action,app,line", "the column line is not known"),
            ("session,agent,time,action,app,", "the column (not a name) is not known"),
            (f"session,agent,time,action,app,Anna {SURNAME}", "the column (not a name) is not known"),
            ("session,agent,time,action,app,app", "the column app is there twice"),
        ],
    )
    def test_by_name(self, tmp_path: Path, header: str, reason: str) -> None:
        """A missing, unknown or doubled column is refused by its name at the header's line, blank lines before it counted."""
        row = ",".join(["1"] * len(header.split(",")))
        fault = refusal(tmp_path, f"\n{header}\n{row}\n")

        assert (2, reason) == (fault.line, fault.reason)

    def test_first_row_of_values(self, tmp_path: Path) -> None:
        """A log without a header, read as a named format, is refused by the column it lacks: its values are not taken for names."""
        fault = refusal(tmp_path, f"mon,{SURNAME},1000,focus,CRM\n" * 2, form="ui-log")

        assert (1, "the column session is missing") == (fault.line, fault.reason)
