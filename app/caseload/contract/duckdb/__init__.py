"""How the contract is said in DuckDB: the one place that knows this engine's dialect.

Another engine gets a package of its own beside this one, from the same typed tree.
"""
