"""Lets agents in by keys, under the owner's charter, and takes what they hand in and propose."""
