"""Guides as web pages, for a browser to print."""

from __future__ import annotations

import base64
import random
from html import escape
from pathlib import Path

from .guides_content import Box, FieldGrid, Picture, Plain, Text, blocks
from .guides_docx import grey_picture
from .guides_look import Look
from .guides_truth import Load

_RULES = {
    "all": "border:0.75pt solid #000",
    "double": "border:3pt double #000",
    "dotted": "border:1pt dotted #000",
    "dashed": "border:1pt dashed #000",
    "cols": "border:0;border-left:0.75pt solid #000;border-right:0.75pt solid #000",
    "rows": "border:0;border-bottom:0.75pt solid #000",
    "outer": "border:0",
    "none": "border:0",
}
_ALIGN = {"left": "left", "center": "center", "justify": "justify"}


def write_html(path: Path, look: Look, loads: list[Load]) -> None:
    """Write the guide."""
    page = _Html(look)
    body = "\n".join(page.block(block) for block in blocks(look, loads))
    path.write_text(
        f'<!doctype html><meta charset="utf-8"><style>{_style(look)}</style><body>{body}</body>',
        encoding="utf-8",
    )


def _style(look: Look) -> str:
    width, height = look.page
    outer = "border:1pt solid #000" if look.rules == "outer" else ""
    cut = "" if look.cut_rows else "tr{break-inside:avoid}"
    spaced = "letter-spacing:3pt" if look.spaced else ""
    light = "color:#fff" if look.header_colour[0] < "4" else ""
    ruled = "border-bottom:1pt solid #000" if look.furniture == "table" else ""
    group = "table-header-group" if look.repeat_header else "table-row-group"
    return f"""
    @page {{ size:{width}pt {height}pt; margin:50pt 45pt;
      @top-left {{ content:"Data Migration Technical Guide"; font-size:8pt; {ruled} }}
      @top-right {{ content:"Release 18.4"; font-size:8pt; {ruled} }}
      @bottom-left {{ content:"Commercial in confidence"; font-size:8pt; }}
      @bottom-right {{ content:"Page " counter(page) " of " counter(pages); font-size:8pt; }} }}
    body {{ font:{look.size}pt "{look.font}"; margin:0; print-color-adjust:exact; }}
    table {{ border-collapse:collapse; width:100%; }}
    .fields {{ table-layout:fixed; {outer} }}
    .fields td, .fields th {{ {_RULES[look.rules]}; padding:2pt 4pt; vertical-align:{look.valign};
      text-align:{_ALIGN[look.align]}; }}
    .fields thead {{ display:{group}; }}
    .fields th {{ background:#{look.header_colour}; {light} }}
    .fields .name, .fields .type {{ overflow-wrap:anywhere; }}
    .plain td {{ border:0.75pt solid #000; padding:2pt 4pt; }}
    h1, h2 {{ {spaced} }}
    .box {{ border:1pt solid #000; padding:3pt; margin:6pt 0; break-inside:avoid; }}
    .float {{ float:left; width:96%; }}
    .columns {{ columns:2; }}
    .scan {{ break-before:page; break-after:page; width:90%; height:{height - 160}pt; }}
    p {{ margin:3pt 0; }} td p {{ margin:0; }} {cut}
    """


