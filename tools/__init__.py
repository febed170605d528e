"""What `make` calls. Until the packages are installed only the standard library is there to use."""
