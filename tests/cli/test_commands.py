"""Contracts, section 1: what the commands do, say and leave, as seen from the shell."""

from __future__ import annotations

import gzip
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import big_log, shadow, start_shadow, wait_for_staging

HEADER = "session,agent,time,action,app,screen,element,value\n"
ROW = "s,a,1000,change,CRM,Customer,name,Ann\n"

BytesOf = Callable[[Path], dict[str, str]]


def test_init_makes_a_study_once(tmp_path: Path) -> None:
    """`init` leaves a commented study.toml and says where; on a study it changes nothing and says so."""
    first = shadow("init", "new/study", cwd=tmp_path)
    toml = tmp_path / "new" / "study" / "study.toml"
    toml.write_text(toml.read_text("utf-8") + "\n# mine\n", "utf-8")
    second = shadow("init", "new/study", cwd=tmp_path)

    assert (0, "") == (first.returncode, first.stderr)
    assert "study.toml" in first.stdout
    assert (0, "new/study is a study already; nothing was changed\n") == (second.returncode, second.stdout)
    assert toml.read_text("utf-8").endswith("# mine\n")


def test_init_leaves_another_folder_alone(tmp_path: Path) -> None:
    """A folder that holds other things does not become a study."""
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    ran = shadow("init", ".", cwd=tmp_path)

    assert (1, "") == (ran.returncode, ran.stdout)
    assert ["mine.txt"] == [path.name for path in tmp_path.iterdir()]


def test_import_makes_the_study_and_says_what_it_took_in(small_log: Path) -> None:
    """`import` into a folder that is none yet makes it a study; the result is on stdout, what is being done on stderr."""
    ran = shadow("import", small_log.name, "--study", "fresh", cwd=small_log.parent)

    assert 0 == ran.returncode
    assert "imported 1 log: 2 sessions, 5 events into fresh\n" == ran.stdout
    assert "reading small.csv\n" == ran.stderr
    assert (small_log.parent / "fresh" / "study.toml").is_file()


def test_importing_twice_changes_nothing(small_study: Path, small_log: Path, bytes_of: BytesOf) -> None:
    """A source that was imported before is recognised, under another name too, and every byte of the study stays."""
    before = bytes_of(small_study)
    copy = small_log.rename(small_log.with_name("copy.csv"))
    ran = shadow("import", copy, "--study", small_study, cwd=small_study.parent)

    assert (0, f"{copy} was imported before; nothing changed\n") == (ran.returncode, ran.stdout)
    assert before == bytes_of(small_study)


@pytest.mark.parametrize(
    ("text", "line", "reason", "remedy"),
    [
        (HEADER + ROW + "s,a,now,change,CRM,,,\n", ":3", "time cannot be read as a time", "ISO 8601"),
        (HEADER + ROW + "s,a,2,jump,CRM,,,\n", ":3", "action is not a known word", "use one of: focus"),
        (HEADER + ROW + "s,a,2\n", ":3", "has 3 columns where the header has 8", "mend the row"),
        (HEADER.replace("value", "speed") + ROW, ":1", "the column speed is not known", "remove it"),
        (HEADER.replace("agent", "screen") + ROW, ":1", "the column agent is missing", "must be there"),
        (HEADER, "", "the log has a header and no event", "at least one event"),
        ("", "", "the file is empty", "give a log"),
        ("a,b\n1,2\n", ":1", "is not a log of a known format", "ui-log begins with"),
        ('{"session": "s"\n', ":1", "is not a JSON object", "one JSON object a line"),
    ],
)
def test_a_refused_import_leaves_the_study_as_it_was(  # noqa: PLR0913, PLR0917 - a table of cases
    text: str, line: str, reason: str, remedy: str, small_study: Path, bytes_of: BytesOf
) -> None:
    """A bad log among good ones is refused in one line (file, line, reason, remedy), and every byte of the study stays."""
    before = bytes_of(small_study)
    place = small_study.parent
    (place / "good.csv").write_text(HEADER + ROW, "utf-8")
    (place / "bad.log").write_text(text, "utf-8")
    ran = shadow("import", "good.csv", "bad.log", "--study", "small", cwd=place)
    *progress, refusal = ran.stderr.splitlines()

    assert (1, "") == (ran.returncode, ran.stdout)
    assert ["reading good.csv", "reading bad.log"] == progress
    assert refusal.startswith(f"error: bad.log{line}: {reason}")
    assert remedy in refusal
    assert before == bytes_of(small_study)


