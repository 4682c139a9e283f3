"""Composes artifacts and context packs, by rules or with a model, and publishes and copies them."""
