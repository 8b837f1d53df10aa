"""The set of files that makes one version: which names belong to it, and how a folder is read.

Nothing of a set is trusted: links, pipes, oversized and unreadable files are refused with their
place instead of being followed, waited for or swallowed.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.flows.findings import Finding, FlowError

Files = Mapping[str, bytes]
Fingerprint = tuple[tuple[str, int, int, int], ...]

YAML, WAV = ".yaml", ".wav"
Folders = Mapping[str, tuple[str, ...]]

# The folders of a set by their prefix, and how the names in each must end; `*` is any one folder.
FOLDERS: Folders = {
    "": (YAML,),
    "prompts/": (YAML,),
    "pronunciation/": (YAML,),
    "texts/": (YAML,),
    "audio/*/": (WAV,),
    "policies/": (YAML,),
    "tests/": (YAML,),
}
POLICIES, TESTS = "policies/", "tests/"
LARGEST_FILE = 256 * 1024
LARGEST_AUDIO = 2 * 1024 * 1024  # two minutes of 8 kHz and 16 bits
LARGEST_SET = 16 * 1024 * 1024
MOST_FILES = 500
LONGEST_NAME = 128


def belongs(name: str, folders: Folders = FOLDERS) -> bool:
    """Whether a name is one of a set's: a known folder, a known ending, nothing hidden."""
    folder, _, file = name.rpartition("/")
    prefix = f"{folder}/" if folder else ""
    endings = folders.get(prefix, folders.get(f"{folder.rpartition('/')[0]}/*/", ()))
    plain = name.isprintable() and not file.startswith(".") and "\\" not in name
    return plain and len(name) <= LONGEST_NAME and file.endswith(endings) and file not in endings


def largest_of(name: str) -> int:
    """How many bytes a file of a set may have, by its name."""
    return LARGEST_AUDIO if name.endswith(WAV) else LARGEST_FILE


def placed(place: str, name: str) -> str:
    """How findings name a file of a folder; without a folder, by its name within the set."""
    return str(Path(place) / name) if place else name


def content_version(files: Files) -> str:
    """The version of a set of files: twelve hexadecimal digits of a hash over all of them."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name] + b"\0")
    return digest.hexdigest()[:12]


def fingerprint(folder: Path) -> Fingerprint:
    """What tells that files have changed, without reading them: sizes and times of all."""
    marks = []
    for name, entry in _entries(folder, FOLDERS):
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # deleted while we looked: the next look will tell
        marks.append((name, status.st_size, status.st_mtime_ns, status.st_ino))
    return tuple(marks)


def read_folder(folder: Path, folders: Folders = FOLDERS) -> tuple[dict[str, bytes], list[Finding]]:
    """The files of a folder by their names, and why any of them cannot be taken."""
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    for name, path in _paths(folder, folders):
        try:
            files[name] = read_file(path, str(folder / name))
        except FlowError as error:
            findings += error.findings
    total = sum(map(len, files.values()))
    if len(files) > MOST_FILES or total > LARGEST_SET:
        told = f"The set has {len(files)} files with {total:,} bytes."
        hint = f"At most {MOST_FILES} files with {LARGEST_SET // 1024**2} MB in all are read."
        findings.append(Finding(str(folder), 1, 1, "error", "size", told, hint))
    return files, findings


def read_file(path: Path, name: str) -> bytes:
    """The bytes of a plain file: a link could lead anywhere, and a pipe never ends.

    `name` is what findings call it. Raises FlowError.
    """
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise _unread(name, "link", "This is a link.", "Put the file itself here.") from error
        reason = error.strerror or type(error).__name__
        told = f"The file cannot be read: {reason}."
        raise _unread(name, "unreadable", told, "See to its owner and permissions.") from error
    with os.fdopen(number, "rb") as file:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            raise _unread(name, "unreadable", "This is no plain file.", "Put a file here.")
        largest = largest_of(name)
        if status.st_size > largest:
            told = f"The file has {status.st_size:,} bytes."
            raise _unread(name, "size", told, f"At most {largest // 1024} kB are read.")
        return file.read(largest + 1)


def write_folder(folder: Path, files: Files) -> list[str]:
    """Make a folder hold exactly a set of files; returns the names that changed.

    All is written beside first and then put in its place, so that no look sees half of it for
    long. Raises OSError.
    """
    standing = dict(_paths(folder, FOLDERS))
    stale = [name for name in standing if name not in files]
    changed = [name for name in sorted(files) if not _holds(folder / name, files[name])]
    for name in changed:
        fresh = _beside(folder / name)
        fresh.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            file.write(files[name])
            file.flush()
            os.fsync(file.fileno())
    for name in changed:
        _beside(folder / name).replace(folder / name)
    for name in stale:
        standing[name].unlink()
    return sorted(changed + stale)


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and path.read_bytes() == data


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _prefixes(folder: Path, folders: Folders) -> Iterator[str]:
    """The folders of a set, those that a `*` stands for by their names."""
    for prefix in folders:
        outer, star, _ = prefix.partition("*")
        if not star:
            yield prefix
        elif (folder / outer).is_dir() and not (folder / outer).is_symlink():
            inner = sorted(one.name for one in (folder / outer).iterdir() if one.is_dir())
            yield from (f"{outer}{name}/" for name in inner)


def _paths(folder: Path, folders: Folders) -> Iterator[tuple[str, Path]]:
    """The paths of what looks like a file of the set."""
    return ((name, Path(entry)) for name, entry in _entries(folder, folders))


def _entries(folder: Path, folders: Folders) -> Iterator[tuple[str, os.DirEntry[str] | Path]]:
    """What looks like a file of the set; a folder that cannot be entered stands for its files."""
    for prefix in _prefixes(folder, folders):
        inside = folder / prefix
        try:
            entries = [] if prefix and inside.is_symlink() else _listed(inside)
        except FileNotFoundError:
            continue
        except OSError:
            yield prefix, inside
            continue
        if prefix and inside.is_symlink():
            yield prefix, inside
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if belongs(name, folders) and not entry.is_dir():
                yield name, entry


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder by name; each knows already, from the listing, whether it is a folder."""
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _unread(name: str, rule: str, sentence: str, hint: str) -> FlowError:
    return FlowError([Finding(name, 1, 1, "error", rule, sentence, hint)])
