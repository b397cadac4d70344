"""The segmenting reader: candidate cuts, a tile for each hypothesis, the lattice of a line."""
