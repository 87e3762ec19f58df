"""Menus in the look of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from caseload.gui.theme import current


class Menu(QMenu):
    """A menu that takes paddings, radius and colours from the tokens each time it opens."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setWindowFlags(
            self.windowFlags()
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.NoDropShadowWindowHint
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.dress()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the theme of now."""
        self.dress()
        super().showEvent(event)

    def dress(self) -> None:
        """Set the style from the tokens."""
        theme = current()
        c = {name: theme.colour(name).name() for name in ("raised", "border_mid", "text_1")}
        c |= {name: theme.colour(name).name() for name in ("hover", "border", "text_disabled")}
        self.setStyleSheet(
            f"QMenu {{ background: {c['raised']}; border: 1px solid {c['border_mid']};"
            f" border-radius: {theme.radius('large')}px; padding: 4px; color: {c['text_1']}; }}"
            f"QMenu::item {{ padding: 5px 24px 5px 8px; border-radius: {theme.radius()}px; }}"
            f"QMenu::item:selected {{ background: {c['hover']}; }}"
            f"QMenu::item:disabled {{ color: {c['text_disabled']}; }}"
            f"QMenu::separator {{ height: 1px; background: {c['border']}; margin: 4px 4px; }}"
            "QMenu::icon { padding-left: 6px; }"
        )
