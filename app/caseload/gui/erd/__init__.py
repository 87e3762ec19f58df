"""The entity-relationship diagram: its scene, its view and what stands beside it."""
