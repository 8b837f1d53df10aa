"""What a program that decodes strangers' sound allows itself."""

import os
import resource

MEMORY_BYTES = 1024 * 1024 * 1024  # of address space: libraries reserve far more than they touch
FILE_BYTES = 512 * 1024 * 1024


def be_modest(cpu_seconds: int) -> None:
    """Never more than our share: whatever a file does to a decoder, it ends."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
