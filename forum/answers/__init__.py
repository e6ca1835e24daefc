"""The official answer of the responsible unit, and what residents think of it."""
