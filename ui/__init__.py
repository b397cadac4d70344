"""The parts of the Streamlit app: sources, answer, steps. No pixel arithmetic, no model code."""
