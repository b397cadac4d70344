"""The line reader: the gray strip of a line, and what its network says along it (CTC)."""
