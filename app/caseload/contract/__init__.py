"""The mapping contract: its expression language, its files, its checks and its run.

Rules are parsed into a typed tree here and rendered to the engine's SQL; nothing a person
writes is ever pasted into a statement.  Names no store, no window and no document.
"""
