"""The smokes: what an installed Alice is asked to show about itself. Nothing imports them but the command line."""
