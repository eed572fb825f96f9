"""Tests of the network layer: raw bytes over a real socket."""
