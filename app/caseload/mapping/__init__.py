"""What fills each target field: suggestions with their evidence, and the contract they make.

`analyse.run` ranks source fields for every target field; `build.run` turns the ranking, the
keys and the code lists into a contract that can be executed as it stands.
"""
