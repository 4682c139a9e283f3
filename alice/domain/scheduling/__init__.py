"""When a workflow is to run, and how its owner says so. It runs none."""
