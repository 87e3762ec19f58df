"""Runs: the stages in order, durable, resumable, each in a process of its own.

`runner` is the way in.  `registry` and `stages/` say for each stage where its function is,
what it reads, what it is told from the project file and what it puts back; the functions
themselves know nothing of the project file.  No logic of the migration lives here.
"""
