"""All SQL lives below here, behind one protocol (protocol.py) that every back end keeps."""
