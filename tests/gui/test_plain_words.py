"""Words from documents are shown as they stand: nothing in them is markup to the window."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.components.notice import InlineBar
from caseload.gui.words import tip

GUI = Path(__file__).resolve().parents[2] / "app/caseload/gui"
MARKUP = "<img src='file:///etc/hostname' onerror=alert(1)><b>PATIENT</b> &lt;x"


def _plain(value: ast.expr, constant_names: set[str]) -> bool:
    """Whether an expression gives a text that is literal, or one that `tip` made plain."""
    if isinstance(value, ast.Constant):
        return True
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "tip"
    if isinstance(value, ast.Name):
        return value.id in constant_names
    return False


def test_every_tool_tip_is_plain():
    careless = []
    for path in sorted(GUI.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            given = {"setToolTip": -1, "showText": 1}.get(call.func.attr)
            if given is None or len(call.args) <= max(given, 0):
                continue
            if not _plain(call.args[given], {"tip"}):
                careless.append(f"{path.relative_to(GUI)}:{call.lineno}")
    assert careless == []


def test_only_the_notice_makes_markup_and_it_escapes_what_it_says(qtbot):
    makers = [
        path.name
        for path in sorted(GUI.rglob("*.py"))
        if any(
            word in path.read_text(encoding="utf-8")
            for word in ("TextFormat.RichText", "TextFormat.AutoText", "setHtml", "insertHtml")
        )
    ]
    assert makers == ["notice.py"]
    notice = InlineBar(MARKUP, MARKUP)
    qtbot.addWidget(notice)
    said = notice.findChild(QLabel).text()
    assert "<img" not in said
    assert "<b>PATIENT" not in said


def test_no_label_but_the_plain_one_is_made():
    makers = [
        f"{path.relative_to(GUI)}"
        for path in sorted(GUI.rglob("*.py"))
        if "QLabel(" in path.read_text(encoding="utf-8").replace("class Label(QLabel)", "")
    ]
    assert makers == []


@pytest.mark.parametrize("kind", [Label, ElidedLabel])
def test_a_label_shows_markup_as_it_stands(qtbot, kind):
    label = kind(MARKUP)
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    label.resize(40, 20)
    label.show()
    assert label.toolTip() in ("", tip(MARKUP))


@pytest.mark.parametrize("text", ["PATIENT.SURNAME", "two\nlines", "", "<b>x</b>", "&lt;", "a<b"])
def test_a_tip_of_markup_is_escaped_and_others_are_untouched(text):
    made = tip(text)
    if "<" in text or "&" in text:
        assert text not in made
        assert made.startswith("<span style=")
    else:
        assert made == text
