"""Takes evidence in: text, clips and imports, cut, indexed, revised, taken back. Nothing here decides."""
