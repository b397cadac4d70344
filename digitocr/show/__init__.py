"""Stored values -> pictures and sentences of every stage; nothing is computed a second time."""
