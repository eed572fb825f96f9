"""Requests that their clients named, inside a transaction of SQLite."""

from collections.abc import Callable
from typing import Any

from customary.errors import KeyTaken
from customary.model.keyed_request import KeptAnswer, KeyedRequest, KeyedResult
from customary.storage.sqlite.keyed_rows import answer_columns, check_under_way, identity, is_old
from customary.storage.sqlite.sql import SQL


class KeyedRequestBook:
    """Those of one store. ``row`` runs a statement and gives its first row, or None."""

    def __init__(self, row: Callable[[str, tuple[Any, ...]], Any], store_id: int) -> None:
        self._row = row
        self._store_id = store_id

    def add_result(self, request: KeyedRequest, result: KeyedResult, kept_since: int) -> None:
        """Raises KeyTaken."""
        self._make_sure(request, kept_since)
        columns = (*self._key(request), result.number, result.kind, result.result)
        if self._row(SQL["add_keyed_result"], columns) is None:
            raise KeyTaken()

    def keep_answer(self, request: KeyedRequest, answer: KeptAnswer, kept_since: int) -> None:
        try:
            self._make_sure(request, kept_since)
        except KeyTaken:
            return
        key = self._key(request)
        self._row(SQL["keep_answer"], (*answer_columns(answer), *key))
        self._row(SQL["delete_keyed_results"], key)

    def forget_answers(self) -> None:
        for statement in ("forget_answers", "forget_results"):
            self._row(SQL[statement], (self._store_id,))

    def _make_sure(self, request: KeyedRequest, kept_since: int) -> None:
        """That the request is there, and under way."""
        key = self._key(request)
        known = self._row(SQL["get_keyed_request"], key)
        if is_old(known, kept_since):
            for statement in ("delete_keyed_request", "delete_keyed_results"):
                self._row(SQL[statement], key)
            known = None
        if known is None:
            self._row(SQL["add_keyed_request"], (*key, request.fingerprint, request.created))
        else:
            check_under_way(known, request)

    def _key(self, request: KeyedRequest) -> tuple[Any, ...]:
        return self._store_id, *identity(request)
