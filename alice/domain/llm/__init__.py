"""What a model is told, and what of its answer is believed. It asks none."""
