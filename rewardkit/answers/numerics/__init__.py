"""Values of trees: exact rationals, balls, and agreement at points."""
