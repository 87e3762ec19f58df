"""One module a page, its presenter beside it; `registry` finds the ones that exist."""
