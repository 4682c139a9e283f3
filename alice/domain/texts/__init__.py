"""Reads texts as people write them: blocks, passages, dates, links, what a document says of itself. Pure."""
