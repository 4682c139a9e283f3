"""Reads about agents: who they are, what they did, and what binds them."""