def test_a_refused_import_makes_no_study(tmp_path: Path) -> None:
    """A study that an import made for itself is gone again when the import is refused."""
    (tmp_path / "bad.csv").write_text(HEADER, "utf-8")
    ran = shadow("import", "bad.csv", "--study", "deep/new", cwd=tmp_path)

    assert 1 == ran.returncode
    assert ["bad.csv"] == [path.name for path in tmp_path.rglob("*")]


def test_import_reads_gzip_and_forced_formats(tmp_path: Path) -> None:
    """A compressed log is read as it is; a format that is named is not guessed."""
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress((HEADER + ROW).encode()))
    wrong = shadow("import", "log.csv.gz", "--study", "s", "--format", "action-logger", cwd=tmp_path)
    right = shadow("import", "log.csv.gz", "--study", "s", "--format", "ui-log", cwd=tmp_path)

    assert (1, 0) == (wrong.returncode, right.returncode)
    assert "the column timeStamp is missing" in wrong.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to one program")
def test_ctrl_c_during_an_import_leaves_the_study_as_it_was(small_study: Path, bytes_of: BytesOf) -> None:
    """An import that is interrupted clears up after itself, says that nothing was changed and exits with 1."""
    before = bytes_of(small_study)
    program = start_shadow("import", big_log(small_study.parent / "big.csv"), "--study", small_study, cwd=small_study.parent)
    wait_for_staging(small_study, program)
    program.send_signal(signal.SIGINT)
    said, noted = program.communicate()

    assert (1, "") == (program.returncode, said)
    assert "stopped; nothing was changed" == noted.splitlines()[-1]
    assert before == bytes_of(small_study)
    assert [] == list(small_study.glob("store/.staging-*"))


@pytest.mark.parametrize("command", ["friction", "rank"])
def test_tables_go_to_stdout(command: str, study: Path) -> None:
    """Without --json a table for people is on stdout and what to keep in mind on stderr, a line each."""
    ran = shadow(command, study, cwd=study.parent)

    assert 0 == ran.returncode
    assert "3 agents, 3 sessions, " in ran.stdout.splitlines()[0]
    assert len(ran.stdout.splitlines()) > 3
    assert [] == [line for line in ran.stderr.splitlines() if not line.startswith("note: ")]


@pytest.mark.parametrize("agreed", [False, True])
def test_report_of_one_agent_needs_the_agent_to_agree(small_study: Path, agreed: bool) -> None:  # noqa: FBT001
    """Figures of one or two agents are refused in one line, without a file, unless study.toml says that they agreed."""
    toml = small_study / "study.toml"
    toml.write_text(toml.read_text("utf-8").replace("agents_agreed = false", f"agents_agreed = {str(agreed).lower()}"), "utf-8")
    ran = shadow("report", small_study, "-o", "out.html", cwd=small_study.parent)

    assert agreed == (small_study.parent / "out.html").exists()
    if agreed:
        assert (0, "wrote out.html\n", "") == (ran.returncode, ran.stdout, ran.stderr)
    else:
        assert (1, "", 1) == (ran.returncode, ran.stdout, len(ran.stderr.splitlines()))
        assert "agents_agreed" in ran.stderr


@pytest.mark.parametrize("output", ["a file/out.html", "folder.html", "out.docx"])
def test_a_report_that_cannot_be_written_is_one_line(output: str, small_study: Path) -> None:
    """An output that cannot be is refused in one line that names it; nothing is left behind."""
    place = small_study.parent
    (small_study / "study.toml").write_text("[report]\nagents_agreed = true\n", "utf-8")
    (place / "a file").write_text("", "utf-8")
    (place / "folder.html").mkdir()
    # What an analysis keeps is there after the first one.
    shadow("report", small_study, "-o", "made.html", cwd=place)
    before = sorted(place.rglob("*"))
    ran = shadow("report", small_study, "-o", output, cwd=place)

    assert (1, "") == (ran.returncode, ran.stdout)
    assert ran.stderr.startswith(f"error: {output} ")
    assert 1 == len(ran.stderr.splitlines())
    assert before == sorted(place.rglob("*"))


