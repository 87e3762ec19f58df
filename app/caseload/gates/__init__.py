"""Release gates: pass or fail against a named profile of thresholds.

Judges what the reports of a run say; runs nothing and reads no database.
"""
