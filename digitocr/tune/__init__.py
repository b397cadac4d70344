"""Both readers tuned to the papers of one user, without losing what they knew before."""
