"""Reads SQL from ``.sql`` files: named statements, and the steps of a schema.

``-- name: get_customer`` opens a statement, comment lines describe it.
"""

from importlib import resources


def load_statements(package: str, file: str) -> dict[str, str]:
    """The statements of one file by name, without their comments."""
    statements: dict[str, list[str]] = {}
    name = ""
    for line in resources.files(package).joinpath(file).read_text("utf-8").splitlines():
        if line.startswith("-- name: "):
            name = line.removeprefix("-- name: ").strip()
            statements[name] = []
        elif name and line.strip() and not line.startswith("--"):
            statements[name].append(line)
    return {name: "\n".join(lines).rstrip().rstrip(";") for name, lines in statements.items()}


def load_steps(package: str) -> tuple[str, ...]:
    """The migration scripts of a package, in the order of their numbers."""
    scripts = sorted(
        (file for file in resources.files(package).iterdir() if file.name.endswith(".sql")), key=lambda file: file.name
    )
    return tuple(script.read_text("utf-8") for script in scripts)
