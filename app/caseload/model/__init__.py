"""The words everything else is written in: plain dataclasses and enums, no I/O.

Nothing here imports another layer, opens a file or reads a clock.
"""
