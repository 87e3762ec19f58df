"""What pages are made of.  Each painter reads the theme; none holds a colour of its own."""