def test_report_of_three_agents_in_another_language(study: Path) -> None:
    """`--lang` sets the language of the page."""
    ran = shadow("report", study, "-o", "nb.html", "--lang", "nb", cwd=study.parent)

    assert (0, "wrote nb.html\n", "") == (ran.returncode, ran.stdout, ran.stderr)
    assert '<html lang="nb"' in (study.parent / "nb.html").read_text("utf-8")


def test_demo_writes_its_reports_where_it_is_run(tmp_path: Path) -> None:
    """`shadow demo` in any folder ends with a page, a PDF and a workbook there and leaves nothing else."""
    ran = shadow("demo", cwd=tmp_path)
    names = ["report.html", "report.pdf", "report.xlsx"]

    assert (0, "".join(f"wrote {tmp_path / name}\n" for name in names)) == (ran.returncode, ran.stdout)
    assert names == sorted(path.name for path in tmp_path.iterdir())
    assert [b"<!", b"%P", b"PK"] == [(tmp_path / name).read_bytes()[:2] for name in names]
    assert "Traceback" not in ran.stderr


def test_demo_writes_what_it_is_told_to(tmp_path: Path) -> None:
    """-o may be given more than once; a name without a form is refused before anything is done, and --quiet tells no steps."""
    refused = shadow("demo", "-o", "a.html", "-o", "b.docx", cwd=tmp_path)
    assert (1, "") == (refused.returncode, refused.stdout)
    assert refused.stderr.startswith("error: b.docx has no ending")
    assert [] == list(tmp_path.iterdir())

    ran = shadow("demo", "-o", "a.html", "-o", "b.html", "--quiet", cwd=tmp_path)
    assert (0, "") == (ran.returncode, ran.stderr)
    assert ["a.html", "b.html"] == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["impotr"], "did you mean import?"),
        (["friction", "study", "--by", "day"], "'screen', 'field', 'app'"),
        (["cases"], "missing argument 'STUDY'"),
        (["import", "--study", "study"], "missing argument 'SOURCE...'"),
        (["import", "log.csv"], "missing option '--study'"),
        (["report", "study", "-o", "r.html", "--lang", "fi"], "'en', 'da', 'nb', 'sv'"),
        (["rank", "study", "--jsno"], "--json"),
    ],
)
def test_bad_usage_exits_with_2(args: list[str], said: str, tmp_path: Path) -> None:
    """What was typed wrong is told on stderr, with what would be right; nothing is done."""
    ran = shadow(*args, cwd=tmp_path)

    assert (2, "") == (ran.returncode, ran.stdout)
    assert said in ran.stderr
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "args",
    [
        ["cases", "none"],
        ["rank", "none", "--json"],
        ["report", "none", "-o", "r.html"],
        ["init", "a file/x"],
        ["import", "none", "--study", "s"],
    ],
)
def test_what_is_not_there_is_one_line(args: list[str], tmp_path: Path) -> None:
    """A study or a log that is not there is an error of one line, with exit code 1 and nothing made."""
    (tmp_path / "a file").write_text("", "utf-8")
    ran = shadow(*args, cwd=tmp_path)

    assert (1, "", 1) == (ran.returncode, ran.stdout, len(ran.stderr.splitlines()))
    assert ran.stderr.startswith("error: ")
    assert "unexpected" not in ran.stderr
    assert ["a file"] == [path.name for path in tmp_path.iterdir()]


def test_an_empty_study_says_what_to_do(tmp_path: Path) -> None:
    """A study without sessions has nothing to show: one line with the next command."""
    shadow("init", "study", cwd=tmp_path)
    ran = shadow("rank", "study", "--json", cwd=tmp_path)

    assert (1, "") == (ran.returncode, ran.stdout)
    assert "shadow import LOG --study study" in ran.stderr


@pytest.mark.parametrize("command", ["init", "import", "cases", "friction", "reentry", "rank", "report", "demo"])
def test_every_command_has_help(command: str, tmp_path: Path) -> None:
    """`shadow COMMAND --help` tells on stdout what it does."""
    ran = shadow(command, "--help", cwd=tmp_path)

    assert (0, "") == (ran.returncode, ran.stderr)
    assert f"Usage: shadow {command}" in ran.stdout
