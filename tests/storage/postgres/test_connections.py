"""What is told when a database can't be reached."""

import pytest

from customary.errors import OperatorError
from customary.storage import open_storage


@pytest.mark.parametrize("url", ["postgresql://app:topsecret/1@host/db", "postgresql://app:top#secret@localhost:x/db"])
async def test_a_url_that_cant_be_read_shows_no_password(url: str) -> None:
    with pytest.raises(OperatorError) as caught:
        await open_storage(url, create=False)
    assert "secret" not in str(caught.value)
