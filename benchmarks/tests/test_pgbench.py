"""What is read out of the output of pgbench, and which sessions a full run has."""

import subprocess

import pytest

from benchmarks.pgbench import counted
from benchmarks.processes import BenchmarkError

OUTPUT = """\
number of transactions actually processed: 41234
number of failed transactions: 0 (0.000%)
latency average = 3.880 ms
tps = 8246.512301 (without initial connection time)
"""


def done(output: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess([], code, output, "")


def test_transactions_and_their_rate_are_read() -> None:
    assert counted(done(OUTPUT)) == (41234, 8246.512301)


@pytest.mark.parametrize(
    ("output", "code"), [("", 0), (OUTPUT, 2), (OUTPUT.replace("failed transactions: 0", "failed transactions: 1"), 0)]
)
def test_a_run_that_failed_has_no_figure(output: str, code: int) -> None:
    with pytest.raises(BenchmarkError):
        counted(done(output, code))


def test_each_session_compares_its_first_target_and_the_quick_one_needs_no_postgresql() -> None:
    lineup = pytest.importorskip("benchmarks.lineup", reason="needs the peers")
    assert [names[0] for names in lineup.PUBLISHED.values()] == ["customary", "customary-postgres"]
    assert not [name for name in lineup.COMPARED if "postgres" in name or "asyncpg" in name]
    assert {name for names in lineup.PUBLISHED.values() for name in names} < set(lineup.TARGETS)
