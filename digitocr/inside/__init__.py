"""What goes on inside the classifier on one tile: for whoever wants to see how it works."""
