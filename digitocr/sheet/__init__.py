"""A sheet for one's own hand: printed, filled in, photographed, cut into labelled pictures."""
