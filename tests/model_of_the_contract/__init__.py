"""The contract as a plain model of one store. Own code throughout: it and the server can only agree by being right."""
