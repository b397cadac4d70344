"""Processes that read, for piles and servers."""
