"""
The decoding grepper: finds planted secrets in bytes, however they are written or packed.

    bytes ──unpack──> bytes (again)      zlib gzip bz2 xz zip zstd, base64, hex
      │  └──tables──> text               Parquet, SQLite, DuckDB: every text, name and comment
      └─────read────> text ──unescape──> text ──letters and digits only──> any six of a secret in a row, forwards or backwards

Letters and digits only, so that case, accents written in one or two characters, line breaks, quotes and lists of single keys make no
difference. Source: the project's reference on trust, section 3.1.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import hashlib
import html
import io
import lzma
import random
import re
import sqlite3
import string
import tempfile
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import duckdb
import polars as pl
from polars import selectors

FRAGMENT: Final = 6
# Six figures in a row turn up by chance among measurements.
FRAGMENT_OF_FIGURES: Final = 8
# So much of a digest is no accident, and a shortened digest is one still.
DIGEST_PREFIX: Final = 8
DEEPEST: Final = 4
UNPACKED_AT_MOST: Final = 1 << 26
# Alphabet of the secrets: rare together, with letters that fall apart in NFD and one that does not.
LETTERS: Final = "bcdfghjkmpqvwxzåöøæyu"
ENCODINGS: Final = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_HEX = re.compile(rb"[0-9A-Fa-f]{12,}")
_SIGNS_OF_PACKING = re.compile(rb"x[\x01\x5e\x9c\xda]|\x1f\x8b\x08|BZh[1-9]1AY|\xfd7zXZ\0|PK\x03\x04|\x28\xb5\x2f\xfd")
# Accents on their own, and the signs of general punctuation (dashes, quotes, blanks without width).
_UNSEEN = re.compile(rb"\xcc[\x80-\xbf]|\xcd[\x80-\xaf]|\xe2\x80[\x80-\xbf]")
_LOWER = bytes.maketrans(string.ascii_uppercase.encode(), string.ascii_lowercase.encode())
_BETWEEN = bytes(set(range(128)) - set((string.ascii_letters + string.digits).encode()))
_ASCII_RUN = re.compile(rb"[\x20-\x7e]{12,}")
_JSON_ESCAPE = re.compile(r"\\u\{?([0-9A-Fa-f]{4})\}?|\\x([0-9A-Fa-f]{2})|\\[nrtbf]")


def secret(channel: str) -> str:
    """The secret of a channel: two words that no language has and a number, the same in every run."""
    chance = random.Random(channel)
    first, second = ("".join(chance.choices(LETTERS, k=8)).capitalize() for _ in range(2))
    return f"{first}å {second}ø {chance.randrange(10**5, 10**6)}"


def word(channel: str) -> str:
    """The secret of a channel that takes one plain word: ten lower-case ASCII letters."""
    return "".join(random.Random(channel).choices("bcdfghjkmpqvwxzyu", k=10))


class Grepper:
    """
    Searches bytes and files for secrets and for digests of them.

    Args:

        secrets: The planted texts, by the channel each was planted in.
    """

    def __init__(self, secrets: dict[str, str]) -> None:
        self._fragments: dict[str, str] = {}
        for channel, text in secrets.items():
            for fragment in _fragments(text):
                self._fragments[fragment] = self._fragments[fragment[::-1]] = channel
        self._patterns = list(self._fragments)
        self._digests = {digest: channel for channel, text in secrets.items() for digest in _digests(text)}
        self._numbers = {checksum: channel for channel, text in secrets.items() for checksum in _checksums(text)}

    def search_tree(self, folder: Path, without: Iterable[Path] = ()) -> list[str]:
        """Finds in every file below a folder, and in the names of files and folders: `path: channel`."""
        spared = set(without)
        found = []
        for path in sorted(folder.rglob("*")):
            if spared.isdisjoint((path, *path.parents)):
                found += self.search(path.name.encode(), f"name of {path.relative_to(folder)}")
                found += self.search(path.read_bytes(), str(path.relative_to(folder))) if path.is_file() else []
        return found

    def search(self, content: bytes, where: str = "") -> list[str]:
        """Finds in some bytes, unpacked as far as they go: `where: channel`, each channel once."""
        channels = {channel for layer in _layers(content) for channel in self._in_layer(layer)}
        return [f"{where}: {channel}" for channel in sorted(channels)]

    def _in_layer(self, layer: bytes) -> Iterator[str]:
        for reading in _readings(layer):
            found = pl.Series([_letters(reading)]).str.extract_many(self._patterns).item().to_list()
            yield from (self._fragments[fragment] for fragment in found)
        yield from self._digests_in(layer)

    def _digests_in(self, layer: bytes) -> Iterator[str]:
        # A text holds no raw digest; one in hexadecimal or base64 was unpacked into a layer of its own.
        if not _is_text(layer):
            yield from (self._digests[layer[i : i + DIGEST_PREFIX]] for i in _places_of(layer, self._digests))
        for number in re.findall(rb"(?<![0-9.])[0-9]{8,10}(?![0-9.])", layer):
            if int(number) in self._numbers:
                yield self._numbers[int(number)]


# ---- the secret in its many forms


def _fragments(text: str) -> Iterator[str]:
    letters = _letters(text)
    for start in range(len(letters)):
        fragment = letters[start : start + FRAGMENT]
        if fragment.isdigit():
            fragment = letters[start : start + FRAGMENT_OF_FIGURES]
            if len(fragment) == FRAGMENT_OF_FIGURES:
                yield fragment
        elif len(fragment) == FRAGMENT:
            yield fragment


def _spellings(text: str) -> set[bytes]:
    """Ways in which a program could write the whole text or one of its words before it hashes it."""
    parts = {text, *text.split(), _letters(text)}
    cased = {shape for part in parts for shape in (part, part.casefold(), part.upper(), f'"{part}"')}
    normal = {unicodedata.normalize(form, shape) for shape in cased for form in ("NFC", "NFD")}
    return {shape.encode(encoding, "ignore") for shape in normal for encoding in ENCODINGS if len(shape) >= FRAGMENT}


def _digests(text: str) -> Iterator[bytes]:
    """The first bytes of every unkeyed digest of the text."""
    for spelling in _spellings(text):
        for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256"):
            yield hashlib.new(name, spelling, usedforsecurity=False).digest()[:DIGEST_PREFIX]
        for size in (8, 16, 20, 32, 64):
            yield hashlib.blake2b(spelling, digest_size=size).digest()[:DIGEST_PREFIX]
        yield hashlib.blake2s(spelling).digest()[:DIGEST_PREFIX]


def _checksums(text: str) -> Iterator[int]:
    for spelling in _spellings(text):
        yield from (number for number in (zlib.crc32(spelling), zlib.adler32(spelling)) if number >= 10**7)


# ---- bytes to text


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _readings(content: bytes) -> set[str]:
    """The bytes as text, in every encoding they could be in, with and without escapes."""
    if content.isascii():
        return set(_unescaped(content.decode()))
    readings = {content.decode("utf-8", "replace"), content.decode("latin-1")}
    if _is_text(content):
        readings.update(_unescaped(content.decode()))
    else:
        # Escapes are there to write letters in ASCII, so among other bytes they stand in runs of it.
        readings.update(_unescaped(b"\n".join(_ASCII_RUN.findall(content)).decode()))
        readings |= {content[start:].decode(encoding, "replace") for encoding in ("utf-16-le", "utf-16-be") for start in (0, 1)}
    return readings


def _unescaped(text: str) -> Iterator[str]:
    """The text as it is, and without the escapes of JSON, HTML and addresses, singly and one within the other."""
    yield text
    yield urllib.parse.unquote(text, encoding="latin-1")
    steps = (_without_json_escapes, html.unescape, urllib.parse.unquote)
    yield from (step(text) for step in steps)
    for step in steps * 2:
        text = step(text)
    yield text


def _without_json_escapes(text: str) -> str:
    if "\\" not in text:
        return text

    def plain(escape: re.Match[str]) -> str:
        code = escape[1] or escape[2]
        return chr(int(code, 16)) if code else " "

    return _JSON_ESCAPE.sub(plain, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _letters(text: str) -> str:
    """Letters and digits, casefolded, without accents and without whatever stands between them."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).casefold()
    return _UNSEEN.sub(b"", text.encode("utf-8", "replace").translate(_LOWER, _BETWEEN)).decode()


