"""Teach it your papers: labelled pictures of yours become one data set, looked through first."""
