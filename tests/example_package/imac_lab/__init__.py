"""An example of a package for imac-arch."""
