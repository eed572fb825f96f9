"""The page of examples is true: a reader who runs its blocks from top to bottom sees what the page shows.

The blocks of one language are one session on a store of its own.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from customary.testing import ServerInThread, server_in_thread

HOWTO = Path(__file__).parents[1] / "docs" / "howto"
PAGE = HOWTO / "examples.md"
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SCOPES = ("read_customers", "create_customers", "update_customers", "create_orders")
STORE_ID = 1003
END = "the end of a block"
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000")


@dataclass(frozen=True)
class Language:
    """``program`` reads the blocks from its standard input; ``end`` prints a line between two of them."""

    name: str
    program: tuple[str, ...]
    end: str
    needs: tuple[str, ...] = ()


LANGUAGES = (
    Language("sh", ("sh",), f"\necho; echo '{END}'\n", ("sh", "curl")),
    Language("python", (sys.executable, "-"), f"print({END!r}, flush=True)\n"),
    Language("javascript", ("node", "--input-type=module", "-"), f"console.log({END!r});\n", ("node",)),
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerInThread]:
    """With a new store, so that ids begin at 1."""
    with server_in_thread(tmp_path / "customary.db") as server:
        server.add_store(STORE_ID)
        yield server


def sections() -> list[tuple[str, dict[str, str]]]:
    """Title → block by language, in the order of the page. Before the first title is what each language begins with."""
    titles_and_texts = SECTION.split(PAGE.read_text("utf-8"))
    texts = [("", titles_and_texts[0]), *zip(titles_and_texts[1::2], titles_and_texts[2::2], strict=True)]
    return [(title, dict(FENCED.findall(text))) for title, text in texts]


def run(language: Language, blocks: list[str], server: ServerInThread) -> list[list[str]]:
    """The lines that each block printed."""
    token = server.add_token(STORE_ID, SCOPES)
    script = "".join(block + language.end for block in blocks)
    done = subprocess.run(
        language.program,
        input=script,
        env={"PATH": os.environ["PATH"], "API": f"{server.base_url}/api/v3/{STORE_ID}", "TOKEN": token},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = [line for line in done.stdout.splitlines() if line]
    split = [part.split("\n") for part in "\n".join(["", *printed]).split(f"\n{END}")]
    return [[line for line in part if line] for part in split[:-1]]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_every_block_prints_what_the_page_shows(language: Language, server: ServerInThread) -> None:
    missing = [program for program in language.needs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")
    page = sections()
    printed = run(language, [blocks[language.name] for _, blocks in page], server)
    shown = [blocks.get("json", "").splitlines() for _, blocks in page]
    titles = [title for title, _ in page]
    assert dict(zip(titles, printed, strict=True)) == dict(zip(titles, shown, strict=True))


def test_the_page_about_undoing_is_true(server: ServerInThread) -> None:
    """One block after the other; each prints what stands below it. Of times it has three dots."""
    blocks = FENCED.findall((HOWTO / "undo.md").read_text("utf-8"))
    steps: list[tuple[str, str]] = []
    for language, text in blocks:
        if language == "sh":
            steps.append((text, ""))
        elif language != "console":
            steps[-1] = (steps[-1][0], text)
    printed = run(LANGUAGES[0], [script for script, _ in steps], server)
    for (script, shown), lines in zip(steps, printed, strict=True):
        assert [TIME.sub("…", line) for line in lines] == shown.splitlines(), script


def test_every_task_is_shown_in_every_language() -> None:
    for title, blocks in sections()[1:]:
        assert blocks.keys() == {"sh", "python", "javascript", "json"}, title
