"""What Caseload can do, as the doors call it: queries that answer with plain views, and commands
that check permission, run in one audited transaction and say what they changed.

No layout, no terminal and no SQL here.  Nothing is imported at the top, so that
`caseload version` starts at once: import the module you need.
"""
