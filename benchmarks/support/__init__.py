"""What several benchmarks share: the data set, the table of figures, private servers, load, peers' environments."""
