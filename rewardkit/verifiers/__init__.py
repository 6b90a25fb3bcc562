"""Rule verifiers, one family a file; the registry imports a family when one of its names is asked for."""
