"""A small world on which the whole chain of WeThink runs on two CPU cores."""
