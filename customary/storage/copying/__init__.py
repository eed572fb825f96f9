"""Copies all that one database holds into another one, SQLite or PostgreSQL, and compares the two afterwards.

Each page of rows is committed together with how far the copy has come, so that it goes on after whatever ended it.
"""

from customary.storage.copying.progress import Report, TableCopied
from customary.storage.copying.transfer import copy_database

__all__ = ["Report", "TableCopied", "copy_database"]
