"""Caseload: a workbench for moving a hospital's patient administration system.

The package is read top to bottom as `docs/architecture.md` lays it out; this file holds
nothing, so that `caseload version` starts without importing any layer.
"""
