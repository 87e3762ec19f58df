"""Facts as a field writes them: dates in its form, codes of its side, cut to its size."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from caseload.mockdata.frames import DAY, EMPTY, Bytes, Fact, FactKind, Frame, Ints, Values
from caseload.mockdata.lists import CodeBook, CodeList
from caseload.mockdata.streams import Streams
from caseload.model.catalog import FieldSpec, Side
from caseload.specs.meaning import FieldMeaning, Kind, Representation

_MASKS = {
    Representation.DATE: "DD/MM/YYYY",
    Representation.DATE_INT: "YYYYMMDD",
    Representation.DATETIME: "DD/MM/YYYY HH24:MI",
    Representation.DATETIME_INT: "YYYYMMDDHH24MI",
    Representation.TIME: "HH24:MI",
}
_BY_SIZE = ((16, "DD/MM/YYYY HH24:MI"), (12, "YYYYMMDDHH24MI"), (10, "DD/MM/YYYY"), (8, "YYYYMMDD"))
_EPOCH = date(1970, 1, 1)


class Speller:
    """Writes facts as the fields of one side want them."""

    def __init__(self, side: Side, frames: dict[str, Frame], codes: CodeBook) -> None:
        self._side = side
        self._frames = frames
        self._codes = codes

    def spell(self, fact: Fact, spec: FieldSpec, meaning: FieldMeaning) -> Bytes | None:
        """The values for the field; None when such a fact cannot stand in such a field."""
        kind = fact.kind
        if kind is FactKind.MOMENT:
            mask = mask_of(spec, meaning)
            return None if mask is None else moments(fact.values, mask)
        if meaning.representation in _MASKS:
            return None
        if kind is FactKind.REFERENCE:
            return self._reference(fact, spec, meaning)
        if kind is FactKind.CODE:
            return self._code(fact, spec, meaning)
        if kind is FactKind.FLAG:
            return self._flag(fact, spec, meaning)
        if kind is FactKind.HUNDREDTHS:
            return fitted(_hundredths(fact.values), spec, meaning)
        if kind is FactKind.INTEGER:
            return fitted(integers(fact.values), spec, meaning)
        if meaning.representation in (
            Representation.INTEGER,
            Representation.DECIMAL,
            Representation.FLAG,
        ):
            return None
        if meaning.representation is Representation.CODE and fact.values.dtype.itemsize > (
            spec.size or 255
        ):
            return None
        return fitted(fact.values, spec, meaning)

    def _reference(self, fact: Fact, spec: FieldSpec, meaning: FieldMeaning) -> Bytes | None:
        frame = self._frames[fact.domain]
        rows = np.where(fact.values == EMPTY, -1, fact.values)
        held = frame.facts.get("code") or frame.facts[frame.keys[0]]
        if spec.data_type in ("NUMBER", "INTEGER", "INT") and "code" in frame.facts:
            return fitted(integers(np.where(rows < 0, EMPTY, rows + 1)), spec, meaning)
        taken = held.take(rows)
        if taken.kind is FactKind.TEXT:
            size = spec.size
            if size is not None and frame.facts.get("code") and held.values.dtype.itemsize > size:
                return fitted(integers(np.where(rows < 0, EMPTY, rows + 1)), spec, meaning)
            return fitted(taken.values, spec, meaning)
        return fitted(integers(taken.values), spec, meaning)

    def _flag(self, fact: Fact, spec: FieldSpec, meaning: FieldMeaning) -> Bytes:
        known = fact.values != EMPTY
        yes, no = b"Y", b"N"
        if spec.allowed_values and len(spec.allowed_values) == 2 and "Y" not in spec.allowed_values:
            yes, no = (v.encode() for v in spec.allowed_values)
        elif meaning.representation is Representation.INTEGER:
            yes, no = b"1", b"0"
        elif meaning.representation is not Representation.FLAG and meaning.code_list:
            held = self._codes.get(meaning.code_list)
            if held is not None:
                of = np.where(fact.values == 1, held.one("yes"), held.one("no", otherwise=1))
                return self._listed(held, np.where(known, of, EMPTY), spec, meaning)
        return np.where(known, np.where(fact.values == 1, yes, no), b"")

    def _code(self, fact: Fact, spec: FieldSpec, meaning: FieldMeaning) -> Bytes:
        own = self._codes.named(fact.domain)
        wanted = self._codes.get(meaning.code_list) or own
        values = fact.values
        if wanted.name != own.name:
            place = {target: i for i, target in enumerate(wanted.targets)}
            turn = np.array(
                [place.get(t, i % len(wanted.targets)) for i, t in enumerate(own.targets)]
            )
            values = np.where(values == EMPTY, EMPTY, turn[np.maximum(values, 0)])
        return self._listed(wanted, values, spec, meaning)

    def _listed(
        self, held: CodeList, values: Ints, spec: FieldSpec, meaning: FieldMeaning
    ) -> Bytes:
        """Meanings as codes: at the source each spelling of a meaning in turn."""
        size = spec.size or 255
        if meaning.representation is Representation.FLAG:
            yes = held.one("yes", otherwise=0)
            return np.where(values == EMPTY, b"", np.where(values == yes, b"Y", b"N"))
        allowed = spec.allowed_values
        if self._side is Side.TARGET:
            texts = [
                t if not allowed or t in allowed else allowed[i % len(allowed)]
                for i, t in enumerate(held.targets)
            ]
            table = np.array([t[:size].encode() for t in texts], dtype="S")
            return np.where(values == EMPTY, b"", table[np.maximum(values, 0)])
        spellings = [
            [
                s
                for s, m in zip(held.sources, held.meaning_of, strict=True)
                if m == place and len(s) <= size
            ]
            for place in range(len(held.targets))
        ]
        spare = next((s for s in spellings if s), ["1"])
        spellings = [s or spare for s in spellings]
        counts = np.array([len(s) for s in spellings])
        first = np.cumsum(counts) - counts
        flat = np.array([s.encode() for group in spellings for s in group], dtype="S")
        place = np.maximum(values, 0)
        turn = occurrence(place) + Streams.number(spec.table_name, spec.field_name)
        return np.where(values == EMPTY, b"", flat[first[place] + turn % counts[place]])


def occurrence(values: Ints) -> Ints:
    """For each value how often it occurred before."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    new = np.r_[True, ranked[1:] != ranked[:-1]] if len(ranked) else np.empty(0, dtype=bool)
    begin = np.maximum.accumulate(np.where(new, np.arange(len(ranked)), 0))
    found = np.empty(len(values), dtype=np.int64)
    found[order] = np.arange(len(values)) - begin
    return found


