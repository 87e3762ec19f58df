"""Damages documents in many ways, the same for the same seed: bytes, and what kinds are made of."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping

NUMBERS = (
    b"0", b"-1", b"1", b"255", b"65535", b"65536", b"1048577", b"2147483647", b"2147483648",
    b"4294967295", b"9223372036854775807", b"18446744073709551616", b"1e308", b"1e999999",
    b"0.0000001", b"NaN", b"-0", b"9" * 400,
)  # fmt: skip
WORDS = (
    "\u202e", "\u200b", "\ufeff", "\x00", "\x1b[31m", "\ud7ff", "\U0010ffff", "é", "e\u0301",
    "Robert'); DROP TABLE x;--", "<img src=x onerror=alert(1)>", "[red]x[/red]", "=cmd|'/c x'!A1",
    "%s%n%x", "{0.__class__}", "../../x", "\r\n", "\u2028", '"', "'", "A" * 5000,
)  # fmt: skip
ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
    b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
)
Change = Callable[[random.Random, bytes], bytes]


def mutant(data: bytes, name: str, pool: Mapping[str, bytes], seed: int) -> bytes:
    """A damaged copy of the sample `name`; `pool` holds all samples, for splicing."""
    dice = random.Random(seed)
    ways = _ways(name)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        if dice.random() < 0.08:
            other = pool[dice.choice(sorted(pool))]
            data = _spliced(dice, data, other)
        else:
            data = dice.choice(ways)(dice, data)
    return data[:5_000_000]


def _ways(name: str) -> tuple[Change, ...]:
    kind = name.rsplit(".", 1)[-1]
    if kind in ("xlsx", "ods", "docx"):
        return (_bytes, _in_archive, _in_archive, _in_archive, _archive_shape)
    if kind == "pdf":
        return (_bytes, _pdf_numbers, _pdf_references, _pdf_stream, _pdf_shape)
    return (_bytes, _text, _text, _nested)


def _bytes(dice: random.Random, data: bytes) -> bytes:
    """Flip, overwrite, cut out, double, insert or cut short."""
    if not data:
        return b"\x00"
    at = dice.randrange(len(data))
    long = min(len(data) - at, dice.choice((1, 2, 8, 64, 700)))
    piece = data[at : at + long]
    match dice.randrange(7):
        case 0:
            return data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]
        case 1:
            return data[:at] + dice.randbytes(long) + data[at + long :]
        case 2:
            return data[:at] + data[at + long :]
        case 3:
            return data[:at] + piece * dice.choice((2, 3, 50)) + data[at + long :]
        case 4:
            return data[:at] + dice.choice(NUMBERS) + data[at:]
        case 5:
            return data[:at]
        case _:
            filled = bytes([dice.choice((0, 255, 32))]) * long
            return data[:at] + filled + data[at + long :]


def _spliced(dice: random.Random, one: bytes, other: bytes) -> bytes:
    return one[: dice.randrange(len(one) + 1)] + other[dice.randrange(len(other) + 1) :]


def _replaced(
    dice: random.Random, data: bytes, pattern: bytes, new: Callable[[bytes], bytes]
) -> bytes:
    """One to three of a pattern's finds, put otherwise."""
    found = list(re.finditer(pattern, data))
    if not found:
        return _bytes(dice, data)
    for match in sorted(
        dice.sample(found, min(len(found), dice.choice((1, 1, 3)))), key=lambda m: -m.start()
    ):
        data = data[: match.start()] + new(match.group()) + data[match.end() :]
    return data


def _text(dice: random.Random, data: bytes) -> bytes:
    match dice.randrange(6):
        case 0:
            return _replaced(dice, data, rb"\d+", lambda _: dice.choice(NUMBERS))
        case 1:
            word = dice.choice(WORDS).encode("utf-8", "surrogatepass")
            return _replaced(dice, data, rb"[A-Za-z_]{3,}", lambda _: word)
        case 2:
            return _replaced(dice, data, rb"[\"'(){}\[\],;:\n\t]", lambda _: b"")
        case 3:
            mark = dice.choice((b'"', b"'", b"(", b"{", b"\n", b"/*", b"--", b"`", b"\\", b","))
            return _replaced(dice, data, rb"\b", lambda _: mark)
        case 4:
            lines = data.split(b"\n")
            line = dice.choice(lines)
            return b"\n".join([*lines, *[line] * dice.choice((1, 20, 2000))])
        case _:
            lines = data.split(b"\n")
            dice.shuffle(lines)
            return b"\n".join(lines)


def _nested(dice: random.Random, data: bytes) -> bytes:
    """One thing within itself, many times over."""
    many = dice.choice((50, 1_000, 30_000))
    left, right = dice.choice(
        ((b"(", b")"), (b"[", b"]"), (b'{"a":', b"}"), (b"/*", b"*/"), (b"CASE WHEN ", b" END"),
         (b'{"properties":{"a":', b"}}"), (b"<a>", b"</a>"), (b"NOT ", b""), (b"-", b""))
    )  # fmt: skip
    at = dice.randrange(len(data) + 1)
    return data[:at] + left * many + right * many + data[at:]


