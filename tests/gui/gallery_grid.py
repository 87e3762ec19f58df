"""The gallery's grid page."""

from gallery import GridPage

PAGE = GridPage
