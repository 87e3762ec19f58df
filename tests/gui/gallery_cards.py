"""The gallery's page of cards."""

from gallery import CardsPage

PAGE = CardsPage
