"""What this machine computes with, as far as that decides what is quick on it; loads nothing."""

from __future__ import annotations

import platform
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

__all__ = ["CPU", "Precision", "half_precision", "processor"]

CPU = "cpu"
"""The device where nobody asks for another."""


class Precision(StrEnum):
    """The numbers that a model is computed in; float32 is the exact one."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


def half_precision(device: str = CPU) -> Precision | None:
    """Return the half precision that a device computes faster than float32; None for a CPU's lack.

    A CPU needs AMX for that: with AVX-512 alone bfloat16 is slower than float32. Linux says of its
    processor whether it has AMX; elsewhere the answer is no.
    """
    if device.partition(":")[0] == "cuda":
        return Precision.FLOAT16
    return Precision.BFLOAT16 if "amx_bf16" in processor().split() else None


def processor() -> str:
    """Return which processor this is, by all that its speed hangs on that it says of itself."""
    with suppress(OSError):
        first, _, _ = Path("/proc/cpuinfo").read_text("utf-8", "replace").partition("\n\n")
        named = ("model name", "flags", "CPU part", "Features")
        return "\n".join(line for line in first.splitlines() if line.startswith(named))
    return f"{platform.machine()} {platform.processor()}"
