"""customary: a customer-record server that speaks Ecwid's REST API for customers."""

__version__ = "0.1.0"
