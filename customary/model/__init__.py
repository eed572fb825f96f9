"""The words that every floor shares: what a customer, a store, a search and a change are. No behaviour, no I/O."""
