"""Reads named SQL statements from a ``.sql`` file: ``-- name: get_customer`` opens one, comment lines describe it."""

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
