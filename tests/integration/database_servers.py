"""Real database servers for a test: found on this machine, started on loopback, thrown away.

They never run as root (they refuse to): as another user of the machine then, by `runuser`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

READER, PASSWORD = "reader", "s3cret-läs"
SECONDS = 90


class NoServer(Exception):
    """Why there is no server to test against."""


@dataclass
class Server:
    """A running server; `stop` ends it."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    said: Path
    prefix: list[str] = field(default_factory=list)

    def stop(self) -> None:
        """End it at once: nothing in it is worth keeping."""
        self.process.terminate()
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_nobody(users: tuple[str, ...], folder: Path) -> list[str]:
    """What to put before a command so that it runs as one of the users; none when not root."""
    if os.geteuid() != 0:
        return []
    runuser = shutil.which("runuser")
    for name in (*users, "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        if runuser:
            os.chown(folder, user.pw_uid, user.pw_gid)
            return [runuser, "-u", name, "--"]
    raise NoServer("as root, no other user to run the server as")


def binary(name: str, *patterns: str) -> str:
    """A program on the path or where Debian keeps it."""
    found = shutil.which(name)
    for pattern in patterns:
        found = found or next((str(p) for p in sorted(Path("/").glob(pattern))), None)
    if not found:
        raise NoServer(f"{name} is not installed")
    return found


def postgresql(folder: Path) -> Server:
    """PostgreSQL with password logins; superuser owner, database pas."""
    where = "usr/lib/postgresql/*/bin"
    initdb, server = binary("initdb", f"{where}/initdb"), binary("postgres", f"{where}/postgres")
    prefix = as_nobody(("postgres",), folder)
    secret = folder / "secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o644)
    data = folder / "data"
    _run([*prefix, initdb, "-D", str(data), "-U", "owner", "-A", "scram-sha-256", "-E", "UTF8",
          "--locale=C", "--no-sync", f"--pwfile={secret}"], folder)  # fmt: skip
    port = free_port()
    settings = {"listen_addresses": "127.0.0.1", "port": port, "fsync": "off",
                "unix_socket_directories": "", "logging_collector": "off"}  # fmt: skip
    command = [*prefix, server, "-D", str(data)]
    for key, value in settings.items():
        command += ["-c", f"{key}={value}"]
    return _started(command, folder, port, prefix)


def mariadb(folder: Path) -> Server:
    """MariaDB; the user owner may do everything."""
    server = binary("mariadbd", "usr/sbin/mariadbd")
    install = binary("mariadb-install-db", "usr/bin/mariadb-install-db")
    prefix = as_nobody(("mysql",), folder)
    data = folder / "data"
    _run([*prefix, install, "--no-defaults", f"--datadir={data}", "--skip-test-db",
          "--auth-root-authentication-method=normal"], folder)  # fmt: skip
    setup = folder / "setup.sql"
    setup.write_text(
        f"CREATE USER owner@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';"
        "\nGRANT ALL ON *.* TO owner@'127.0.0.1' WITH GRANT OPTION;\n",
        encoding="utf-8",
    )
    setup.chmod(0o644)
    port = free_port()
    command = [*prefix, server, "--no-defaults", f"--datadir={data}", f"--port={port}",
               "--bind-address=127.0.0.1", f"--socket={folder}/s", f"--init-file={setup}",
               "--skip-log-bin", "--innodb-flush-method=nosync", "--skip-name-resolve",
               "--character-set-server=utf8mb4"]  # fmt: skip
    return _started(command, folder, port, prefix)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoServer(f"{Path(command[-1]).name}: {(done.stderr or done.stdout)[-300:]}")


def _started(command: list[str], folder: Path, port: int, prefix: list[str]) -> Server:
    said = folder / "said.txt"
    with said.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return Server(port, process, folder, said, prefix)
    process.kill()
    process.wait()
    raise NoServer(f"the server did not start: {said.read_text(errors='replace')[-300:]}")
