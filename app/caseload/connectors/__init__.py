"""Outside systems: what live databases say of their tables.  Metadata only, read-only sessions.

Nothing here knows catalogs, the project file or a door.  Drivers are imported where they are
used, in the child process that asks the database (see `specs.live_metadata`).
"""
