"""Sums of money: exact inside, numbers of JSON outside."""

from decimal import ROUND_HALF_UP, Decimal

LARGEST_AMOUNT = Decimal("99999999999.9999")
"""Fifteen digits, which is what every number of JSON keeps."""
SMALLEST_PART = Decimal("0.0001")
_CENT = Decimal("0.01")


def plain_number(amount: Decimal) -> float | int:
    """Whole sums without a decimal point."""
    whole = int(amount)
    return whole if whole == amount else float(amount)


def average(total: Decimal, count: int) -> Decimal:
    """To the cent; half a cent goes up."""
    return (total / count).quantize(_CENT, ROUND_HALF_UP)
