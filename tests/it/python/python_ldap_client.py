"""python-ldap (libldap) against the daemon: schema, pages, controls, passwords, reconnection.

Reads what the daemon says of itself (JSON) from its standard input; ends with 0 if all is as it should be.
"""

import json
import os
import sys

import ldap
import ldap.modlist
import ldap.schema
from ldap.controls.deref import DereferenceControl
from ldap.controls.libldap import SimplePagedResultsControl
from ldap.controls.ppolicy import PasswordPolicyControl
from ldap.ldapobject import ReconnectLDAPObject

facts = json.load(sys.stdin)
people = {person["login"]: person for person in facts["people"]}
louise, thomas, marc = people["louisem"], people["thomasd"], people["marcl"]
service, administrator = facts["service"], facts["administrator"]
PEOPLE, GROUPS = "ou=people," + facts["base"], "ou=groups," + facts["base"]
NEW = "nouveau-Pont-sept-vaches"


def equal(left, right):
    if left != right:
        raise AssertionError(f"{left!r} is not {right!r}")


def refused(error, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except error as refusal:
        return refusal.args[0]
    raise AssertionError(f"{call} {arguments} is not refused with {error}")


def connect(uri=facts["ldap"], kind=ldap.initialize, **options):
    connection = kind(uri, **options)
    connection.set_option(ldap.OPT_PROTOCOL_VERSION, 3)
    connection.set_option(ldap.OPT_NETWORK_TIMEOUT, 20)
    connection.set_option(ldap.OPT_TIMEOUT, 20)
    connection.set_option(ldap.OPT_X_TLS_CACERTFILE, facts["ca"])
    connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
    connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
    return connection


def bound(who, **options):
    connection = connect(**options)
    connection.simple_bind_s(who["dn"], who["password"])
    return connection


def answer_of(controls, kind):
    [answer] = [answer for answer in controls if answer.controlType == kind.controlType]
    return answer


def the_schema_is_whole():
    connection = bound(service)
    where = connection.search_subschemasubentry_s()
    equal(where, "cn=subschema")
    equal(connection.search_subschemasubentry_s(louise["dn"]), where)
    schema = ldap.schema.SubSchema(connection.read_subschemasubentry_s(where), check_uniqueness=2)
    for name in ("memberOf", "entryUUID", "createTimestamp", "pwdReset", "accountStatus"):
        equal((name, schema.get_obj(ldap.schema.AttributeType, name).usage != 0), (name, True))
    # Whatever an entry has is in the schema, and its classes allow it.
    for dn, entry in connection.search_s(facts["base"], ldap.SCOPE_SUBTREE, "(objectClass=*)", ["*"]):
        must, may = schema.attribute_types([name.decode() for name in entry["objectClass"]], raise_keyerror=1)
        for name in entry:
            oid = schema.getoid(ldap.schema.AttributeType, name)
            equal((dn, name, oid in must or oid in may), (dn, name, True))


def every_transport():
    for uri in (facts["ldap"], facts["ldaps"].replace("localhost", "127.0.0.1"), facts["ldapi"]):
        equal(bound(louise, uri=uri).whoami_s(), "dn:" + louise["dn"])
    connection = connect()
    connection.start_tls_s()
    # In TLS and before the bind, as SSSD does.
    [(dn, root)] = connection.search_s("", ldap.SCOPE_BASE, "(objectClass=*)", ["*", "+"])
    equal((dn, root["namingContexts"]), ("", [facts["base"].encode()]))
    equal(b"1.3.6.1.4.1.4203.1.11.1" in root["supportedExtension"], True)
    refused(ldap.STRONG_AUTH_REQUIRED, connection.search_s, PEOPLE, ldap.SCOPE_SUBTREE)
    connection.simple_bind_s(louise["dn"], louise["password"])
    equal(connection.whoami_s(), "dn:" + louise["dn"])
    local = connect(facts["ldapi"])
    local.sasl_external_bind_s()
    equal(local.whoami_s(), "dn:cn=system,cn=bindery")


def binds_and_the_policy_control():
    connection = bound(service)
    for who in (louise, service) * 5:
        connection.simple_bind_s(who["dn"], who["password"])
        equal(connection.whoami_s(), "dn:" + who["dn"])
    refused(ldap.INVALID_CREDENTIALS, connection.simple_bind_s, louise["dn"], "wrong")
    equal(connection.whoami_s(), "")
    refused(ldap.STRONG_AUTH_REQUIRED, connection.search_s, PEOPLE, ldap.SCOPE_SUBTREE)
    refused(ldap.UNWILLING_TO_PERFORM, connection.simple_bind_s, louise["dn"], "")
    number = connection.simple_bind(louise["dn"], louise["password"], serverctrls=[PasswordPolicyControl()])
    _, _, _, controls = connection.result3(number)
    answer = answer_of(controls, PasswordPolicyControl)
    equal((answer.error, answer.graceAuthNsRemaining, answer.timeBeforeExpiration), (None, None, None))
    connection.unbind_s()


def pages():
    connection = bound(service)
    for size, critical in ((1, True), (3, False), (126, True), (1000, True)):
        control, logins = SimplePagedResultsControl(critical, size=size, cookie=""), []
        while True:
            number = connection.search_ext(PEOPLE, ldap.SCOPE_ONELEVEL, "(uid=*)", ["uid"], serverctrls=[control])
            _, entries, _, controls = connection.result3(number)
            logins += [entry["uid"][0].decode() for _, entry in entries]
            control.cookie = answer_of(controls, SimplePagedResultsControl).cookie
            if not control.cookie:
                break
            equal(len(entries), size)
        equal(sorted(logins), sorted([*people, administrator["login"]]))
    # Given up half way, and begun in the middle of nothing: the connection goes on.
    control = SimplePagedResultsControl(True, size=2, cookie="")
    page = lambda: connection.result3(connection.search_ext(PEOPLE, ldap.SCOPE_SUBTREE, "(uid=*)", serverctrls=[control]))  # noqa: E731
    control.cookie = answer_of(page()[3], SimplePagedResultsControl).cookie
    control.size = 0
    _, entries, _, controls = page()
    equal((entries, answer_of(controls, SimplePagedResultsControl).cookie), ([], b""))
    control.size, control.cookie = 2, b"not a cookie of this server"
    refused(ldap.UNWILLING_TO_PERFORM, page)
    equal(connection.whoami_s(), "dn:" + service["dn"])


def searches():
    connection = bound(service)
    connection.set_option(ldap.OPT_DEREF, ldap.DEREF_ALWAYS)
    find = lambda **options: connection.search_ext_s(PEOPLE, ldap.SCOPE_ONELEVEL, "(uid=*)", ["uid"], **options)  # noqa: E731
    for options in ({"timeout": 5}, {"timeout": 60, "sizelimit": 50000}, {"attrsonly": 1}, {"sizelimit": 1024}):
        equal(len(find(**options)), 8)
    equal(len(find(serverctrls=[DereferenceControl(False, {"member": ["uid", "cn"]})])), 8)
    refused(ldap.SIZELIMIT_EXCEEDED, find, sizelimit=2)
    groups = connection.search_s(GROUPS, ldap.SCOPE_SUBTREE, f"(&(objectClass=posixGroup)(member={louise['dn']}))", ["cn"])
    equal(sorted(entry["cn"][0] for _, entry in groups), [b"cloud", b"staff"])
    # FreeRADIUS: memberOf of the person, then cn of each group; it asks for the password as well.
    [(_, entry)] = connection.search_s(louise["dn"], ldap.SCOPE_BASE, "(objectClass=*)", ["memberOf", "userPassword"])
    equal(list(entry), ["memberOf"])
    for group in entry["memberOf"]:
        [(_, entry)] = connection.search_s(group.decode(), ldap.SCOPE_BASE, "(objectClass=*)", ["cn"])
        equal(len(entry["cn"]), 1)
    refusal = refused(ldap.NO_SUCH_OBJECT, connection.search_s, "uid=nobody," + PEOPLE, ldap.SCOPE_BASE)
    equal(refusal["matched"], PEOPLE)


def many_at_once_and_abandon():
    connection = bound(service)
    logins = [*people] * 8
    numbers = [connection.search(PEOPLE, ldap.SCOPE_SUBTREE, f"(uid={login})", ["uid"]) for login in logins]
    connection.abandon(numbers[0])
    for number, login in reversed([*zip(numbers, logins)][1:]):
        _, [(_, entry)] = connection.result(number)
        equal(entry["uid"], [login.encode()])
    connection.abandon(numbers[-1])
    for _ in range(20):
        connection.abandon(connection.search(facts["base"], ldap.SCOPE_SUBTREE, "(objectClass=*)", ["*", "+"]))
    equal(connection.whoami_s(), "dn:" + service["dn"])


def comparisons():
    connection = bound(service)
    vpn = "cn=vpn," + GROUPS
    for attribute, value, expected in (
        ("member", marc["dn"].replace("uid=", "UID=").replace(",", ", "), True),
        ("uniqueMember", louise["dn"], False),
        ("memberUid", "marcl", True),
    ):
        equal(connection.compare_s(vpn, attribute, value.encode()), expected)
    refused(ldap.NO_SUCH_ATTRIBUTE, connection.compare_s, louise["dn"], "userPassword", louise["password"].encode())
    refused(ldap.UNDEFINED_TYPE, connection.compare_s, louise["dn"], "nsuniqueid", b"x")


def passwords():
    # nslcd tries without the old password first, and then with it, on one connection.
    own = bound(thomas)
    refusal = refused(ldap.INSUFFICIENT_ACCESS, own.passwd_s, thomas["dn"], None, NEW)
    equal("old password" in refusal["info"], True)
    own.passwd_s(thomas["dn"], thomas["password"], NEW)
    bound({**thomas, "password": NEW})
    weak = refused(ldap.CONSTRAINT_VIOLATION, own.passwd_s, thomas["dn"], NEW, "thomas-dubois-1")
    equal("the person's name" in weak["info"], True)

    admin = bound(administrator)
    admin.passwd_s(thomas["dn"], None, thomas["password"])
    _, generated = admin.passwd_s(thomas["dn"], None, None, extract_newpw=True)
    own = bound({**thomas, "password": generated.genPasswd.decode()})
    own.passwd_s(None, generated.genPasswd.decode(), thomas["password"])
    number = own.passwd(thomas["dn"], thomas["password"], "court", serverctrls=[PasswordPolicyControl()])
    refusal = refused(ldap.CONSTRAINT_VIOLATION, own.result3, number)
    equal([oid for oid, _, _ in refusal["ctrls"]], [PasswordPolicyControl.controlType])
    refused(ldap.INSUFFICIENT_ACCESS, bound(service).passwd_s, thomas["dn"], None, NEW)


def entries_are_changed():
    admin = bound(administrator)
    dn = "uid=annab," + PEOPLE
    old = {"objectClass": [b"inetOrgPerson"], "cn": [b"Anna"], "sn": [b"Blanc"], "mail": [b"a@example.org"]}
    admin.add_s(dn, ldap.modlist.addModlist(old))
    new = {**old, "mail": [b"a@example.org", b"b@example.org"], "title": [b"Dr"]}
    admin.modify_s(dn, ldap.modlist.modifyModlist(old, new))
    [(_, entry)] = admin.search_s(dn, ldap.SCOPE_BASE, attrlist=["mail", "title"])
    equal(entry, {"mail": [b"a@example.org", b"b@example.org"], "title": [b"Dr"]})
    refused(ldap.ALREADY_EXISTS, admin.add_s, dn, ldap.modlist.addModlist(old))
    admin.rename_s(dn, "uid=anna", delold=1)
    admin.delete_s("uid=anna," + PEOPLE)
    refused(ldap.NO_SUCH_OBJECT, admin.delete_s, dn)


def reconnects():
    again = connect(kind=ReconnectLDAPObject, retry_max=3, retry_delay=0.1)
    again.simple_bind_s(louise["dn"], louise["password"])
    for _ in range(3):
        # As a firewall does it: the connection is simply not there any more.
        os.dup2(os.open(os.devnull, os.O_RDONLY), again.fileno())
        equal(again.whoami_s(), "dn:" + louise["dn"])


the_schema_is_whole()
every_transport()
binds_and_the_policy_control()
pages()
searches()
many_at_once_and_abandon()
comparisons()
passwords()
entries_are_changed()
reconnects()
