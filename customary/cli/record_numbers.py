"""Numbers of stores and tokens as arguments of commands: what no database could hold is refused before it is asked."""

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from customary.rules.parameters import MOST_INT32, MOST_INT64

StoreNumber = Annotated[int, Parameter(validator=Number(gte=1, lte=MOST_INT32))]
TokenNumber = Annotated[int, Parameter(validator=Number(gte=1, lte=MOST_INT64))]
