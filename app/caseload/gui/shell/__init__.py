"""The frame around the pages: header, rail, inspector, tray, palette, toasts and banner."""
