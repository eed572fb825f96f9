"""Every error that customary raises. The docstring of a class is its default message.

CustomaryError
├── HttpError                        a client is told of it: a status and a code of the contract
│   (RequestError, InternalError and ServiceUnavailable derive from it)
├── RequestError                     the caller can mend it
│   ├── BadRequest              400  no HTTP request at all
│   ├── WrongParameter          400
│   │   ├── WrongJson           400
│   │   └── InvalidBody         400  every problem of a body, by path
│   ├── LanguagesNotAllowed     400
│   ├── StoreSuspended          402
│   ├── InvalidToken            403
│   ├── InsufficientScope       403
│   ├── NotFound                404
│   │   ├── StoreNotFound       404
│   │   ├── CustomerNotFound    404
│   │   ├── ChangeNotFound      404
│   │   ├── GroupNotFound       404
│   │   ├── ContactNotFound     404
│   │   ├── ExtrafieldNotFound  404
│   │   ├── OrderNotFound       404
│   │   └── TicketNotFound      404
│   ├── MethodNotAllowed        405
│   ├── RequestTimeout          408
│   ├── CustomerErased          410
│   ├── EmailAlreadyUsed        409
│   ├── PositionNotReached      409
│   ├── ElementsDropped         409  an update that was to keep the lists would not
│   ├── ReferenceAlreadyUsed    409
│   ├── AnswerNotKept           409
│   ├── PreconditionFailed      412
│   ├── RequestTooLarge         413
│   ├── UnsupportedContentType  415
│   ├── IdempotencyKeyReused    422
│   └── HeadTooLarge            431
├── InternalError               500
├── ServiceUnavailable          503  try again later
│   ├── StorageFull             503
│   └── StorageFailed           503
├── KeyTaken                         between storage and its caller; never over HTTP
└── OperatorError                    a command or a setting is wrong; shown on the terminal, never over HTTP
    ├── DatabaseTooNew
    ├── SqliteTooOld
    └── StoreExists
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class CustomaryError(Exception):
    """Something went wrong"""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)

    @property
    def message(self) -> str:
        return str(self.args[0])


class HttpError(CustomaryError):
    """An error that a client is told of: ``status`` and ``code`` are the contract's"""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL_ERROR"

    @property
    def details(self) -> Mapping[str, str]:
        """The ``args`` of the answer: name or path → what is wrong with it."""
        return {}

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return ()


class RequestError(HttpError):
    """The request can't be answered as it is"""


class BadRequest(RequestError):
    """The request is no valid HTTP"""

    status = 400
    code = "BAD_REQUEST"


class WrongParameter(RequestError):
    """Wrong parameter value"""

    status = 400
    code = "WRONG_PARAMETER"


class WrongJson(WrongParameter):
    """Wrong JSON format"""


class InvalidBody(WrongParameter):
    """The body has values that can't be taken"""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """``problems``: path of the field → what is wrong with it, in the order they were found; at least one."""
        path, problem = next(iter(problems.items()))
        super().__init__(f"Field {path} {problem}")
        self.problems = dict(problems)

    @property
    def details(self) -> Mapping[str, str]:
        return self.problems


class LanguagesNotAllowed(RequestError):
    """The language is not enabled in the store"""

    status = 400
    code = "LANGUAGES_NOT_ALLOWED"


class StoreSuspended(RequestError):
    """Store is suspended"""

    status = 402
    code = "STORE_IS_SUSPENDED"


class InvalidToken(RequestError):
    """The API token is missing, unknown or not valid for this store"""

    status = 403
    code = "INVALID_API_TOKEN"


class InsufficientScope(RequestError):
    """The token lacks a scope"""

    status = 403
    code = "INSUFFICIENT_APP_SCOPE"


class NotFound(RequestError):
    """Not found"""

    status = 404
    code = "NOT_FOUND"


class StoreNotFound(NotFound):
    """Store not found"""

    code = "STORE_NOT_FOUND"


class CustomerNotFound(NotFound):
    """Customer not found"""

    code = "CUSTOMER_NOT_FOUND"


class ChangeNotFound(NotFound):
    """Change not found"""

    code = "CHANGE_NOT_FOUND"


