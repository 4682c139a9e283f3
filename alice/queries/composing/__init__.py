"""Reads what workflows and context packs are made of: plain rows, never more than are asked for."""
