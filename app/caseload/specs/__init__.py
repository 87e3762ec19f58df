"""Reading a vendor's documents into catalogs: readers, the process they run in, the files.

A reader turns one document into tables and fields with their provenance and the reasons for
their confidence; it knows nothing of the project file, the mapping or the window.  Foreign
files are only ever opened in the child process of `caseload.specs.sandbox`.
"""
