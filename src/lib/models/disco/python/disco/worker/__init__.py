"""Workers: processes that run tasks."""
