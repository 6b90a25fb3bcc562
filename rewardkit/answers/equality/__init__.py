"""Two answers compared: the kinds that can be equal, and what must agree for them to be."""
