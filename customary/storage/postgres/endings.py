"""The index of endings: a part of a text begins one of its endings, so a look-up finds it (``ending_words``, step 12).

It only narrows down; whether a row matches is asked of its columns.
"""

SHORTEST = 3
"""Shorter endings are not kept, and shorter texts not looked for."""
LONGEST = 8
"""Characters that are kept of an ending. So all eights in a row are there."""

HAS_WORDS = "ending_words(store_id, lines) @@ ?::text::tsquery"


def words(store_id: int, needle: str) -> str:
    """The tsquery that finds all rows of a store with this text in a line, and may find others."""
    sought = {needle[:LONGEST], needle[-LONGEST:]} if len(needle) >= LONGEST else {needle}
    beginning = "" if len(needle) >= LONGEST else ":*"
    of_text = " & ".join(_quoted(f"{store_id}:{word}") + beginning for word in sorted(sought))
    return f"{_quoted(f'{store_id}:')} | {of_text}"


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
