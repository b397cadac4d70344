"""Where numbers are written: paper, ink, components, ruled lines, lines of writing."""
