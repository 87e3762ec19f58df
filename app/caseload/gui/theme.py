"""One token file becomes the look: colours, type, spacing and times for every painter.

The application palette carries what Qt itself draws; everything else asks `current()` while
it paints, so that a change of theme is one palette and one repaint.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QToolTip

from caseload.model.shipped import shipped_root

_TIGHTER = {"page": 99.0, "figure": 98.0}


class Mode(StrEnum):
    """Which theme is shown: one of two, or whatever the system says."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class KindColours:
    """The colours of one kind of message: ok, info, warn, error, neutral or accent."""

    text: QColor
    soft: QColor
    border: QColor
    solid: QColor
    on_solid: QColor


def parse_colour(text: str) -> QColor:
    """A token colour, #RRGGBB or #RRGGBBAA, as Qt has it."""
    colour = QColor(text[:7])
    if len(text) == 9:
        colour.setAlpha(int(text[7:], 16))
    return colour


def _flatten(prefix: str, node: dict[str, Any], out: dict[str, Any]) -> None:
    for key, value in node.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            _flatten(f"{name}.", value, out)
        else:
            out[name] = value


class Theme:
    """The tokens of one theme in one density, looked up by dotted names."""

    def __init__(self, tokens: dict[str, Any], name: str, density: str) -> None:
        self.name = name
        self.density = density
        self._tokens = tokens
        flat: dict[str, Any] = {}
        _flatten("", tokens["themes"][name], flat)
        self._colours = {
            key: parse_colour(value) for key, value in flat.items() if isinstance(value, str)
        }
        self._values = flat
        self._metrics: dict[str, int] = tokens["density"][density]
        self._fonts: dict[tuple[str, int], QFont] = {}
        self._kinds: dict[str, KindColours] = {}

    @property
    def dark(self) -> bool:
        """True for the dark theme."""
        return self.name == "dark"

    def colour(self, name: str) -> QColor:
        """The colour of a token, for instance "text_2" or "status.ok.soft".

        Raises KeyError for a name that the token file does not have.
        """
        return self._colours[name]

    def series(self, index: int) -> QColor:
        """The colour of the n-th series of a chart."""
        colours = self._values["chart.series"]
        return parse_colour(colours[index % len(colours)])

    def number(self, name: str) -> float:
        """A number among the theme's tokens, for instance "erd.dim_opacity"."""
        return float(self._values[name])

    def kind(self, name: str) -> KindColours:
        """The colours of ok, info, warn, error, neutral or accent."""
        found = self._kinds.get(name)
        if found is None:
            if name == "accent":
                keys = ("accent_text", "accent_soft", "accent_border", "accent", "on_accent")
            else:
                parts = ("text", "soft", "border", "solid", "on_solid")
                keys = tuple(f"status.{name}.{part}" for part in parts)  # type: ignore[assignment]
            found = KindColours(*(self._colours[key] for key in keys))
            self._kinds[name] = found
        return found

    def metric(self, name: str) -> int:
        """A height of the density in pixels: row, header_row, control and pad_x."""
        return self._metrics[name]

    def size(self, name: str) -> Any:
        """A fixed size in pixels from the tokens' `size` or `shell` parts."""
        sizes = self._tokens["size"]
        return sizes[name] if name in sizes else self._tokens["shell"][name]

    def radius(self, name: str = "medium") -> int:
        """A corner radius: small, medium, large or pill."""
        return int(self._tokens["radius"][name])

    def font(self, style: str = "body", weight: int = 0) -> QFont:
        """A font of the scale: caption, body, title, page, figure or code.

        `weight` of 0 takes the style's own; 400, 500 and 600 are bundled.
        """
        found = self._fonts.get((style, weight))
        if found is None:
            found = self._make_font(style, weight)
            self._fonts[style, weight] = found
        return found

    def line(self, style: str = "body") -> int:
        """The line height of a style in pixels."""
        return int(self._tokens["type"]["scale"][style]["line"])

    def _make_font(self, style: str, weight: int) -> QFont:
        scale = self._tokens["type"]["scale"][style]
        mono = style == "code"
        names = self._tokens["type"]
        families = [names["mono"], *names["mono_fallback"]] if mono else []
        families = families or [names["family"], *names["family_fallback"]]
        font = QFont(families)
        if sys.platform == "darwin":
            font.setPixelSize(scale["px"])
        else:
            font.setPointSizeF(scale["pt"])
        font.setWeight(QFont.Weight(weight or scale["weight"]))
        if style in _TIGHTER:
            font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, _TIGHTER[style])
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        if not mono:
            for tag, value in names["features"].items():
                font.setFeature(QFont.Tag.fromString(tag), value)
        return font

    def palette(self) -> QPalette:
        """The palette for what Qt draws by itself."""
        palette = QPalette()
        role = QPalette.ColorRole
        plain = {
            role.Window: "canvas",
            role.Base: "surface",
            role.AlternateBase: "sunken",
            role.Button: "surface",
            role.ToolTipBase: "raised",
            role.ToolTipText: "text_1",
            role.Text: "text_1",
            role.WindowText: "text_1",
            role.ButtonText: "text_1",
            role.BrightText: "text_2",
            role.PlaceholderText: "text_3",
            role.Highlight: "selection",
            role.HighlightedText: "selection_text",
            role.Accent: "accent_text",
            role.Link: "accent_text",
            role.LinkVisited: "accent_text",
            role.Light: "raised",
            role.Midlight: "hover",
            role.Mid: "border_mid",
            role.Dark: "border_strong",
            role.Shadow: "border_strong",
        }
        for which, name in plain.items():
            palette.setColor(which, self.colour(name))
        disabled = QPalette.ColorGroup.Disabled
        for which in (role.Text, role.WindowText, role.ButtonText, role.BrightText):
            palette.setColor(disabled, which, self.colour("text_disabled"))
        palette.setColor(
            QPalette.ColorGroup.Inactive, role.Highlight, self.colour("selection_inactive")
        )
        return palette