def mask_of(spec: FieldSpec, meaning: FieldMeaning) -> str | None:
    """The date or time mask of a field; None when it holds neither."""
    if spec.format and re.search(r"DD|MM|HH", spec.format.upper()):
        return spec.format.upper().replace("CCYY", "YYYY")
    size = spec.size or 99
    found = _MASKS.get(meaning.representation)
    if found is not None and len(found.replace("24", "")) <= size:
        return found
    if meaning.kind is Kind.TIME:
        return "HH24:MI" if size >= 5 else "HH24MI" if size == 4 else None
    if meaning.kind is not Kind.DATE:
        return None
    return next((mask for least, mask in _BY_SIZE if size >= least), None)


def moments(values: Ints, mask: str) -> Bytes:
    """Minutes since 1970 through a mask of YYYY, MM, DD, HH24, MI, SS."""
    known = values != EMPTY
    safe = np.where(known, values, 0)
    cut = mask.find("HH")
    date_mask, time_mask = (mask, "") if cut < 0 else (mask[:cut], mask[cut:])
    parts: list[Bytes] = []
    if date_mask:
        days, place = np.unique(safe // DAY, return_inverse=True)
        texts = [_day(int(day), date_mask) for day in days]
        parts.append(np.array(texts, dtype="S")[place] if texts else np.empty(0, "S1"))
    if time_mask:
        parts.append(_minutes(time_mask)[safe % DAY])
    whole = parts[0] if len(parts) == 1 else np.char.add(parts[0], parts[1])
    return np.where(known, whole, b"")


def _day(day: int, mask: str) -> bytes:
    found = _EPOCH + timedelta(days=day)
    text = mask.replace("YYYY", f"{found.year:04d}").replace("MON", found.strftime("%b").upper())
    text = text.replace("MM", f"{found.month:02d}").replace("DD", f"{found.day:02d}")
    return text.replace("YY", f"{found.year % 100:02d}").encode()


@lru_cache(maxsize=16)
def _minutes(mask: str) -> Bytes:
    """Every minute of the day through a mask."""
    filled = mask.replace("HH24", "%02d").replace("HH", "%02d").replace("MI", "%02d")
    filled = filled.replace("SS", "00")
    hours_only = "MI" not in mask
    return np.array(
        [(filled % ((m // 60,) if hours_only else divmod(m, 60))).encode() for m in range(DAY)],
        dtype="S",
    )


def integers(values: Values) -> Bytes:
    """Whole numbers as text; EMPTY as nothing."""
    known = values != EMPTY
    return np.where(known, np.where(known, values, 0).astype("S"), b"")


def _hundredths(values: Values) -> Bytes:
    known = values != EMPTY
    safe = np.where(known, values, 0)
    text = np.char.add(
        np.char.add((safe // 100).astype("S"), b"."), np.char.mod("%02d", safe % 100).astype("S")
    )
    return np.where(known, text, b"")


def fitted(values: Values, spec: FieldSpec, meaning: FieldMeaning) -> Bytes:
    """Texts no longer than the field: identifiers keep their end, others their beginning."""
    size = spec.size
    found: Bytes = values
    if spec.upper or "upper case" in spec.description.casefold():
        found = upper(found)
    if size is None or found.dtype.itemsize <= size:
        return found
    if meaning.kind is Kind.IDENTIFIER or meaning.representation is Representation.INTEGER:
        lengths = np.char.str_len(found)
        if lengths.max(initial=0) > size:
            found = np.array([v[-size:] for v in found.tolist()], dtype="S")
        return found.astype(f"S{max(1, size)}")
    cut = found.astype(f"S{max(1, size)}")
    if len(cut) and (cut.view(np.uint8) > 127).any():
        return np.array([v.decode(errors="ignore").encode() for v in cut.tolist()], dtype="S")
    return cut


def upper(values: Bytes) -> Bytes:
    """Upper case, beyond ASCII too."""
    if len(values) and (np.ascontiguousarray(values).view(np.uint8) > 127).any():
        return np.array([v.decode().upper().encode() for v in values.tolist()], dtype="S")
    return np.char.upper(values)
