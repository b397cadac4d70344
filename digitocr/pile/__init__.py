"""Piles: folders, archives and documents -> one table, resumable, on one machine or on many."""