def _parts(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {part.filename: archive.read(part) for part in archive.infolist()[:60]}
    except Exception:  # noqa: BLE001 - a damaged archive, which is what is wanted
        return {}


def _packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _in_archive(dice: random.Random, data: bytes) -> bytes:
    parts = _parts(data)
    if not parts:
        return _bytes(dice, data)
    likely = [n for n in parts if re.search(r"sheet\d|shared|workbook\.|content|document\.", n)]
    name = dice.choice(likely if likely and dice.random() < 0.8 else sorted(parts))
    parts[name] = dice.choice((_xml, _xml, _xml, _text, _bytes))(dice, parts[name])
    return _packed(parts)


def _xml(dice: random.Random, data: bytes) -> bytes:
    match dice.randrange(8):
        case 0:
            return _replaced(dice, data, rb'(?<==")[^"]*(?=")', lambda _: dice.choice(NUMBERS))
        case 1:
            elements = re.findall(rb"<[A-Za-z:]+[^<>]*>[^<]*</[A-Za-z:]+>", data) or [b"<a/>"]
            element = dice.choice(elements) * dice.choice((1, 3, 500))
            return _replaced(dice, data, rb"(?<=>)(?=<)", lambda _: element)
        case 2:
            return _replaced(dice, data, rb"</[^>]*>", lambda _: b"")
        case 3:
            word = dice.choice(WORDS).encode("utf-8", "surrogatepass")
            return _replaced(dice, data, rb"(?<=>)[^<>]+(?=<)", lambda _: word)
        case 4:
            return re.sub(rb"(<\?xml[^>]*\?>)?", rb"\g<0>" + dice.choice(ENTITIES), data, count=1)
        case 5:
            name = dice.choice(re.findall(rb"<([A-Za-z:]+)", data) or [b"a"])
            deep = dice.choice((30, 300, 20_000))
            nest = b"<%s>" % name * deep + b"</%s>" % name * deep
            return _replaced(dice, data, rb"(?<=>)(?=<)", lambda _: nest)
        case 6:
            return _replaced(dice, data, rb'\s[\w:]+="[^"]*"', lambda _: b"")
        case _:
            return _replaced(dice, data, rb"<[A-Za-z:]+", lambda tag: tag + b"x")


def _archive_shape(dice: random.Random, data: bytes) -> bytes:
    """Parts missing, under other names, in one another's place, or lying of their size."""
    parts = _parts(data)
    if len(parts) < 2:
        return _bytes(dice, data)
    one, other = dice.sample(sorted(parts), 2)
    match dice.randrange(5):
        case 0:
            del parts[one]
        case 1:
            parts[one], parts[other] = parts[other], parts[one]
        case 2:
            parts[one.upper() if dice.random() < 0.5 else "../" + one] = parts.pop(one)
        case 3:
            parts[one] = parts[one] * dice.choice((2, 40))
        case _:
            packed = bytearray(_packed(parts))
            headers = [m.start() for m in re.finditer(rb"PK\x01\x02|PK\x03\x04", bytes(packed))]
            at = dice.choice(headers) + dice.choice((6, 8, 10, 18, 20, 22, 24, 26, 28, 42))
            packed[at : at + 2] = dice.randbytes(2)
            return bytes(packed)
    return _packed(parts)


def _pdf_numbers(dice: random.Random, data: bytes) -> bytes:
    return _replaced(dice, data, rb"(?<=[ \[])\d+(?:\.\d+)?(?=[ \]\n/])",
                     lambda _: dice.choice(NUMBERS))  # fmt: skip


def _pdf_references(dice: random.Random, data: bytes) -> bytes:
    """Objects that lead elsewhere: to themselves, to their parents, to nothing."""
    objects = re.findall(rb"(?m)^(\d+) 0 obj", data) or [b"1"]
    return _replaced(dice, data, rb"\d+ 0 R", lambda _: dice.choice([*objects, b"99"]) + b" 0 R")


def _pdf_stream(dice: random.Random, data: bytes) -> bytes:
    """What is inside a packed stream, damaged and packed again."""
    found = list(re.finditer(rb"stream\r?\n(.*?)endstream", data, re.DOTALL))
    if not found:
        return _bytes(dice, data)
    match = dice.choice(found)
    body = match.group(1)
    try:
        inner = zlib.decompress(body)
        body = zlib.compress(dice.choice((_bytes, _text, _nested))(dice, inner))
    except zlib.error:
        body = dice.choice((_bytes, _text))(dice, body)
    return data[: match.start(1)] + body + data[match.end(1) :]


def _pdf_shape(dice: random.Random, data: bytes) -> bytes:
    keys = (b"/Kids", b"/Parent", b"/Contents", b"/Resources", b"/Font", b"/Filter", b"/Length",
            b"/Type", b"/MediaBox", b"/Pages", b"/Encoding", b"/Root", b"/Count",
            b"/DecodeParms", b"/Prev", b"/Encrypt", b"/ObjStm")  # fmt: skip
    match dice.randrange(3):
        case 0:
            new = dice.choice(keys)
            return _replaced(dice, data, rb"/[A-Z][A-Za-z]+", lambda _: new)
        case 1:
            return _replaced(dice, data, rb"endobj|endstream|xref|startxref|obj|>>|<<|\]|\[",
                             lambda _: b"")  # fmt: skip
        case _:
            objects = re.findall(rb"\d+ 0 obj.*?endobj", data, re.DOTALL) or [b""]
            return data + b"\n" + dice.choice(objects)
