"""The classic worker: map, shuffle, reduce."""
