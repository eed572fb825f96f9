"""The benchmark suite: customary and its peers under the same load, in one run, on one machine."""