class _Html:
    def __init__(self, look: Look) -> None:
        self.look = look
        self.draw = random.Random(f"html {look.family}/{look.seed}")

    def block(self, block: Text | Picture | Plain | Box | FieldGrid) -> str:
        match block:
            case Text("chapter"):
                return f"<h1>{escape(block.text)}</h1>"
            case Text("contents"):
                number, name, page = block.text.split("\t")
                return f"<p>{number} {name} {'.' * 60} {page}</p>"
            case Text():
                return f'<p class="{block.kind}">{escape(block.text)}</p>'
            case Picture():
                data = base64.b64encode(grey_picture().getvalue()).decode()
                return f'<img class="scan" src="data:image/png;base64,{data}">'
            case Plain():
                rows = "".join(
                    "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>"
                    for row in block.rows
                )
                return f'<table class="plain">{rows}</table><p>&nbsp;</p>'
            case Box():
                return self._box(block)
            case FieldGrid():
                return self._fields(block)

    def _box(self, block: Box) -> str:
        name = escape(block.name) + (" (continued)" if block.continued else "")
        about = "".join(f"<p>{escape(line)}</p>" for line in block.lines)
        match self.look.title:
            case "box" | "cell":
                return f'<div class="box"><p>TABLE NAME: {name}</p>{about}</div>'
            case "frame":
                return f'<div class="box float"><p>TABLE NAME: {name}</p>{about}</div>'
            case "pair":
                rows = [["TABLE NAME", block.name], *[["Purpose", t] for t in block.lines]]
                return self.block(Plain(rows))
            case "heading":
                return f"<h2>{block.number + 2}.1 {name}</h2>{about}"
            case "caption":
                return f"{about}<p><b>Table {block.number}: {name}</b></p>"
            case "plain":
                return f"<p>TABLE NAME: {name}</p>{about}"
            case _:
                return about

    def _fields(self, block: FieldGrid) -> str:
        look = self.look
        widths = "".join(f'<col style="width:{share * 100:.2f}%">' for _, share in look.columns)
        wide = f'<tr><td colspan="{len(look.columns)}">'
        title = "".join(f"{wide}{escape(line)}</td></tr>" for line in block.titles)
        head = title + "<tr>" + "".join(f"<th>{escape(h)}</th>" for h in block.header) + "</tr>"
        rows = []
        for index, (kind, cells, fact) in enumerate(block.rows):
            if kind == "note":
                rows.append(
                    f'<tr><td colspan="{len(look.columns)}">{escape(cells[0][0])}</td></tr>'
                )
                continue
            out = []
            for (role, _), texts in zip(look.columns, cells, strict=True):
                inner = self._inner(role, texts)
                grey = fact is not None and fact.mandatory and (
                    look.shading == "mandatory" or (look.shading == "cell" and role == "name")
                )  # fmt: skip
                grey = grey or (look.shading == "zebra" and index % 2 == 1)
                colour = f' style="background:#{look.colour}"' if grey else ""
                out.append(f'<td class="{role}"{colour}>{inner}</td>')
            roles = [role for role, _ in look.columns]
            merges = look.merged and fact is not None and not fact.length and "length" in roles
            if merges and roles.index("length") == roles.index("type") + 1:
                at = roles.index("type")
                out[at : at + 2] = [out[at].replace("<td", '<td colspan="2"', 1)]
            rows.append("<tr>" + "".join(out) + "</tr>")
        return (
            f'<table class="fields"><colgroup>{widths}</colgroup><thead>{head}</thead>'
            f"<tbody>{''.join(rows)}</tbody></table><p>&nbsp;</p>"
        )

    def _inner(self, role: str, texts: list[str]) -> str:
        if role == "name":
            return self._broken(texts[0])
        if self.look.ragged:
            texts = [self._ragged(text) for text in texts]
        else:
            texts = [escape(text) for text in texts]
        return texts[0] if len(texts) == 1 else "".join(f"<p>{text}</p>" for text in texts)

    def _ragged(self, text: str) -> str:
        cut = self.draw.randint(0, len(text))
        return f"<span>{escape(text[:cut])}</span><i>{escape(text[cut:])}</i>"

    def _broken(self, name: str) -> str:
        middle = len(name) // 2 + self.draw.randint(-2, 2)
        if len(name) < 16:
            return escape(name)
        match self.look.wrap:
            case "underscore":
                return escape(name).replace("_", "_<wbr>")
            case "manual":
                return f"{escape(name[:middle])}<br>{escape(name[middle:])}"
            case "soft":
                return f"{escape(name[:middle])}&shy;{escape(name[middle:])}"
            case _:
                return escape(name)
