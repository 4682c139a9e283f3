"""The commands below `alicebot vnext`, by the noun that they are about."""
