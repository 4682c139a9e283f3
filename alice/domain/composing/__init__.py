"""What artifacts are composed from, and the check that every statement of one is borne out. Pure."""
