"""A made-up city to look at: its content, and the loaders that tell it through the services."""
