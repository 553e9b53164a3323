"""A worker's process: what the launcher starts."""
