"""The tests mirror the package. Comparisons in the files that only help tests are explained like those of tests."""

import pytest

pytest.register_assert_rewrite("tests.api.shop")
