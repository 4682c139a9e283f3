"""Keeps what opens doors: the operator token, sessions, capture tokens, secrets and where they lie."""
