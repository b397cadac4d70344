"""The networks behind one runtime, arrays in, probabilities out; their exports."""
