"""The migration scripts in order: the first has number 1, as in ``PRAGMA user_version``."""

from importlib import resources


def _load_steps() -> tuple[str, ...]:
    files = resources.files("customary.storage.sqlite.migrations").iterdir()
    scripts = sorted((file for file in files if file.name.endswith(".sql")), key=lambda file: file.name)
    return tuple(script.read_text("utf-8") for script in scripts)


STEPS = _load_steps()
