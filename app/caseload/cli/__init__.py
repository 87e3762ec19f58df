"""The command line: a door, with no logic of the migration in it.

`app` puts the commands together, `door` is what every command shares (project, `--json`,
output), `failure` turns errors into one message and an exit code.  Services are imported inside
the commands, so that `caseload version` and `--help` start at once.
"""
