"""A long walk of random calls through the whole API, with restarts, agrees with a plain model of the contract.

``pytest tests/test_stateful.py --walk-steps 50000 --walk-seed 7`` walks further, and another way.
"""

from pathlib import Path

import pytest

from tests.model_of_the_contract.walk import Walk


def test_the_server_does_what_the_model_does(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    walk = Walk(tmp_path / "customary.db", pytestconfig.getoption("walk_seed"))
    walk.run(pytestconfig.getoption("walk_steps"), restarted_every=300)
