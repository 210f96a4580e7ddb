"""The decoding grepper proves itself before anything is searched with it: what it finds nothing in is clean."""

from __future__ import annotations

import base64
import bz2
import csv
import gzip
import hashlib
import html
import io
import json
import lzma
import sqlite3
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.privacy.canary import Grepper, secret, word

SECRET = secret("control")
OTHER = secret("never planted")
AROUND = "the words around it, and 2026-11-22 09:30: "

Plant = Callable[[str], bytes]


def _csv(text: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(["a", text.replace(" ", ' "'), "b"])
    return out.getvalue().encode()


def _zip(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("plain.txt", text)
    return out.getvalue()


def _zip_name(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"{text}.txt", "nothing")
    return out.getvalue()


def _parquet(frame: pl.DataFrame, **options: object) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, **options)
    return out.getvalue()


def _sqlite(text: str) -> bytes:
    con = sqlite3.connect(":memory:")
    con.execute("CREATE TABLE t (a)")
    # Longer than a page: the text lies on two of them.
    con.execute("INSERT INTO t VALUES (?)", ["x" * 4000 + text])
    con.commit()
    content = con.serialize()
    con.close()
    return content


def _with_duckdb(statement: str, text: str, name: str, folder: Path) -> bytes:
    path = folder / name
    with duckdb.connect(str(folder / "t.duckdb")) as con:
        con.execute("CREATE TABLE t AS SELECT $1 || ' ' || (i % 3) AS a FROM range(5000) AS r(i)", [text])
        if statement:
            con.execute(statement.format(path))
    return path.read_bytes()


def _zstd_alone(text: str) -> bytes:
    """A Parquet file cut off before its footer: only the packed pages are left."""
    whole = _parquet(pl.DataFrame({"a": [f"{text} {i}" for i in range(500)]}), compression="zstd", statistics=False, row_group_size=100)
    return whole[:-2000] if len(whole) > 4000 else whole[: len(whole) // 2]


def _quoted_keys(text: str) -> str:
    return json.dumps(list(text))


FORMS: dict[str, Plant] = {
    "utf-8": str.encode,
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "utf-16, odd place": lambda text: b"\xff" + text.encode("utf-16-le"),
    "latin-1": lambda text: text.encode("latin-1"),
    "NFC": lambda text: unicodedata.normalize("NFC", text).encode(),
    "NFD": lambda text: unicodedata.normalize("NFD", text).encode(),
    "casefolded": lambda text: text.casefold().encode(),
    "upper case": lambda text: text.upper().encode(),
    "reversed": lambda text: text[::-1].encode(),
    "JSON": lambda text: json.dumps(text).encode(),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)).encode(),
    "\\x escapes": lambda text: text.encode("unicode_escape"),
    "HTML names": lambda text: (
        html.escape(text.replace("å", "&aring;").replace("ø", "&oslash;"), quote=False).replace("&amp;", "&").encode()
    ),
    "HTML numbers": lambda text: text.encode("ascii", "xmlcharrefreplace"),
    "HTML in JSON": lambda text: json.dumps(text.encode("ascii", "xmlcharrefreplace").decode()).encode(),
    "URL": lambda text: urllib.parse.quote(text).encode(),
    "URL, plus signs": lambda text: urllib.parse.quote_plus(text).encode(),
    "URL, latin-1": lambda text: urllib.parse.quote(text, encoding="latin-1").encode(),
    "CSV": _csv,
    "single keys": lambda text: _quoted_keys(text).encode(),
    "split across lines": lambda text: "\r\n".join(text[i : i + 4] for i in range(0, len(text), 4)).encode(),
    "base64, first place": lambda text: base64.b64encode(text.encode()),
    "base64, second place": lambda text: base64.b64encode(b"x" + text.encode()),
    "base64, third place": lambda text: base64.b64encode(b"xy" + text.encode()),
    "base64, url-safe": lambda text: base64.urlsafe_b64encode(b"\xff\xfe\xff" + text.encode()).rstrip(b"="),
    "base64, within a word": lambda text: b"word" + b"x" + base64.b64encode(text.encode()),
    "base64, in lines": lambda text: base64.encodebytes((AROUND * 3 + text).encode()),
    "base64 of utf-16": lambda text: base64.b64encode(text.encode("utf-16-le")),
    "hex": lambda text: text.encode().hex().encode(),
    "hex, upper case": lambda text: b"f" + text.encode().hex().upper().encode(),
    "six letters of the first word": lambda text: text[1:7].encode(),
    "six letters of the second word": lambda text: text.split()[1][2:8].encode(),
    "six letters, in base64": lambda text: base64.b64encode((AROUND + text[2:8]).encode()),
    "zlib": lambda text: zlib.compress(text.encode()),
    "zlib after other bytes": lambda text: b"\0" * 9 + zlib.compress(text.encode(), 9),
    "zlib, broken off": lambda text: zlib.compress((text + " " + AROUND * 200).encode(), 0)[:200],
    "gzip": lambda text: gzip.compress(text.encode()),
    "bz2": lambda text: bz2.compress(text.encode()),
    "xz": lambda text: lzma.compress(text.encode()),
    "zip": _zip,
    "name in a zip": _zip_name,
    "gzip in zip": lambda text: _zip(base64.b64encode(gzip.compress(text.encode())).decode()),
    "Parquet": lambda text: _parquet(pl.DataFrame({"a": [text] * 9})),
    "Parquet, lists": lambda text: _parquet(pl.DataFrame({"a": [[text, None], []]})),
    "Parquet, bytes": lambda text: _parquet(pl.DataFrame({"a": [text.encode()]})),
    "Parquet, name of a column": lambda text: _parquet(pl.DataFrame({text: [1]})),
    "Parquet, metadata": lambda text: _parquet(pl.DataFrame({"a": [1]}), metadata={"note": text}),
    "Parquet, broken off": _zstd_alone,
    "SQLite": _sqlite,
}

