"""A disk of the platform's own, small enough to be filled: its run folder, its reviews, what it prints."""

import errno
import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_SIZE_MIB = 256
_BLOCK = b"\0" * (1 << 20)


@contextmanager
def small_disk(folder: Path) -> Generator[Path | None]:
    """A file system in memory at `folder`, gone with the block; None where it cannot be mounted."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={_SIZE_MIB}m", "eventsmith-chaos", str(folder)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], check=False).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(path: Path) -> None:
    """In ever smaller pieces, until not a byte goes in."""
    with path.open("ab", buffering=0) as file:
        size = len(_BLOCK)
        while size:
            try:
                file.write(_BLOCK[:size])
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                size //= 2
