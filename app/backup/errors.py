"""Why a backup or a restore cannot be."""


class BackupError(Exception):
    """Refused, or not what it should be; the text is one sentence that says what to do."""
