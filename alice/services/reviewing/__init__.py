"""Decides: the engine of decisions, what can be decided on each noun, and how it is taken back."""
