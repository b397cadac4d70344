"""The line reader tuned to the papers of one user, without losing what it knew before."""
