"""PyCSP for simulated nodes: the names and the behaviour of PyCSP 0.9.2. Import pycsp.parallel or
pycsp.greenlets."""
