"""What cannot be done with staff; `code` is the key of the sentence that says so to people."""


class StaffError(ValueError):
    """Something about an account cannot be done."""

    code = ""

    def __init__(self) -> None:
        super().__init__(self.code)


class LoginError(StaffError):
    """A login with other characters than letters, digits, dot, hyphen and underscore."""

    code = "login"


class LoginTakenError(StaffError):
    """Somebody has this login already."""

    code = "login_taken"


class NameMissingError(StaffError):
    """A person without a name."""

    code = "name"


class PhoneError(StaffError):
    """Not a telephone number."""

    code = "phone"


class AreaError(StaffError):
    """A department that is not in the directory, or a region that cannot be one."""

    code = "area"


class OwnAccountError(StaffError):
    """One's own grants and account are managed by somebody else."""

    code = "own_account"


class LastAdministratorError(StaffError):
    """Without this one nobody could administer the hotline."""

    code = "last_administrator"
