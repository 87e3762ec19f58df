"""The numbered steps.  A step that was released is never changed again."""
