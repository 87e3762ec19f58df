r"""Sets Caseload up on a fresh machine and runs or tests it; standard library only.

    python3 packaging/bootstrap.py setup    prepare .venv and nothing else
    python3 packaging/bootstrap.py run      show the main job on the shipped demo pack
    python3 packaging/bootstrap.py test     run every check and every test

The same words work on Debian 12 and on Windows 10/11 (there also `py packaging\bootstrap.py`).
A second call is quick: what is installed is remembered by the hash of the lock file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "packaging" / "dev.lock"
DEMO = ROOT / "demo" / "qvh"
WINDOWS = os.name == "nt"
OLDEST = (3, 11)

# What PySide6-Essentials loads from the system on Debian: library file, package.
QT_LIBRARIES = (
    ("libEGL.so.1", "libegl1"),
    ("libGL.so.1", "libgl1"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)


def main(arguments: list[str]) -> int:
    """Run one of the three commands; returns its exit code."""
    command = arguments[0] if arguments else ""
    if command not in {"setup", "run", "test"} or (command == "setup" and len(arguments) > 1):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        python = set_up()
    except SetUpError as error:
        print(f"\nCaseload could not be set up: {error}", file=sys.stderr)
        return 2
    if command == "run":
        return run(python)
    if command == "test":
        return test(python, arguments[1:])
    return 0


class SetUpError(Exception):
    """Something on this machine stands in the way; the text says what to do."""


def set_up() -> Path:
    """Make `.venv` hold exactly what the lock file says; returns its interpreter."""
    if sys.version_info < OLDEST:
        return_code = hand_over_to_newer_python()
        raise SystemExit(return_code)
    python = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
    stamp = VENV / "caseload-lock.txt"
    wanted = lock_hash()
    if not (python.exists() and stamp.exists() and stamp.read_text() == wanted):
        install(python)
        stamp.write_text(wanted)
    if sys.platform.startswith("linux"):
        ensure_qt_libraries()
    return python


def hand_over_to_newer_python() -> int:
    """Start this script again with a Python that is new enough, if the machine has one."""
    launchers = [["py", "-3"]] if WINDOWS else []
    names = [["python3.14"], ["python3.13"], ["python3.12"], ["python3.11"]]
    for launcher in [*launchers, *names]:
        if shutil.which(launcher[0]) is None:
            continue
        probe = [*launcher, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        if subprocess.run(probe, check=False).returncode == 0:
            again = [*launcher, str(Path(__file__).resolve()), *sys.argv[1:]]
            return subprocess.run(again, check=False).returncode
    version = ".".join(map(str, sys.version_info[:2]))
    raise SetUpError(
        f"Python 3.11 or later is needed, this is {version}. Install it and try again."
    )


def lock_hash() -> str:
    """The lock file, the package's own metadata and the place of the checkout, as one hash."""
    parts = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode()]
    parts.append((ROOT / "app/caseload/services/version_manifest.json").read_bytes())
    parts.append(sys.version.encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def install(python: Path) -> None:
    """Make the environment and install every locked library, by hash, then Caseload itself."""
    print("Setting up Caseload in .venv (the first time takes a minute or two) ...")
    make_environment(python)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-q"]
    locked = [*pip, "install", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]
    attempts = 3
    for attempt in range(1, attempts + 1):
        if subprocess.run(locked, check=False).returncode == 0:
            break
        if attempt == attempts:
            raise SetUpError(
                "the libraries of packaging/dev.lock could not be installed (see above). "
                "Check the network or your package index and run the same command again."
            )
        print("Trying again ...")
        time.sleep(2 * attempt)
    own = [*pip, "install", "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    if subprocess.run(own, check=False).returncode != 0:
        raise SetUpError("Caseload itself could not be installed into .venv (see above).")


def make_environment(python: Path) -> None:
    """Make `.venv` afresh; on Debian, install the package that venv needs when we may."""
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0 and sys.platform.startswith("linux"):
        apt_install([f"python3.{sys.version_info[1]}-venv"], "to make a virtual environment")
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0 or not python.exists():
        raise SetUpError(
            f"no virtual environment could be made in {VENV}.\n{done.stdout}{done.stderr}"
        )


def ensure_qt_libraries() -> None:
    """Install the shared libraries that the window needs, or name the command that does."""
    known = subprocess.run(["/sbin/ldconfig", "-p"], check=False, capture_output=True, text=True)
    if known.returncode != 0:
        return
    missing = [package for library, package in QT_LIBRARIES if library not in known.stdout]
    if missing:
        apt_install(missing, "for the window")


def apt_install(packages: list[str], why: str) -> None:
    """Install Debian packages as root or with a password-less sudo, else say how."""
    prefix = root_prefix()
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None or prefix is None:
        raise SetUpError(
            f"this machine lacks {', '.join(packages)} ({why}). As an administrator, run\n"
            f"    sudo {' '.join(command)}\nand then the same command again."
        )
    print(f"Installing {', '.join(packages)} {why} ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], command):
        full = [*prefix, *step]
        done = subprocess.run(full, check=False, env=environment, stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SetUpError(f"apt-get could not install {', '.join(packages)} (see above).")


def root_prefix() -> list[str] | None:
    """What to put before a command so that root runs it; None when we may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)
    return ["sudo", "-n"] if allowed.returncode == 0 else None


def has_display() -> bool:
    """True where a window can be shown."""
    if WINDOWS or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(python: Path) -> int:
    """Show the main job on the demo project: in the window, else in the terminal."""
    caseload = [str(python), "-m", "caseload"]
    project = ["--project", str(DEMO)]
    if not (DEMO / "qvh.caseload").exists():
        DEMO.parent.mkdir(parents=True, exist_ok=True)
        code = subprocess.run([*caseload, "demo", str(DEMO)], check=False).returncode
        if code != 0:
            return code
    code = 0
    if not (DEMO / "reports" / "release_gate_report.json").exists():
        lifecycle = [*caseload, *project, "lifecycle", "--rows", "20", "--seed", "42"]
        code = subprocess.run(lifecycle, check=False).returncode
        if code not in (0, 1):
            return code
    elif not has_display():
        code = subprocess.run([*caseload, *project, "runs"], check=False).returncode
    if has_display():
        return subprocess.run([*caseload, *project, "gui"], check=False).returncode
    place = DEMO.relative_to(ROOT)
    print(
        f"\nNo display here, so this is all in the terminal. Where to look next:\n"
        f"  {place}/reports/release_gate_report.json       the gates\n"
        f"  {place}/reports/mapping_contract.csv           one decision per target field\n"
        f"  {place}/mock_data/target_contract/             the load files\n"
        f"  {place}/reports/contract_migration_ledger.csv  the ledger that ties\n"
        f"  .venv/bin/caseload --help                      every command\n"
        f"  .venv/bin/caseload -p {place} lifecycle     all seven stages again\n"
        f"  .venv/bin/caseload -p {place} screenshots pictures   every page of the window"
    )
    return code


def side_by_side(extra: list[str]) -> list[str]:
    """What lets pytest use up to four cores, a test file at a time in the order of the files."""
    if any(word.startswith("-n") or word == "--pdb" for word in extra):
        return []
    workers = min(4, os.cpu_count() or 1)
    return ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]


def test(python: Path, extra: list[str]) -> int:
    """Run the linters, the architecture check, the type check and every test."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    environment.pop("CASELOAD_PROJECT", None)
    scripts = python.parent
    checks = [
        ("style", [str(scripts / "ruff"), "check", "."]),
        ("format", [str(scripts / "ruff"), "format", "--check", "-q", "."]),
        ("architecture", [str(scripts / "lint-imports"), "--no-cache"]),
        ("types", [str(python), "-m", "mypy"]),
        ("tests", [str(python), "-m", "pytest", *side_by_side(extra), *extra]),
    ]
    failed = []
    for name, command in checks:
        started = time.monotonic()
        code = subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode
        print(f"-- {name}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s")
        if code != 0:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
