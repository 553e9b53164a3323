"""What makes one CPython a process of the simulated cluster: blocking calls park on the cluster's
kernel, time passes only there. Imported once, before the snapshot is made; bound to its process
(`program.start`) after the snapshot was loaded."""
