"""One file a trainer; each imports its trainer only when it is used."""
