"""Logs with a secret in every channel that must not leave, and broken logs whose faults could be told by quoting one."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.privacy.canary import secret, word

# Labels, element ids, names of applications and screens and notes are kept on purpose (contracts, sections 3 and 5): nothing is planted there.
CHANNELS: Final = (
    "typed", "pasted", "copied", "selected", "blurred", "input", "password", "session", "agent", "case", "user", "url query", "url fragment",
    "url id", "url user", "workbook", "title", "inner text", "inner html", "href", "option", "checked", "clipboard", "cell", "content", "bad row",
)  # fmt: skip
WORDS: Final = ("url customer", "url password")
SECRETS: Final = {channel: secret(channel) for channel in CHANNELS} | {channel: word(channel) for channel in WORDS}

CASES: Final = 14
UI_COLUMNS: Final = (
    "session", "agent", "time", "action", "app", "screen", "element", "label", "role", "value", "keys", "x", "y", "case", "note", "elements",
)  # fmt: skip
LOGGER_COLUMNS: Final = (
    "caseID", "timeStamp", "userID", "targetApp", "eventType", "url", "content", "target.workbookName", "target.sheetName", "target.id",
    "target.className", "target.tagName", "target.type", "target.name", "target.value", "target.innerText", "target.checked", "target.href",
    "target.option", "target.title", "target.innerHTML",
)  # fmt: skip

Row = dict[str, object]


def _of(channel: str, case: int = 0) -> str:
    return f"{SECRETS[channel]} {case * 7919 % 1000}"


def ui_rows(session: str) -> Iterator[Row]:
    """Cases in which a customer is looked up, copied over and typed again."""
    for case in range(CASES):
        steps = [
            ("screen", "CRM", "Customer", "", "", "", {"elements": ["name", "phone", "city"]}),
            ("focus", "CRM", "Customer", "name", "entry", _of("typed", case), {}),
            ("copy", "CRM", "Customer", "name", "entry", _of("copied", case), {}),
            ("click", "CRM", "Customer", "search", "button", "", {"x": 10, "y": 20}),
            ("focus", "CRM", "Customer", "pin", "password", _of("password"), {}),
            ("change", "CRM", "Customer", "pin", "password", _of("password"), {"keys": 9}),
            ("switch", "Billing", "Invoice", "", "", "", {}),
            ("paste", "Billing", "Invoice", "buyer", "entry", _of("copied", case), {}),
            ("focus", "Billing", "Invoice", "contact", "entry", "", {}),
            ("input", "Billing", "Invoice", "contact", "entry", _of("input", case), {"keys": 20}),
            ("change", "Billing", "Invoice", "contact", "entry", _of("typed", case), {}),
            ("paste", "Billing", "Invoice", "address", "text", _of("pasted", case), {}),
            ("select", "Billing", "Invoice", "kind", "combo", _of("selected"), {}),
            ("blur", "Billing", "Invoice", "kind", "combo", _of("blurred"), {}),
            ("mark", "Billing", "Invoice", "", "", "", {"note": "this form again"}),
            ("submit", "Billing", "Invoice", "send", "button", "", {}),
        ]
        for step, (action, app, screen, element, role, value, more) in enumerate(steps):
            yield {
                "session": _of("session", len(session)), "agent": SECRETS["agent"], "time": (case * 100 + step * 3) * 1000, "action": action,
                "app": app, "screen": screen, "element": element, "label": element.capitalize(), "role": role, "value": value,
                "case": _of("case", case), **more,
            }  # fmt: skip


def logger_rows() -> Iterator[Row]:
    """The same work as the Action Logger writes it, from a sheet into a web form."""
    for case in range(CASES):
        url = (
            f"https://{SECRETS['url user'].split()[0]}:p@{word('url password')}@crm.example.com:8443/customers/{word('url customer')}/"
            f"{SECRETS['url id']}/edit?q={_of('url query')}#{_of('url fragment')}"
        )
        page = {
            "targetApp": "Chrome", "url": url, "target.title": _of("title", case), "target.innerText": _of("inner text", case),
            "target.innerHTML": f"<b>{_of('inner html', case)}</b>", "target.href": f"https://crm.example.com/{_of('href')}",
        }  # fmt: skip
        sheet = {"targetApp": "Excel", "target.workbookName": f"{SECRETS['workbook']}.xlsx", "target.sheetName": "Ark1"}
        field = {"target.tagName": "INPUT", "target.type": "text"}
        steps: list[Row] = [
            {**sheet, "eventType": "getCell", "target.id": f"A{case + 2}", "target.value": _of("cell", case), "content": _of("content", case)},
            {"targetApp": "OS-Clipboard", "eventType": "copy", "content": _of("clipboard", case)},
            {**sheet, "eventType": "editCell", "target.id": f"B{case + 2}", "target.value": _of("cell", case)},
            {**page, "eventType": "navigate_to"},
            {**page, **field, "eventType": "paste", "target.id": "name", "content": _of("clipboard", case), "target.value": _of("cell", case)},
            {**page, **field, "eventType": "editField", "target.name": "nick", "target.value": word("url customer")},
            {**page, "eventType": "editField", "target.id": "pin", "target.tagName": "INPUT", "target.type": "password", "target.value": _of("password")},
            {**page, "eventType": "selectOptions", "target.id": "kind", "target.tagName": "SELECT", "target.option": _of("option")},
            {**page, "eventType": "clickCheckbox", "target.id": "vip", "target.tagName": "INPUT", "target.type": "checkbox", "target.checked": _of("checked")},
            {**page, "eventType": "clickLink", "target.id": "more", "target.tagName": "A", "target.value": _of("content")},
            {**page, "eventType": "clickButton", "target.id": "save", "target.tagName": "BUTTON", "target.type": "submit"},
        ]  # fmt: skip
        for step, row in enumerate(steps):
            second = case * 100 + step * 4
            time = f"2026-11-22T09:{second // 60:02}:{second % 60:02}.000+01:00"
            yield {"caseID": _of("case", case), "timeStamp": time, "userID": SECRETS["user"], **row}


def as_csv(columns: tuple[str, ...], rows: Iterator[Row]) -> str:
    """Rows as CSV with a header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows({**row, **({"elements": json.dumps(row["elements"])} if "elements" in row else {})} for row in rows)
    return out.getvalue()


