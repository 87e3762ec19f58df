"""One thin adapter a stage: what it reads, what it is told, and what it puts back."""
