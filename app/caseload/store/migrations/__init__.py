"""How a project file of an older version becomes one of the newest; see `store.migrate`."""
