"""Files in, lines out: rows of a file as samples, ranges of it that can be read apart, and engines here and on Ray."""
