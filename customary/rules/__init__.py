"""What an update does to a customer, what is refused and how an answer looks. Pure: no I/O, no clock."""
