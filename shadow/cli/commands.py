"""The commands, one library call each. Everything heavy is imported inside the command that needs it, so that help stays quick."""

from __future__ import annotations

import contextlib
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Optional

import typer

from shadow.cli.choices import JsonOption, Language, StudyArgument
from shadow.cli.config import config
from shadow.cli.custody import review, withdraw
from shadow.cli.doctor import doctor
from shadow.cli.group import ShadowGroup
from shadow.cli.progress import Progress
from shadow.cli.recording import record
from shadow.cli.talk import NO_INPUT, QUIET, is_quiet, note, print_json
from shadow.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.loading import LoadedStudy

__all__ = ["app"]

OUTPUT_HELP: Final = "Where to write the report; may be given more than once. Default: report.html, report.pdf and report.xlsx."

app = typer.Typer(
    name="shadow",
    cls=ShadowGroup,
    help="Agent shadowing: find where the minutes go beside a customer-service agent, and which small integration would save them.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,  # rich help doubles the start-up time
    pretty_exceptions_enable=False,  # locals could show recorded data
    context_settings={"help_option_names": ["-h", "--help"]},
)


class LogFormat(StrEnum):
    """Formats that `import` reads."""

    auto = "auto"
    ui_log = "ui-log"
    action_logger = "action-logger"


class By(StrEnum):
    """What friction is shown by."""

    screen = "screen"
    field = "field"
    app = "app"


def _version(asked: bool) -> None:
    if asked:
        from shadow import __version__

        print(f"shadow {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say no notes and no progress, only errors. May stand after the command.")
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Never ask: stop where an answer is needed. May stand after the command.")
    ] = False,
) -> None:
    del version
    QUIET.set(quiet)
    NO_INPUT.set(no_input)


@app.command("init")
def init(study: StudyArgument) -> None:
    """Make a study folder with a commented study.toml and the key pair that opens what is released to it."""
    from shadow.study import create_study
    from shadow.study_keys import give_keys

    was_there = (study / "study.toml").exists()
    place = give_keys(create_study(study).folder)
    if place is None:
        print(f"{study} is a study already; nothing was changed")
        return
    if was_there:
        print(f"{study} is a study already; its key pair was made, and study.toml has the public half")
    else:
        print(f"made {study}; edit {study / 'study.toml'}, then record or import logs")
    if place.file is None:
        print("the secret half of its key pair is in the system keyring of this machine; only here can released sessions be opened")
    else:
        print(f"there is no system keyring here, so the secret half of its key pair lies in {place.file}, readable by you alone")
        print(f"keep a copy of it in a safe place, and leave {study / 'keys'} behind when you bring the study to an agent's PC")


@app.command("import")
def import_(
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCE...", help="Released sessions; logs, CSV or JSON Lines, plain or .gz.")],
    study: Annotated[Path, typer.Option("--study", metavar="STUDY", help="The study folder; made if it is none yet.")],
    form: Annotated[LogFormat, typer.Option("--format", help="Format of the logs.")] = LogFormat.auto,
) -> None:
    """Bring released sessions and logs into a study: all of them or none."""
    from shadow.interop.importing import import_logs

    result = import_logs(sources, study, form.value, progress=note)
    for path in result.already_there:
        print(f"{path} was imported before; nothing changed")
    if result.sources:
        logs = result.sources - result.recorded
        what = [_n(n, thing) for n, thing in ((logs, "log"), (result.recorded, "recorded session")) if n]
        print(f"imported {' and '.join(what)}: {_n(result.sessions, 'session')}, {_n(result.events, 'event')} into {study}")


app.command("record")(record)
app.command("review")(review)


@app.command("cases")
def cases(
    study: StudyArgument,
    json: JsonOption = False,
    events: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time
        typer.Option("--events", metavar="FILE.csv", help="Also write session,seq,case for every row of the logs."),
    ] = None,
) -> None:
    """Show how the log was cut into cases."""
    from analysis.results import cases_document, event_cases

    with _loaded(study) as loaded:
        document = cases_document(loaded)
        if events is not None:
            write_whole(events, event_cases(loaded).write_csv().encode())
    if events is not None:
        note(f"wrote {events}")
    _show(document, json=json)


