"""The tools that agents call over the Model Context Protocol, on standard input and output.

They are one more face of the services: the same keys, the same policy, the same inputs. Nothing here decides.
"""
