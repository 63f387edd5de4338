"""Debian's slapd with the same people, as the thing to compare with."""

import os
import pathlib
import shutil
import subprocess
import sys

from server import BASE, PASSWORD_VALUE, Server, free_port

CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
pidfile {directory}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload argon2
# For the attribute type memberOf alone: its values are loaded, so that slapd does not pay for keeping them.
moduleload memberof
loglevel 0
threads 16
sizelimit unlimited
database mdb
suffix "{base}"
rootdn "cn=admin,{base}"
rootpw administrator-Passw0rd
directory {directory}/data
maxsize 17179869184
index objectClass,uid,mail,cn,member,memberOf,uidNumber,gidNumber eq
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
"""

SERVICE_PASSWORD = "application-Passw0rd-0123456789"


class Slapd(Server):
    name = "slapd"
    service_dn = f"uid=benchmark,ou=services,{BASE}"
    service_password = SERVICE_PASSWORD
    admin_dn = f"cn=admin,{BASE}"
    admin_password = "administrator-Passw0rd"
    hash_threads = ()

    def __init__(self, root, people):
        super().__init__(pathlib.Path(root) / f"slapd-{people}", people)
        self.program = shutil.which("slapd", path=f"/usr/sbin:{os.environ['PATH']}")
        if not self.program or not pathlib.Path("/usr/lib/ldap/argon2.so").exists():
            sys.exit("benches/run: slapd is missing: apt-get install --no-install-recommends slapd slapd-contrib")
        self.config = self.directory / "slapd.conf"
        self.port = free_port()

    def data(self):
        return self.directory / "data"

    def load(self):
        """Writes the directory as LDIF and gives it to slapadd; once for each number of people."""
        done = self.directory / "loaded"
        if done.exists():
            return
        shutil.rmtree(self.directory, ignore_errors=True)
        self.data().mkdir(parents=True)
        self.config.write_text(CONFIG.format(directory=self.directory, base=BASE))
        slapadd = subprocess.Popen(
            [self.program, "-T", "add", "-q", "-f", self.config], stdin=subprocess.PIPE, text=True, stderr=subprocess.PIPE
        )
        for entry in entries(self.people):
            slapadd.stdin.write(entry)
        slapadd.stdin.close()
        fault = slapadd.stderr.read()
        if slapadd.wait() != 0:
            sys.exit(f"benches/run: slapadd failed: {fault}")
        done.touch()

    def command(self):
        return [self.program, "-d", "0", "-h", f"ldap://127.0.0.1:{self.port}", "-f", self.config]


def entries(people):
    """The directory as LDIF, an entry at a time."""
    yield f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Example\n\n"
    for branch in ("people", "groups", "teams", "services"):
        yield f"dn: ou={branch},{BASE}\nobjectClass: organizationalUnit\n\n"
    secret = subprocess.run(
        ["slappasswd", "-h", "{SSHA}", "-s", SERVICE_PASSWORD], capture_output=True, text=True, check=True
    ).stdout.strip()
    yield (
        f"dn: uid=benchmark,ou=services,{BASE}\nobjectClass: account\nobjectClass: simpleSecurityObject\nuserPassword: {secret}\n\n"
    )
    for number in range(people):
        yield person(number)
    for number in range(min(people, 10)):
        yield group(f"cn=app{number},ou=groups,{BASE}", 20_000 + number, range(number, people, 10))
    for number in range((people + 99) // 100):
        yield group(f"cn=team{number:05},ou=teams,{BASE}", 30_000 + number, range(number * 100, min(people, number * 100 + 100)))


def person(number):
    uid = f"user{number:06}"
    return (
        f"dn: uid={uid},ou=people,{BASE}\n"
        "objectClass: inetOrgPerson\nobjectClass: posixAccount\nobjectClass: shadowAccount\n"
        f"uid: {uid}\ncn: User {number:06}\nsn: {number:06}\ngivenName: User\ndisplayName: User {number:06}\n"
        f"mail: {uid}@example.org\nuidNumber: {10_000 + number}\ngidNumber: 10000\nhomeDirectory: /home/{uid}\n"
        f"loginShell: /bin/bash\nuserPassword: {PASSWORD_VALUE}\n"
        f"memberOf: cn=app{number % 10},ou=groups,{BASE}\nmemberOf: cn=team{number // 100:05},ou=teams,{BASE}\n\n"
    )


def group(dn, number, members):
    name = dn[3 : dn.index(",")]
    lines = "".join(f"member: uid=user{member:06},ou=people,{BASE}\n" for member in members)
    return f"dn: {dn}\nobjectClass: groupOfNames\ncn: {name}\ndescription: {number}\n{lines}\n"
