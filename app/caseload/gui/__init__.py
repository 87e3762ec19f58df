"""The window: one of the three doors.

`theme`, `icons` and `paint` are the ground; `components` what pages are made of; `shell` the
frame around them; `pages` one module a page with its presenter beside it; `work` everything
that must not happen on the main thread.  No logic of the migration lives here: the window
asks `caseload.services`, and knows neither the store nor the engine.
"""
