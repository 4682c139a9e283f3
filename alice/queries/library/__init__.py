"""Reads what the owner keeps and decides on, noun by noun."""
