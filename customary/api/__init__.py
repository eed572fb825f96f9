"""Speaks HTTP: reads a request, asks an operation, writes the answer. No SQL here and no rules."""
