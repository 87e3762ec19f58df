"""What a child process may use: limits it sets on itself, and what its parent can see of it."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for the process that reads documents: megabytes, and seconds for each document."""

    memory_mb: int = 900
    cpu_seconds: int = 90
    wall_seconds: int = 180


def limit_this_process(limits: Limits) -> None:
    """Bound this process's address space, processor time and open files; no files written.

    Where the system has no such limits the parent's watch stands alone.
    """
    if sys.platform == "win32":
        return
    import resource

    # Address space is far more than what is resident: libraries and their thread arenas.
    space = (limits.memory_mb + 700) * 1024 * 1024
    wanted = {
        resource.RLIMIT_AS: space,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 128,
    }
    for kind, most in wanted.items():
        _, hard = resource.getrlimit(kind)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))
    another_document(limits)


def another_document(limits: Limits) -> None:
    """Give this process its seconds of a processor anew; when they are up a signal ends it."""
    if sys.platform == "win32":
        return
    import resource

    spent = resource.getrusage(resource.RUSAGE_SELF)
    until = int(spent.ru_utime + spent.ru_stime) + 1 + limits.cpu_seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or until <= hard:
        resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def used() -> tuple[float, float]:
    """The most memory that this process held, in MB (0 where unknown), and its seconds."""
    most = 0.0
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                most = int(line.split()[1]) * 1024 / 1e6
    except (OSError, ValueError, IndexError):
        most = 0.0
    return round(most, 1), round(time.process_time(), 2)


def resident_mb(child: subprocess.Popen[Any]) -> float:
    """How much memory a child holds, in MB; 0 when that cannot be told."""
    if sys.platform == "win32":
        return _windows_resident_mb(child)
    try:
        pages = int(Path(f"/proc/{child.pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    import resource

    return pages * resource.getpagesize() / 1e6


def confine(child: subprocess.Popen[Any], limits: Limits) -> object:
    """Put a child into a job object with limits on Windows; elsewhere it limits itself.

    Keep what is returned while the child lives: letting it go ends the child.
    """
    if sys.platform == "win32":
        return _windows_job(child, limits)
    return None


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    class _Basic(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _Extended(ctypes.Structure):
        _fields_ = (
            ("Basic", _Basic),
            ("IoCounters", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    class _Counters(ctypes.Structure):
        _fields_ = (
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            ("PeakWorkingSetSize", ctypes.c_size_t),
            ("WorkingSetSize", ctypes.c_size_t),
            ("QuotaPeakPagedPoolUsage", ctypes.c_size_t),
            ("QuotaPagedPoolUsage", ctypes.c_size_t),
            ("QuotaPeakNonPagedPoolUsage", ctypes.c_size_t),
            ("QuotaNonPagedPoolUsage", ctypes.c_size_t),
            ("PagefileUsage", ctypes.c_size_t),
            ("PeakPagefileUsage", ctypes.c_size_t),
        )

    _PROCESS_TIME, _ACTIVE_PROCESS, _PROCESS_MEMORY, _KILL_ON_CLOSE = 0x2, 0x8, 0x100, 0x2000
    _EXTENDED_LIMITS = 9

    class _Job:
        """A job object; closing its handle ends the processes in it."""

        def __init__(self, handle: int) -> None:
            self._handle = handle

        def __del__(self) -> None:
            ctypes.windll.kernel32.CloseHandle(wintypes.HANDLE(self._handle))

    def _windows_job(child: subprocess.Popen[Any], limits: Limits) -> object:
        kernel = ctypes.windll.kernel32
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        handle = kernel.CreateJobObjectW(None, None)
        if not handle:
            return None
        bounds = _Extended()
        bounds.Basic.LimitFlags = _PROCESS_TIME | _ACTIVE_PROCESS | _PROCESS_MEMORY | _KILL_ON_CLOSE
        bounds.Basic.PerProcessUserTimeLimit = limits.cpu_seconds * 10_000_000
        bounds.Basic.ActiveProcessLimit = 2
        bounds.ProcessMemoryLimit = limits.memory_mb * 1024 * 1024
        kernel.SetInformationJobObject(
            wintypes.HANDLE(handle), _EXTENDED_LIMITS, ctypes.byref(bounds), ctypes.sizeof(bounds)
        )
        process = wintypes.HANDLE(int(child._handle))  # type: ignore[attr-defined]
        kernel.AssignProcessToJobObject(wintypes.HANDLE(handle), process)
        return _Job(handle)

    def _windows_resident_mb(child: subprocess.Popen[Any]) -> float:
        counters = _Counters()
        counters.cb = ctypes.sizeof(counters)
        process = wintypes.HANDLE(int(child._handle))  # type: ignore[attr-defined]
        found = ctypes.windll.psapi.GetProcessMemoryInfo(
            process, ctypes.byref(counters), counters.cb
        )
        return counters.WorkingSetSize / 1e6 if found else 0.0