def _places_of(content: bytes, wanted: dict[bytes, str]) -> Iterator[int]:
    return (i for i in range(len(content) - DIGEST_PREFIX + 1) if content[i : i + DIGEST_PREFIX] in wanted)


# ---- bytes to bytes


def _layers(content: bytes) -> Iterator[bytes]:
    """The bytes, and everything that is packed in them, once each."""
    seen: set[bytes] = set()
    waiting = [(content, 0)]
    while waiting:
        layer, depth = waiting.pop()
        digest = hashlib.sha256(layer).digest()
        if len(layer) < FRAGMENT or digest in seen:
            continue
        seen.add(digest)
        yield layer
        if depth < DEEPEST:
            waiting += [(inner, depth + 1) for inner in (*_unpacked(layer), *_decoded(layer), *_tables(layer))]


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What is compressed anywhere in the bytes, as far as it can be read."""
    for sign in _SIGNS_OF_PACKING.finditer(content):
        packed, kind = memoryview(content)[sign.start() :], sign[0][:2]
        if kind == b"PK":
            yield from _zip_members(packed)
        elif kind == b"\x28\xb5":
            yield from _zstd(packed)
        else:
            yield from _stream(packed, kind)


def _stream(packed: memoryview, kind: bytes) -> Iterator[bytes]:
    if kind == b"BZ":
        reader = bz2.BZ2Decompressor()
    elif kind == b"\xfd7":
        reader = lzma.LZMADecompressor()
    else:
        reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    plain = b""
    try:
        # In small bites, so that what comes before a damage is read.
        for start in range(0, len(packed), 4096):
            plain += reader.decompress(packed[start : start + 4096])
            if reader.eof or len(plain) > UNPACKED_AT_MOST:
                break
    except (zlib.error, OSError, lzma.LZMAError, EOFError):
        pass
    if plain:
        yield plain


def _zip_members(packed: memoryview) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            yield "\n".join([archive.comment.decode("latin-1"), *archive.namelist()]).encode()
            yield from (archive.read(name) for name in archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error):
        return


def _zstd(packed: memoryview) -> Iterator[bytes]:
    """Python has no zstd before 3.14; polars reads a text file packed with it, whatever the text."""
    frame = packed[: _zstd_end(packed)]
    try:
        lines = pl.read_csv(
            io.BytesIO(frame), has_header=False, separator="\x01", quote_char=None, encoding="utf8-lossy", infer_schema=False,
            truncate_ragged_lines=True,
        )  # fmt: skip
    except (pl.exceptions.PolarsError, OSError):
        return
    yield "\n".join(line or "" for line in lines.to_series()).encode()


def _zstd_end(packed: memoryview) -> int:
    """Where a zstd frame ends. Source: RFC 8878, section 3.1.1."""
    flags = packed[4] if len(packed) > 4 else 0
    single, checksum, dictionary, size = flags >> 5 & 1, flags >> 2 & 1, (0, 1, 2, 4)[flags & 3], flags >> 6
    place = 5 + (not single) + dictionary + (single if size == 0 else 1 << size)
    last = False
    while not last and place + 3 <= len(packed):
        block = int.from_bytes(packed[place : place + 3], "little")
        last = bool(block & 1)
        place += 3 + (1 if block >> 1 & 3 == 1 else block >> 3)
    return place + 4 * checksum


def _decoded(content: bytes) -> Iterator[bytes]:
    """What stands in base64 or hexadecimal, also across lines, and from each place in a run, so that its start need not be known."""
    for text in (content, re.sub(rb"\s+", b"", content)):
        runs = [run.translate(_URL_SAFE) for run in _BASE64.findall(text)]
        yield b"\0".join(_from_base64(run[start:]) for start in range(4) for run in runs)
        yield b"\0".join(_from_hex(run[start:]) for start in range(2) for run in _HEX.findall(text))


def _from_base64(run: bytes) -> bytes:
    # One letter over is no byte; fewer than four with the padding left off are.
    whole = run[: len(run) - (len(run) % 4 == 1)]
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _from_hex(run: bytes) -> bytes:
    return binascii.unhexlify(run[: len(run) // 2 * 2])


# ---- tables to text


def _tables(content: bytes) -> Iterator[bytes]:
    if content[:4] == b"PAR1":
        yield from _parquet(content)
    elif content[:15] == b"SQLite format 3":
        yield from _sqlite(content)
    elif content[8:12] == b"DUCK":
        yield from _duckdb(content)


def _parquet(content: bytes) -> Iterator[bytes]:
    """Every text of a Parquet file, and its metadata; a file that breaks off has its pages searched as packed bytes only."""
    try:
        frame = pl.read_parquet(io.BytesIO(content))
        yield _as_text(list(pl.read_parquet_metadata(io.BytesIO(content)).items()))
    except pl.exceptions.PolarsError:
        return
    for column in frame.select(~selectors.numeric()):
        yield _as_text([column.name, *column.unique().to_list()])


def _sqlite(content: bytes) -> Iterator[bytes]:
    con = sqlite3.connect(":memory:")
    try:
        con.deserialize(content)
        schema = con.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        yield _as_text(schema)
        for name, _ in schema:
            yield _as_text(con.execute(f'SELECT * FROM "{name}"').fetchall())  # noqa: S608 - a table of the file
    except sqlite3.DatabaseError:
        return
    finally:
        con.close()


def _duckdb(content: bytes) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.duckdb"
        path.write_bytes(content)
        try:
            with duckdb.connect(path, read_only=True) as con:
                tables = con.execute("SELECT schema_name, table_name, sql, comment FROM duckdb_tables()").fetchall()
                yield _as_text(tables)
                for schema, name, _, _ in tables:
                    yield _as_text(con.execute(f'SELECT * FROM "{schema}"."{name}"').fetchall())  # noqa: S608 - same
        except duckdb.Error:
            return


def _as_text(values: object) -> bytes:
    """All that is in some nested values, as text; bytes as the letters they may be."""
    if isinstance(values, (list, tuple)):
        return b"\n".join(_as_text(value) for value in values)
    if isinstance(values, dict):
        return b"\n".join(_as_text(item) for item in values.items())
    if isinstance(values, bytes):
        return values
    return b"" if values is None else str(values).encode("utf-8", "replace")
