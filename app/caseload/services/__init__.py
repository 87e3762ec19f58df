"""What Caseload can do, as the doors call it: queries and commands.

Queries answer with the plain views of `caseload.model.views`; commands check permission, run
in one audited transaction and say what they changed.  No layout, no terminal and no SQL here.
Nothing is imported at the top, so that `caseload version` starts at once: import the module
you need.
"""
