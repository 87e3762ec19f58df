"""The project file: what people decided and what happened, kept safely.

SQLite through SQLAlchemy lives here and nowhere above: everything goes in and out as plain
dataclasses (`records`, and those of `caseload.model`).  Start at `project_file.ProjectFile`.
Bulk rows do not live here; `files` holds the one writer for every file the program puts out,
`publishing` the swap of a stage's outputs into the project folder.
"""
