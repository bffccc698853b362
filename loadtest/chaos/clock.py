"""The wall clock of a platform's processes, set forwards or backwards while they run."""

import shutil
import subprocess
from pathlib import Path

from serve.errors import ConfigurationError

_LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
_SLEEP = Path(__file__).with_name("sleep.c")
TRUE = "+0"


class FakeClock:
    """libfaketime's file: whoever was started with its environment reads the offset from it."""

    def __init__(self, folder: Path) -> None:
        """Raises ConfigurationError when the compiler fails."""
        self._file, self._sleep = folder / "clock", folder / "sleep.so"
        command = ["cc", "-shared", "-fPIC", "-o", self._sleep, _SLEEP]
        if subprocess.run(command, check=False).returncode:
            raise ConfigurationError(
                f"{_SLEEP.name} cannot be compiled: apt-get install -y libc6-dev"
            )
        self.set(TRUE)

    @property
    def environment(self) -> dict[str, str]:
        """Only the wall clock moves: timeouts and deadlines go by the monotonic one."""
        return {
            "LD_PRELOAD": f"{self._sleep}:{_LIBRARY}",
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

    def set(self, offset: str) -> None:
        """Such as `+1h`; in force within a second."""
        self._file.write_text(offset, "utf-8")


def available() -> bool:
    return _LIBRARY.exists() and shutil.which("cc") is not None
