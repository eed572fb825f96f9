"""What an update would do, as it is answered: nothing of it is stored."""


class ProvisionalIds:
    """Ids of elements that are never stored: -1, -2 and so on, which no stored one has."""

    def __init__(self) -> None:
        self._address_id = 0
        self._contact_id = 0

    def new_address_id(self) -> int:
        self._address_id -= 1
        return self._address_id

    def new_contact_id(self) -> int:
        self._contact_id -= 1
        return self._contact_id
