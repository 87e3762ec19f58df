"""One module a kind of document: a file becomes grids, and `assemble` makes fields of them."""
