"""Numbers of stores and tokens as arguments of commands: what no database could hold is refused before it is asked."""

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

LARGEST_ID = 2**31 - 1
_LARGEST_ROW = 2**63 - 1

StoreNumber = Annotated[int, Parameter(validator=Number(gte=1, lte=LARGEST_ID))]
TokenNumber = Annotated[int, Parameter(validator=Number(gte=1, lte=_LARGEST_ROW))]
