"""What both implementations have in common."""