class Themes(QObject):
    """Which theme is shown, and the one signal that it changed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        path = shipped_root() / "resources" / "theme" / "tokens.json"
        self.tokens: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.mode = Mode.SYSTEM
        self.density = str(self.tokens["density_default"])
        self.reduced_motion = bool(os.environ.get("CASELOAD_REDUCED_MOTION"))
        self._made: dict[tuple[str, str], Theme] = {}
        self._name = "light"
        self.installed = False

    @property
    def current(self) -> Theme:
        """The theme that painters read."""
        key = (self._name, self.density)
        if key not in self._made:
            self._made[key] = Theme(self.tokens, *key)
        return self._made[key]

    def install(self, app: QApplication, mode: Mode | str = Mode.SYSTEM) -> None:
        """Bring in the bundled fonts and show a theme; call once after the application."""
        for file in sorted((shipped_root() / "resources" / "fonts").glob("*.[ot]tf")):
            QFontDatabase.addApplicationFont(str(file))
        self.installed = True
        app.setStyle("Fusion")
        app.setEffectEnabled(Qt.UIEffect.UI_AnimateMenu, enable=False)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.show(mode)

    def show(self, mode: Mode | str) -> None:
        """Show the light, the dark or the system's theme."""
        self.mode = Mode(mode)
        self._name = self._system_name() if self.mode is Mode.SYSTEM else self.mode.value
        self._apply()

    def set_density(self, density: str) -> None:
        """Take comfortable or compact heights."""
        self.density = density
        self._apply()

    def duration(self, name: str) -> int:
        """A time of the tokens in milliseconds; 0 where motion is reduced."""
        return 0 if self.reduced_motion else int(self.tokens["motion"][name])

    def _system_name(self) -> str:
        scheme = QGuiApplication.styleHints().colorScheme()
        return "dark" if scheme is Qt.ColorScheme.Dark else "light"

    def _follow_system(self) -> None:
        if self.mode is Mode.SYSTEM and self._system_name() != self._name:
            self.show(Mode.SYSTEM)

    def _apply(self) -> None:
        theme = self.current
        QApplication.setFont(theme.font("body"))
        QApplication.setPalette(theme.palette())
        QToolTip.setPalette(theme.palette())
        QToolTip.setFont(theme.font("caption"))
        self.changed.emit()


_themes: Themes | None = None


def themes() -> Themes:
    """The one switch of themes in this process."""
    global _themes  # noqa: PLW0603
    if _themes is None:
        _themes = Themes()
    return _themes


def current() -> Theme:
    """The theme shown now; for painters."""
    return themes().current
