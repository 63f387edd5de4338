"""Bindery: `bindery demo` makes the people, `bindery serve` is what is measured."""

import json
import os
import pathlib
import select
import shutil
import subprocess
import sys

from server import Server, free_port

CONFIG = """
[ldap]
listen = ["127.0.0.1:{port}"]
tls_listen = ["127.0.0.1:{tls_port}"]
socket = "{demo}/ldapi"

[tls]
certificate = "{demo}/certificate.pem"
key = "{demo}/key.pem"

[store]
path = "{demo}/bindery.redb"

[metrics]
listen = []

[throttle]
# The flood of row 3 would be taken for one.
enabled = false

[log]
# As slapd with loglevel 0.
level = "error"
"""

# A million people are made in minutes.
LOADING_SECONDS = 1200


class Bindery(Server):
    name = "bindery"
    hash_threads = ("hash",)

    def __init__(self, root, people, program):
        super().__init__(pathlib.Path(root) / f"bindery-{people}", people)
        self.program = program
        self.config = self.directory / "bindery.toml"
        self.port, self.tls_port = free_port(), free_port()

    def data(self):
        return self.directory / "demo"

    def load(self):
        """Lets the demo make its people, once for each number of them; keeps what it says of them."""
        done = self.directory / "loaded.json"
        if not done.exists():
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory.mkdir(parents=True)
            done.write_bytes(self.demo())
        facts = json.loads(done.read_bytes())
        self.service_dn, self.service_password = facts["service"]["dn"], facts["service"]["password"]
        self.admin_dn, self.admin_password = facts["administrator"]["dn"], facts["administrator"]["password"]
        self.config.write_text(CONFIG.format(port=self.port, tls_port=self.tls_port, demo=self.data()))

    def demo(self):
        """The line that the demo prints once everybody is there."""
        command = [self.program, "demo", "--json", "--dir", self.data(), "--port-base", 0, "--people", self.people]
        with open(self.directory / "log", "ab") as log:
            demo = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=log, env=os.environ)
        try:
            ready, _, _ = select.select([demo.stdout], [], [], LOADING_SECONDS)
            line = demo.stdout.readline() if ready else b""
        finally:
            demo.terminate()
            demo.wait(60)
        if not line:
            sys.exit(f"benches/run: bindery demo said nothing within {LOADING_SECONDS} s; see {self.directory / 'log'}")
        return line

    def command(self):
        return [self.program, "serve", "--config", self.config]
