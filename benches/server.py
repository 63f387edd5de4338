"""What both servers have in common: start, stop, and what the kernel says of them."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

BASE = "dc=example,dc=org"
PASSWORD = "secret-Passw0rd"
# Argon2id of PASSWORD: m=19456 KiB, t=2, p=1.
PASSWORD_VALUE = "{ARGON2}$argon2id$v=19$m=19456,t=2,p=1$YmluZGVyeS1iZW5jaG1yaw$uRdgj/n4dwWTKDqzQUNTOIlEdW+69OgnBfCMzDvOjvc"

# A base search of the root DSE for 1.1: what shows that a server answers.
ROOT_DSE = bytes.fromhex("302a020101632504000a01000a0100020100020100010100870b6f626a656374436c61737330050403312e31")


# The DN of a team of a hundred.
TEAM_DN = f"cn=team#####,ou=teams,{BASE}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server with `people` accounts, its data below `directory`."""

    def __init__(self, directory, people):
        self.directory = pathlib.Path(directory)
        self.people = people
        self.process = None
        self.pid = None

    def start(self):
        """Starts it; gives the milliseconds until its first answer."""
        begin = time.monotonic()
        with open(self.directory / "log", "ab") as log:
            self.process = subprocess.Popen([str(part) for part in self.command()], stdout=log, stderr=log)
        self.pid = self.process.pid
        while not self.answers():
            if self.process.poll() is not None:
                sys.exit(f"benches/run: {self.name} ended; see {self.directory / 'log'}")
            if time.monotonic() - begin > 120:
                sys.exit(f"benches/run: {self.name} does not answer after 120 s")
            time.sleep(0.001)
        return (time.monotonic() - begin) * 1000

    def answers(self):
        """Whether it answers a search of the root DSE."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(ROOT_DSE)
                return connection.recv(1) == b"\x30"
        except OSError:
            return False

    def stop(self, number=signal.SIGTERM):
        if self.process:
            self.process.send_signal(number)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def resident_kib(self):
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        return 0

    def cpu_seconds(self):
        """What it has computed since it was started."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def disk_mib(self):
        """What its data takes on disk; holes in a file take nothing."""
        return sum(file.stat().st_blocks * 512 for file in self.data().rglob("*") if file.is_file()) / 2**20
