"""The gallery's grid page."""

from tests.gui.gallery import GridPage

PAGE = GridPage
