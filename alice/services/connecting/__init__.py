"""Sets and syncs connectors, counts what they bring, and puts aside what cannot be taken."""
