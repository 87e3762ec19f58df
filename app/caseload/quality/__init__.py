"""Quality rules over source rows and load files.

A rule is declared once (`rules`), is turned into checks for the tables at hand (`source_checks`,
`target_checks`, `contract_checks`) and is run in the engine (`pipeline`).
"""
