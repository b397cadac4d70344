"""What leaves the reader: the record of an answer, text that is safe anywhere, whole files."""
