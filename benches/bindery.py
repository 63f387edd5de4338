"""Bindery, by its own `bindery demo`."""

import json
import pathlib
import select
import shutil
import sys
import time
import urllib.parse

from server import BASE, Server


class Bindery(Server):
    name = "bindery"
    team_dn = f"cn=team######,ou=teams,{BASE}"
    hash_threads = ("hash",)

    def __init__(self, root, people, program):
        super().__init__(pathlib.Path(root) / f"bindery-{people}", people)
        self.program = program
        self.port = 0
        self.port_base = 0

    def data(self):
        return self.directory / "demo"

    def load(self):
        """Lets the demo make its people; once for each number of them."""
        done = self.directory / "loaded"
        if not done.exists():
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory.mkdir(parents=True)
            self.start(loading=True)
            self.stop()
            done.touch()

    def command(self):
        command = [self.program, "demo", "--json", "--dir", self.data(), "--port-base", self.port_base]
        if self.people and not (self.directory / "loaded").exists():
            command += ["--people", self.people]
        return command, {"BINDERY_THROTTLE__ENABLED": "false", "BINDERY_LOG__LEVEL": "error"}

    def start(self, loading=False):
        """Starts it; gives the milliseconds until its first answer. The ports stay what they were the first time."""
        if not loading and self.port:
            return super().start()
        begin = time.monotonic()
        self.answers, answers = (lambda: True), self.answers
        super().start()
        self.answers = answers
        facts = self.first_line(1200 if loading else 60)
        self.port = urllib.parse.urlsplit(facts["ldap"]).port
        self.tls_port = urllib.parse.urlsplit(facts["ldaps"]).port
        self.service_dn, self.service_password = facts["service"]["dn"], facts["service"]["password"]
        self.admin_dn, self.admin_password = facts["administrator"]["dn"], facts["administrator"]["password"]
        return (time.monotonic() - begin) * 1000

    def first_line(self, seconds):
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            sys.exit(f"benches/run: bindery demo printed nothing within {seconds} s; see {self.directory / 'log'}")
        return json.loads(line)
