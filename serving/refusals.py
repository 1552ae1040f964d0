"""What the service answers instead of a page: one exception a case, turned into an answer in one place."""


class Refusal(Exception):
    """Ends a request with a status and a title that tells nobody anything about a household."""

    status = 400
    title = "Bad request"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail


class NotSignedIn(Refusal):
    """``why`` is a word for the sign-in page: "elsewhere" where the same person signed in at another place."""

    status = 401
    title = "Sign in first"

    def __init__(self, detail: str = "", *, why: str = "") -> None:
        super().__init__(detail)
        self.why = why


class NotAllowed(Refusal):
    status = 403
    title = "This is for other roles"


class PasswordFirst(Refusal):
    """Somebody still has the password that another gave them."""

    status = 403
    title = "Change the password first"


class Forged(Refusal):
    """Nothing shows that the request comes from our own page."""

    status = 403
    title = "The request does not come from a page of this session"


class NoSuchThing(Refusal):
    """Absent and outside the caller's scope are told in the same words."""

    status = 404
    title = "There is no such thing"


class Conflict(Refusal):
    status = 409
    title = "Somebody else was faster, or this was sent before with other content"


class TooMany(Refusal):
    status = 429
    title = "Too many requests at once"


class TooManyFailures(TooMany):
    """From the caller's address people failed to sign in more often than anybody mistypes."""


class OutOfService(Refusal):
    status = 503
    title = "The service cannot answer now"
