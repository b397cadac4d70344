"""Whole pictures: the parts put together, and the truth about what is written there."""