class GroupNotFound(NotFound):
    """Customer group not found"""

    code = "CUSTOMER_GROUP_NOT_FOUND"


class ContactNotFound(NotFound):
    """Contact not found"""

    code = "CONTACT_NOT_FOUND"


class ExtrafieldNotFound(NotFound):
    """Extra field not found"""

    code = "EXTRA_FIELD_NOT_FOUND"


class OrderNotFound(NotFound):
    """Order not found"""

    code = "ORDER_NOT_FOUND"


class TicketNotFound(NotFound):
    """Ticket not found"""

    code = "TICKET_NOT_FOUND"


class MethodNotAllowed(RequestError):
    """Method not allowed"""

    status = 405
    code = "METHOD_NOT_ALLOWED"

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__()
        self.allowed = allowed

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("allow", ", ".join(self.allowed)),)


class RequestTimeout(RequestError):
    """The body did not arrive in time"""

    status = 408
    code = "REQUEST_TIMEOUT"


class EmailAlreadyUsed(RequestError):
    """Another customer of the store has this e-mail"""

    status = 409
    code = "EMAIL_ALREADY_USED"


class CustomerErased(RequestError):
    """The customer was erased"""

    status = 410
    code = "CUSTOMER_ERASED"


class ElementsDropped(RequestError):
    """The update would drop elements of a list, which the request wants to keep"""

    status = 409
    code = "ELEMENTS_WOULD_BE_DROPPED"

    def __init__(self, paths: Sequence[str]) -> None:
        """Of the elements, such as ``Customer.contacts[id=17]``; at least one."""
        super().__init__(f"The update would drop {len(paths)} elements, which the request wants to keep: {paths[0]}")
        self.paths = paths

    @property
    def details(self) -> Mapping[str, str]:
        return dict.fromkeys(self.paths, "would be dropped")


class PositionNotReached(RequestError):
    """The store's log of changes ends before this position"""

    status = 409
    code = "POSITION_NOT_REACHED"


class ReferenceAlreadyUsed(RequestError):
    """Another customer of the store has this external reference id"""

    status = 409
    code = "EXTERNAL_REFERENCE_ALREADY_USED"


class AnswerNotKept(RequestError):
    """The request with this Idempotency-Key was carried out; its answer was erased since"""

    status = 409
    code = "ANSWER_NOT_KEPT"


class PreconditionFailed(RequestError):
    """It was changed since it was read: read it again and apply the change to what it is now"""

    status = 412
    code = "PRECONDITION_FAILED"


class RequestTooLarge(RequestError):
    """The request body is too large"""

    status = 413
    code = "REQUEST_TOO_LARGE"


class UnsupportedContentType(RequestError):
    """Unsupported content-type: expected either application/json or text/json"""

    status = 415
    code = "UNSUPPORTED_CONTENT_TYPE"


class HeadTooLarge(RequestError):
    """The head of the request is too large"""

    status = 431
    code = "REQUEST_TOO_LARGE"


class IdempotencyKeyReused(RequestError):
    """Another request was sent with this Idempotency-Key"""

    status = 422
    code = "IDEMPOTENCY_KEY_REUSED"


class InternalError(HttpError):
    """Something went wrong on the server"""


class ServiceUnavailable(HttpError):
    """The server can't answer right now"""

    status = 503
    code = "SERVICE_UNAVAILABLE"
    retry_after: ClassVar[int] = 1

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("retry-after", str(self.retry_after)),)


class StorageFull(ServiceUnavailable):
    """There is no room left to store the change; nothing was changed"""

    retry_after = 10


class StorageFailed(ServiceUnavailable):
    """The storage failed and takes no more changes until the server is restarted"""

    retry_after = 30


class KeyTaken(CustomaryError):
    """There is a request with this Idempotency-Key already"""


class OperatorError(CustomaryError):
    """The command can't be carried out"""


class DatabaseTooNew(OperatorError):
    """The database was made by a newer version of customary"""


class SqliteTooOld(OperatorError):
    """customary needs SQLite 3.51.3 or later"""


class StoreExists(OperatorError):
    """A store with this id exists already"""
