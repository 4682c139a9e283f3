"""Reads folders of notes: what lies in them, what is new, and from where reading is allowed."""
