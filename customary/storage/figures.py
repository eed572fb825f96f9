"""What a customer's orders come to, kept up to date order by order, whatever the back end."""

from collections.abc import Iterable
from decimal import Decimal

from customary.model.customer import Stats
from customary.model.order import Order


def add_orders(stats: Stats | None, orders: Iterable[tuple[Decimal, int]]) -> Stats | None:
    """With the totals and times of some orders more."""
    for total, created in orders:
        if stats is None:
            stats = Stats(number_of_orders=1, sales_value=total, first_order_date=created, last_order_date=created)
        else:
            stats = Stats(
                number_of_orders=stats.number_of_orders + 1,
                sales_value=stats.sales_value + total,
                first_order_date=min(stats.first_order_date, created),
                last_order_date=max(stats.last_order_date, created),
            )
    return stats


def take_order(stats: Stats | None, order: Order, first: int | None, last: int | None) -> Stats | None:
    """Without one of them; ``first`` and ``last`` are the times of those that are left."""
    if stats is None or first is None or last is None:
        return None
    return Stats(
        number_of_orders=stats.number_of_orders - 1,
        sales_value=stats.sales_value - order.total,
        first_order_date=first,
        last_order_date=last,
    )