@app.command("friction")
def friction(
    study: StudyArgument,
    by: Annotated[By, typer.Option("--by", help="What to show it by.")] = By.screen,
    json: JsonOption = False,
) -> None:
    """Show where the time goes and which steps repeat."""
    from analysis.results import friction_document

    with _loaded(study) as loaded:
        document = friction_document(loaded, by.value)
    _show(document, json=json, kind=f"friction {by.value}")


@app.command("reentry")
def reentry(
    study: StudyArgument,
    possible: Annotated[bool, typer.Option("--possible", help="Show the doubtful pairs, too.")] = False,
    json: JsonOption = False,
) -> None:
    """Show the fields re-entered across systems."""
    from analysis.results import reentry_document

    with _loaded(study) as loaded:
        document = reentry_document(loaded, possible=possible)
    _show(document, json=json)


@app.command("rank")
def rank(study: StudyArgument, json: JsonOption = False) -> None:
    """Rank integrations by the minutes they would save per case."""
    from analysis.results import rank_document

    with _loaded(study) as loaded:
        document = rank_document(loaded)
    _show(document, json=json)


@app.command("report")
def report(
    study: StudyArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write it: .html, .pdf, .xlsx or .pptx.")],
    lang: Annotated[Optional[Language], typer.Option("--lang", help="Its language; default: study.toml.")] = None,  # noqa: UP045
    interactive: Annotated[bool, typer.Option("--interactive", help="Add an appendix of charts to explore (5 MB).")] = False,
) -> None:
    """Write the report a client acts on, as a page, a PDF, a workbook or slides."""
    from analysis.study_result import study_result
    from shadow.report import form_of, render

    form = form_of(output)
    with _loaded(study) as loaded:
        result = study_result(loaded)
    write_whole(output, render(result, form, lang=lang.value if lang else result["study"]["language"], interactive=interactive))
    print(f"wrote {output}")


app.command("withdraw")(withdraw)
app.command("doctor")(doctor)
app.command("config")(config)


@app.command("demo")
def demo(
    output: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Option("-o", "--output", metavar="FILE", help=OUTPUT_HELP),
    ] = None,
    study: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--study", metavar="STUDY", help="Keep the study in this folder; default: a temporary one."),
    ] = None,
    lang: Annotated[Language, typer.Option("--lang", help="Language of the report.")] = Language.en,
) -> None:
    """Run the whole chain on the sample sessions, ending with a report."""
    from shadow.cli.demo import REPORTS, run_demo
    from shadow.report import form_of, render

    outputs = output or list(REPORTS)
    forms = [form_of(path) for path in outputs]
    with _progress() as progress:
        result = run_demo(study, progress.note)
        contents = [render(result, form, lang=lang.value) for form in forms]
    for path, content in zip(outputs, contents, strict=True):
        write_whole(path, content)
        print(f"wrote {path.resolve()}")


@contextlib.contextmanager
def _loaded(study: Path) -> Iterator[LoadedStudy]:
    """The study, while something is made of it; what is being done is said as long as that takes."""
    from analysis.loading import load_study
    from shadow.study import open_study

    with _progress() as progress, contextlib.closing(load_study(open_study(study), progress)) as loaded:
        yield loaded


def _progress() -> Progress:
    return Progress(sys.stderr, quiet=is_quiet())


def _show(document: dict[str, Any], *, json: bool, kind: str | None = None) -> None:
    """The document as JSON, or as a table with its warnings on stderr."""
    if json:
        print_json(document)
        return
    from shadow.cli.tables import print_table

    print_table(document, kind or document["command"])
    for warning in document["warnings"]:
        note(f"note: {warning['message']}")


def _n(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
