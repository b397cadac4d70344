"""HTTP: the reader for other programs, with limits, keys, metrics and its own OpenAPI."""
