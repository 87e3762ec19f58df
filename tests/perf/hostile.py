"""What hostile documents cost: outcome, seconds and memory of the process that read each.

    python tests/perf/hostile.py

Every line must end as a reading or one message, within 20 s of a processor and 1 GiB; pages are
drawn too, first (with the process's start) and warm.  Returns 1 when a line does not.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit"))

from specs import test_hostile_archives as archives  # noqa: E402
from specs import test_hostile_pdfs as pdfs  # noqa: E402
from specs import test_hostile_texts as texts  # noqa: E402
from specs.hostile import PARTS, SHEET, book, edited, packed  # noqa: E402

from caseload.model.errors import BadInput  # noqa: E402
from caseload.model.progress import CancelToken, SilentProgress  # noqa: E402
from caseload.specs.page_picture import PageDrawer  # noqa: E402
from caseload.specs.sandbox import Used, read_documents  # noqa: E402

MOST_SECONDS, MOST_MB = 20.0, 1_074.0


def main() -> int:
    """Print a line for each document, then the pictures; returns the exit code."""
    broken = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'document':<52} {'cpu s':>7} {'wall s':>7} {'MB':>6}  outcome")
        for title, make in documents():
            path = make(folder)
            broken += not told(title, path)
            path.unlink()
    pictures()
    print(f"{broken} beyond {MOST_SECONDS:.0f} s or {MOST_MB:.0f} MB, or without one clear message")
    return 1 if broken else 0


def documents() -> Iterator[tuple[str, Callable[[Path], Path]]]:
    """Each document's title and how to make it in a folder."""
    for kind, (make, main_part) in PARTS.items():
        bomb = {**make(), main_part: make()[main_part] + b" " * 80_000_000}
        yield f"{kind}: bomb", lambda d, k=kind, b=bomb: packed(d / f"x.{k}", b)
        many = {**make(), **{f"p/{n}": b"" for n in range(20_000)}}
        yield f"{kind}: 20,000 parts", lambda d, k=kind, m=many: packed(d / f"x.{k}", m, 0)
        for title, prolog in (("laughs", archives.LAUGHS), ("quadratic", archives.QUADRATIC)):
            use = "&a9;" * (10_000 if title == "quadratic" else 1)
            parts = archives.with_entity(kind, prolog, use)
            yield f"{kind}: {title}", lambda d, k=kind, p=parts: packed(d / f"x.{k}", p)
    yield "xlsx: a million empty rows", empty_rows
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    corner = edited("xlsx", b"</sheetData>", far + b"</sheetData>")
    yield "xlsx: a cell at the far corner", lambda d: packed(d / "x.xlsx", corner)
    for what, make_pdf in {**pdfs.READABLE, **pdfs.ODD, **pdfs.BOMBS}.items():
        yield f"pdf: {what}", lambda d, m=make_pdf: m(d / "x.pdf")
    yield "csv: 1 GB", lambda d: texts.sparse(d / "x.csv", 1_000_000_000)
    yield "csv: 55 MB of data", data
    yield (
        "sql: 45 MB of tables",
        lambda d: texts.written(
            d / "x.sql", "CREATE TABLE T (A INTEGER NOT NULL, B VARCHAR(40));\n" * 800_000
        ),
    )
    yield (
        "sql: two million brackets",
        lambda d: texts.written(
            d / "x.sql", f"CREATE TABLE T (A INT CHECK ({'(' * 2_000_000}1{')' * 2_000_000}));"
        ),
    )
    yield "json: two million brackets", lambda d: texts.written(d / "x.json", "[" * 2_000_000)
    itself = {"allOf": [{"$ref": "#/$defs/ODD"}, {"$ref": "#/$defs/ODD"}]}
    yield (
        "json: a schema of itself",
        lambda d: texts.written(d / "x.json", texts.schema(ODD=itself)),
    )


def empty_rows(folder: Path) -> Path:
    parts = book()
    rows = b"".join(b'<row r="%d"><c r="A%d"/></row>' % (n, n) for n in range(10, 1_000_000))
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")
    return packed(folder / "x.xlsx", parts)


def data(folder: Path) -> Path:
    lines = (f"{n},M,1950-01-01,High Street {n},AB{n} 1CD,07700 9{n:05}\n" for n in range(800_000))
    return texts.written(folder / "x.csv", "No,Sex,Born,Street,Post,Phone\n" + "".join(lines))


def told(title: str, path: Path) -> bool:
    """Read a document and print what came of it; whether it stayed within the bars."""
    used, began = Used(), time.perf_counter()
    try:
        asked = [(path, path.name)]
        (reading,) = read_documents(asked, SilentProgress(), CancelToken(), used=used)
        said, clear = f"{sum(len(t.fields) for t in reading.tables)} fields", True
    except BadInput as error:
        said, clear = error.what[:70], path.name in error.where
    wall = time.perf_counter() - began
    print(
        f"{title:<52} {used.cpu_seconds:>7.2f} {wall:>7.2f} {used.memory_mb:>6.0f}  {said}",
        flush=True,
    )
    return clear and used.cpu_seconds <= MOST_SECONDS and used.memory_mb <= MOST_MB


def pictures() -> None:
    """Print how long pages of the shipped guide take to draw."""
    guide = next(iter(sorted((ROOT / "requirement_spec").glob("*.pdf"))))
    drawer = PageDrawer()
    times = []
    for page in (1, 2, 3, 20, 21, 22, 23, 60, 61, 62):
        began = time.perf_counter()
        drawer.draw(guide, page, 900)
        times.append((time.perf_counter() - began) * 1000)
    drawer.close()
    warm = sorted(times[1:])
    print(f"a page of 900 px: first {times[0]:.0f} ms, warm median {warm[len(warm) // 2]:.0f} ms,"
          f" worst {warm[-1]:.0f} ms")  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
