"""The gallery's page of cards."""

from tests.gui.gallery import CardsPage

PAGE = CardsPage
