"""imac-arch: what an analog in-memory computer costs, how sure that is, and where every number comes from."""