DIGESTS: dict[str, Plant] = {
    "md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().encode(),
    "sha1": lambda text: hashlib.sha1(text.casefold().encode(), usedforsecurity=False).hexdigest().encode(),
    "sha256": lambda text: b'{"a": "' + hashlib.sha256(text.encode()).hexdigest().upper().encode() + b'"}',
    "sha256, raw": lambda text: b"\0\xff" + hashlib.sha256(text.encode()).digest(),
    "sha256, base64": lambda text: base64.b64encode(hashlib.sha256(text.encode()).digest()),
    "sha256 of a word": lambda text: hashlib.sha256(text.split()[0].encode()).hexdigest().encode(),
    "blake2b": lambda text: hashlib.blake2b(text.encode()).hexdigest().encode(),
    "blake2b, 16 bytes": lambda text: hashlib.blake2b(text.encode(), digest_size=16).hexdigest().encode(),
    "blake2b, Parquet": lambda text: _parquet(pl.DataFrame({"a": [hashlib.blake2b(text.encode(), digest_size=16).digest()]})),
    "crc32": lambda text: f'{{"a": {zlib.crc32(text.encode())}}}'.encode(),
}


@pytest.fixture(name="grepper", scope="module")
def _grepper() -> Grepper:
    return Grepper({"control": SECRET})


@pytest.mark.parametrize("form", FORMS)
def test_finds_every_form(form: str, grepper: Grepper) -> None:
    """A secret is found in whatever form it is written, and another secret in the same form is not taken for it."""
    assert ["here: control"] == grepper.search(FORMS[form](SECRET), "here")
    assert [] == grepper.search(FORMS[form](OTHER))


@pytest.mark.parametrize("form", [form for form in FORMS if not form.startswith(("six letters", "Parquet", "SQLite", "zip", "name"))])
def test_finds_every_form_in_the_midst_of_a_gzip(form: str, grepper: Grepper) -> None:
    """A form is found between other words and packed, too."""
    around = AROUND.encode("utf-16-le") if "utf-16" in form and "base64" not in form else AROUND.encode()

    assert ["control"] == [found.strip(": ") for found in grepper.search(gzip.compress(around + FORMS[form](SECRET) + around))]


@pytest.mark.parametrize("digest", DIGESTS)
def test_finds_every_unkeyed_digest(digest: str, grepper: Grepper) -> None:
    """A digest that could be tried out against a list of names is found; that of another text is not taken for it."""
    assert ["here: control"] == grepper.search(DIGESTS[digest](SECRET), "here")
    assert [] == grepper.search(DIGESTS[digest](OTHER))


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("", "t.duckdb"),
        ("COPY t TO '{}' (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd)", "t.parquet"),
        ("COPY t TO '{}' (FORMAT csv, COMPRESSION zstd)", "t.csv.zst"),
    ],
)
def test_finds_what_duckdb_wrote(statement: str, name: str, grepper: Grepper, tmp_path: Path) -> None:
    """A secret is found in a database of DuckDB, in the Parquet it writes, and under zstd."""
    assert ["here: control"] == grepper.search(_with_duckdb(statement, SECRET, name, tmp_path), "here")


def test_finds_one_plain_word(grepper: Grepper) -> None:
    """A secret without accents, blanks or digits, as it stands in a path, is found; and nothing is found in the words around it."""
    path = f"/customers/{word('path')}/orders".encode()

    assert [": path"] == Grepper({"path": word("path")}).search(path)
    assert [] == grepper.search(AROUND.encode())


def test_searches_names_and_bytes_of_a_tree(grepper: Grepper, tmp_path: Path) -> None:
    """Names of folders count as much as what is in a file; what was planted on purpose is left out."""
    (tmp_path / f"of {SECRET}").mkdir()
    (tmp_path / "a.txt").write_text(SECRET, "utf-8")
    (tmp_path / "planted.txt").write_text(SECRET, "utf-8")

    assert ["a.txt: control", f"name of of {SECRET}: control"] == grepper.search_tree(tmp_path, without=[tmp_path / "planted.txt"])


def test_finds_nothing_in_what_holds_nothing(grepper: Grepper, root: Path) -> None:
    """The sample logs, and half a megabyte of somebody's program, hold no fragment of a secret: a find is no accident."""
    import plotly.offline  # noqa: PLC0415 - heavy

    assert [] == grepper.search((root / "sample_sessions" / "agent-1.csv.gz").read_bytes())
    assert [] == grepper.search(plotly.offline.get_plotlyjs()[:500_000].encode())
