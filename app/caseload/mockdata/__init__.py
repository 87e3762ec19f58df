"""A patient-coherent invented cohort, written in the words of any source or target catalog.

The cohort (people, places, and what happened to whom and when) knows no catalog; the tables
know nothing of hospitals: what a field means comes from `caseload.specs.meaning`.
"""