def as_json_lines(rows: Iterator[Row]) -> str:
    """Rows as JSON Lines, letters of other alphabets escaped."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def good_logs(folder: Path) -> list[Path]:
    """One log of each kind, of two agents."""
    texts = {
        "ui.csv": as_csv(UI_COLUMNS, ui_rows("one")),
        "ui.jsonl": as_json_lines(ui_rows("second")),
        "logger.csv": as_csv(LOGGER_COLUMNS, logger_rows()),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in texts]


def bad_logs(folder: Path) -> list[Path]:
    """Logs that must be refused, each with a secret just where it is broken."""
    for name, content in _bad_contents():
        (folder / name).write_bytes(content)
    return sorted(folder.iterdir())


def _bad_contents() -> Iterator[tuple[str, bytes]]:
    bad = SECRETS["bad row"]
    good: Row = {"session": "s", "agent": "a", "time": "1000", "action": "change", "app": "CRM", "element": "name", "value": bad}
    wrong: list[Row] = [{column: bad} for column in ("time", "action", "role", "keys", "x", "y", "note", "elements")]
    wrong += [
        {"time": f"2026-11-22T09:30:00 {bad}"}, {"keys": f"-5 {bad}"}, {"agent": bad}, {"time": "2026-11-22T09:30:00+01:00"}, {"time": ""},
        {"action": "screen", "elements": f'["{bad}", 1]'}, {"action": "screen", "elements": f'["{bad}'},
    ]  # fmt: skip
    for number, change in enumerate(wrong):
        rows = [good, {**good, **change}]
        yield f"ui-{number}.csv", as_csv(UI_COLUMNS, iter(rows)).encode()
        yield f"ui-{number}.jsonl", as_json_lines(iter(rows)).encode()
    for column in ("timeStamp", "eventType"):
        row: Row = {"timeStamp": "2026-11-22T09:30:00+01:00", "userID": bad, "targetApp": "Excel", "eventType": "getCell", column: bad}
        yield f"logger-{column}.csv", as_csv(LOGGER_COLUMNS, iter([row])).encode()
    csv_text, line = as_csv(UI_COLUMNS, iter([good])), json.dumps(good, ensure_ascii=False)
    header, _, row_text = csv_text.partition("\r\n")
    yield "no header.csv", f"{bad},{bad},1000,change,CRM\r\n".encode()
    yield "column too many.csv", (csv_text + row_text.strip() + f",{bad}\r\n").encode()
    yield "column too few.csv", (csv_text + f"{bad},{bad}\r\n").encode()
    yield "value as column.csv", f"{header},{bad}\r\n{row_text.strip()},x\r\n".encode()
    yield "column lacking.csv", f"session,agent,time,{bad}\r\ns,a,1,x\r\n".encode()
    yield "value as logger column.csv", f"timeStamp,targetApp,eventType,{bad}\r\n2026-11-22T09:30:00+01:00,Excel,getCell,x\r\n".encode()
    yield "open quote.csv", (csv_text + f's,a,1,change,CRM,"{bad}').encode()
    yield "stray quote.csv", (csv_text + row_text.replace(bad, f'"{bad}"x')).encode()
    yield "undecodable.csv", csv_text.encode() + bad.encode("latin-1") + b"\r\n"
    yield "undecodable.jsonl", line.encode() + b"\n" + line.encode("latin-1") + b"\n"
    yield "not text.csv", csv_text.encode() + bad.encode("utf-16") + b"\r\n"
    yield "broken line.jsonl", f"{line}\n{line[:-9]}\n".encode()
    yield "no object.jsonl", f'{line}\n["{bad}"]\n'.encode()
    yield "value as key.jsonl", f"{line}\n{json.dumps({**good, bad: 1})}\n".encode()
    yield "nested.jsonl", f"{line}\n{json.dumps({**good, 'value': {bad: bad}})}\n".encode()
    yield "nested in a value.jsonl", f"{line}\n{json.dumps({**good, bad: {bad: bad}})}\n".encode()
    yield "neither.csv", f"{bad}\n{bad}\n".encode()
    yield "cut off.csv.gz", gzip.compress(csv_text.encode() * 50, mtime=0)[:-30]
