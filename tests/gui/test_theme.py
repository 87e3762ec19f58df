"""The look: contrast of the tokens, one place for colours, icons that exist, one switch."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

import caseload.gui
from caseload.gui import icons
from caseload.gui.pages.registry import ALL_PAGES
from caseload.gui.theme import Mode, Theme, parse_colour, themes
from caseload.model.shipped import shipped_root

SOURCES = sorted(Path(caseload.gui.__file__).parent.rglob("*.py"))
ICONS = {path.stem for path in (shipped_root() / "resources" / "icons").glob("*.svg")}
GROUNDS = ("canvas", "surface", "sunken", "raised", "hover", "selection", "selection_inactive")
KINDS = ("ok", "info", "warn", "error", "neutral", "accent")


def luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> Theme:
    return Theme(themes().tokens, request.param, "compact")


@pytest.mark.parametrize("strength", ["text_1", "text_2", "text_3"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_can_be_read_on_every_ground(theme: Theme, strength: str, ground: str) -> None:
    assert contrast(theme.colour(strength), theme.colour(ground)) >= 4.5


@pytest.mark.parametrize("kind", KINDS)
def test_words_of_a_kind_can_be_read_on_their_soft_fill_and_on_cards(
    theme: Theme, kind: str
) -> None:
    colours = theme.kind(kind)
    for ground in (colours.soft, theme.colour("surface"), theme.colour("canvas")):
        assert contrast(colours.text, ground) >= 4.5
    assert contrast(theme.colour("text_1"), colours.soft) >= 4.5, "inline bars and banners"
    assert contrast(theme.colour("text_2"), colours.soft) >= 4.5, "inline bars and banners"
    assert contrast(colours.on_solid, colours.solid) >= 4.5


@pytest.mark.parametrize("fill", ["accent", "accent_hover", "accent_pressed"])
def test_the_words_of_the_primary_button_can_be_read(theme: Theme, fill: str) -> None:
    assert contrast(theme.colour("on_accent"), theme.colour(fill)) >= 4.5


@pytest.mark.parametrize("line", ["border_strong", "focus_ring", "chart.axis", "chart.threshold"])
@pytest.mark.parametrize("ground", ["canvas", "surface", "raised"])
def test_lines_that_matter_stand_out(theme: Theme, line: str, ground: str) -> None:
    assert contrast(theme.colour(line), theme.colour(ground)) >= 3


@pytest.mark.parametrize("part", ["function", "string", "number", "column", "comment", "error"])
def test_expressions_can_be_read(theme: Theme, part: str) -> None:
    assert contrast(theme.colour(f"syntax.{part}"), theme.colour("sunken")) >= 4.5


def test_marks_of_the_mapping_classes_stand_out(theme: Theme) -> None:
    for name in themes().tokens["themes"][theme.name]["mapping_class"]:
        mark = theme.colour(f"mapping_class.{name}")
        for ground in ("surface", "selection"):
            assert contrast(mark, theme.colour(ground)) >= 3


def test_both_themes_have_the_same_tokens() -> None:
    def names(node: object, prefix: str = "") -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                yield from names(value, f"{prefix}.{key}")
        else:
            yield prefix

    light, dark = (set(names(themes().tokens["themes"][name])) for name in ("light", "dark"))
    assert light == dark


def strings(path: Path) -> Iterator[ast.Constant]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_colour_is_written_outside_the_tokens(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    literal = [n.value for n in strings(path) if re.search(r"#[0-9A-Fa-f]{6}\b", n.value)]
    assert not literal
    named = re.findall(r"Qt\.GlobalColor\.(?!transparent)\w+|QColor\(\s*[\"'\d]", source)
    assert not named
    assert not [n.value for n in strings(path) if re.search(r"\brgba?\(", n.value)]


CALLS_WITH_ICON = {"icon", "button_icon", "second_icon"}


def icon_names() -> set[str]:
    """Every icon that the window names, wherever the source says that it is one."""
    found = {entry.icon for entry in ALL_PAGES}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            given = [k.value for k in node.keywords if k.arg in CALLS_WITH_ICON]
            name = ast.unparse(node.func)
            if name.endswith(("icons.paint", "icons.icon", "icons.pixmap")):
                given.append(node.args[name.endswith("paint")])
            elif name in ("Icon", "IconButton", "IconDisc", "Offer", "set_icon"):
                given += node.args[:1]
            elif name == "PillSpec":
                given += node.args[2:3]
            elif name == "Action":
                given += node.args[1:2]
            found |= {g.value for g in given if isinstance(g, ast.Constant) and g.value}
    return found


def test_every_icon_that_is_named_is_bundled() -> None:
    wanted = icon_names()
    assert len(wanted) > 40
    assert wanted <= ICONS


def test_an_icon_takes_its_colour_and_is_sharp_at_every_ratio() -> None:
    tone = QColor(200, 30, 30)
    for ratio in (1.0, 1.25, 1.5, 2.0):
        shown = icons.pixmap("gauge", 18, tone, ratio)
        assert (shown.width(), shown.devicePixelRatio()) == (round(18 * ratio), ratio)
        image = shown.toImage()
        inked = [
            image.pixelColor(x, y)
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() > 250
        ]
        assert inked
        assert all(abs(colour.red() - 200) < 8 for colour in inked)


def test_switching_the_theme_tells_everybody_once_and_swaps_the_palette() -> None:
    told: list[str] = []
    themes().changed.connect(lambda: told.append(themes().current.name))
    themes().show(Mode.DARK)
    assert told == ["dark"]
    base = QApplication.palette().color(QPalette.ColorRole.Base)
    assert base == themes().current.colour("surface")
    themes().changed.disconnect()


def test_the_bundled_font_is_used_with_figures_of_one_width() -> None:
    theme = themes().current
    assert QFontInfo(theme.font("body")).family() == "Inter"
    assert "JetBrains" in QFontInfo(theme.font("code")).family()
    from caseload.gui.paint import width_of

    assert width_of("1111", theme.font("body")) == pytest.approx(
        width_of("8888", theme.font("body"))
    )


def test_a_colour_with_an_alpha_keeps_it() -> None:
    assert parse_colour("#17202C59").alpha() == 0x59
    assert parse_colour("#17202C").alpha() == 255


def test_a_name_that_is_no_token_is_an_error() -> None:
    with pytest.raises(KeyError):
        themes().current.colour("puce")
