"""The embedded engine: DuckDB reads, converts, checks and writes whole tables.

The only layer that imports DuckDB.  It knows files, tables and SQL text; what a rule means
is decided in the layers above.
"""
