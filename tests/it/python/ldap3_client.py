"""ldap3 (pure Python) against the daemon: the schema is read, and every name checked against it.

Reads what the daemon says of itself (JSON) from its standard input; ends with 0 if all is as it should be.
"""

import json
import ssl
import sys

import ldap3
from ldap3.core.exceptions import LDAPAttributeError

facts = json.load(sys.stdin)
people = {person["login"]: person for person in facts["people"]}
louise, helene = people["louisem"], people["helenep"]
PEOPLE = "ou=people," + facts["base"]
PASSWORD, OTHER = "prairie-Moteur-soixante-lune", "tambour-Oseille-gare-quinze"
host, port = facts["ldap"].removeprefix("ldap://").split(":")
tls_port = facts["ldaps"].rsplit(":", 1)[1]
tls = ldap3.Tls(ca_certs_file=facts["ca"], validate=ssl.CERT_REQUIRED, version=ssl.PROTOCOL_TLS_CLIENT)


def equal(left, right):
    if left != right:
        raise AssertionError(f"{left!r} is not {right!r}")


def missing(names, known, where):
    lost = [name for name in names if name not in known]
    equal((where, lost), (where, []))


def server():
    return ldap3.Server(host, port=int(port), get_info=ldap3.ALL, tls=tls, connect_timeout=20)


def connection(who, **options):
    return ldap3.Connection(server(), who["dn"], who["password"], check_names=True, receive_timeout=20, **options)


def the_schema_is_whole():
    with connection(facts["service"], auto_bind=True) as bound:
        info, schema = bound.server.info, bound.server.schema
        equal(info.naming_contexts, [facts["base"]])
        equal(info.supported_ldap_versions, ["3"])
        equal(info.vendor_name, ["Bindery"])
        missing(["memberOf", "entryUUID", "uid", "mail", "modifyTimestamp", "member", "owner"], schema.attribute_types, "served")
        missing(["inetOrgPerson", "posixAccount", "groupOfNames", "posixGroup"], schema.object_classes, "served")
        for name, kind in schema.attribute_types.items():
            rules = [rule for rules in (kind.equality, kind.ordering, kind.substring) if rules for rule in rules]
            missing(rules, schema.matching_rules, name)
            missing([kind.syntax] if kind.syntax else [], schema.ldap_syntaxes, name)
        for name, kind in schema.object_classes.items():
            missing([*(kind.must_contain or []), *(kind.may_contain or [])], schema.attribute_types, name)


def names_are_checked():
    with connection(facts["service"], auto_bind=True) as bound:
        bound.search(facts["base"], "(objectClass=*)", attributes=[ldap3.ALL_ATTRIBUTES, ldap3.ALL_OPERATIONAL_ATTRIBUTES])
        equal(bound.result["description"], "success")
        equal(len(bound.entries) > 15, True)
        bound.search(PEOPLE, "(&(memberOf=cn=vpn,ou=groups,dc=example,dc=org)(entryUUID=*))", attributes=["memberOf", "entryUUID"])
        equal(len(bound.entries), 5)
        bound.search(PEOPLE, f"(entryUUID={bound.entries[0].entryUUID.value})", attributes=["uid", "createTimestamp"])
        equal(len(bound.entries), 1)
        equal(bound.entries[0].createTimestamp.value.utcoffset().total_seconds(), 0)
        try:
            bound.search(PEOPLE, "(sAMAccountName=x)")
        except LDAPAttributeError:
            return
        raise AssertionError("ldap3 has not checked the names, so this shows nothing")


def every_transport():
    with ldap3.Connection(server(), louise["dn"], louise["password"], auto_bind=ldap3.AUTO_BIND_TLS_BEFORE_BIND) as bound:
        equal(bound.tls_started, True)
        equal(bound.extend.standard.who_am_i(), "dn:" + louise["dn"])
    secure = ldap3.Server("localhost", port=int(tls_port), use_ssl=True, get_info=ldap3.ALL, tls=tls)
    with ldap3.Connection(secure, louise["dn"], louise["password"], auto_bind=True) as bound:
        equal(bound.extend.standard.who_am_i(), "dn:" + louise["dn"])
    # StartTLS, root DSE and schema while anonymous, and then somebody binds on the same connection.
    late = ldap3.Connection(server())
    late.open()
    equal(late.start_tls(), True)
    equal(late.server.info.naming_contexts, [facts["base"]])
    equal("memberOf" in late.server.schema.attribute_types, True)
    equal(late.rebind(louise["dn"], louise["password"]), True)
    late.unbind()


def binds_again_and_again():
    bound = connection(facts["service"], auto_bind=True)
    for _ in range(5):
        equal(bound.rebind(louise["dn"], louise["password"]), True)
        equal(bound.extend.standard.who_am_i(), "dn:" + louise["dn"])
        bound.search(PEOPLE, "(uid=*)", attributes=["uid"])
        equal([entry.uid.value for entry in bound.entries], ["louisem"])
        equal(bound.rebind(facts["service"]["dn"], facts["service"]["password"]), True)
    equal(bound.rebind(helene["dn"], "wrong"), False)
    equal(bound.result["result"], 49)
    bound.search(PEOPLE, "(uid=*)")
    equal(bound.result["result"], 8)
    bound.unbind()


def pages_and_limits():
    with connection(facts["service"], auto_bind=True) as bound:
        pages = bound.extend.standard.paged_search(PEOPLE, "(uid=*)", attributes=["uid"], paged_size=3, generator=False)
        equal(sorted(page["attributes"]["uid"][0] for page in pages), sorted([*people, facts["administrator"]["login"]]))
        bound.search(PEOPLE, "(uid=*)", size_limit=1, attributes=["uid"])
        equal((len(bound.response), bound.result["description"]), (1, "sizeLimitExceeded"))
        bound.search(PEOPLE, "(uid=*)", dereference_aliases=ldap3.DEREF_ALWAYS, time_limit=60, types_only=True, attributes=["uid"])
        equal(len(bound.response), 8)


def groups_and_comparison():
    with connection(facts["service"], auto_bind=True) as bound:
        vpn = "cn=vpn,ou=groups," + facts["base"]
        equal(bound.compare(vpn, "member", people["marcl"]["dn"].upper()), True)
        equal(bound.compare(vpn, "member", louise["dn"]), False)
        # Its abstraction layer asks for every attribute of the classes, userPassword among them.
        reader = ldap3.Reader(bound, ldap3.ObjectDef(["inetOrgPerson", "posixAccount"], bound), PEOPLE, "uid: louisem")
        reader.search()
        equal(reader.entries[0].mail.value, louise["mail"])


def changes():
    with connection(facts["administrator"], auto_bind=True) as bound:
        dn = "uid=annab," + PEOPLE
        equal(bound.add(dn, ["inetOrgPerson"], {"cn": "Anna Blanc", "sn": "Blanc", "mail": ["a@example.org", "b@example.org"]}), True)
        equal(bound.extend.standard.modify_password(dn, None, PASSWORD), True)
        equal(bound.modify(dn, {"mail": [(ldap3.MODIFY_DELETE, ["a@example.org"])], "title": [(ldap3.MODIFY_REPLACE, ["Dr"])]}), True)
        with connection({"dn": dn, "password": PASSWORD}, auto_bind=True) as own:
            equal(own.extend.standard.modify_password(dn, "wrong", OTHER), False)
            equal(own.result["result"], 49)
            equal(own.extend.standard.modify_password(old_password=PASSWORD, new_password=OTHER), True)
        generated = bound.extend.standard.modify_password(dn)
        with connection({"dn": dn, "password": generated}, auto_bind=True) as own:
            equal(own.extend.standard.who_am_i(), "dn:" + dn)
        equal(bound.modify_dn(dn, "uid=anna"), True)
        equal(bound.delete("uid=anna," + PEOPLE), True)
        equal(bound.modify("uid=anna," + PEOPLE, {"title": [(ldap3.MODIFY_REPLACE, ["Dr"])]}), False)
        equal((bound.result["description"], bound.result["dn"]), ("noSuchObject", PEOPLE))


def many_at_once():
    bound = connection(facts["service"], client_strategy=ldap3.ASYNC)
    bound.bind()
    sent = [bound.search(PEOPLE, f"(uid={login})", attributes=["uid", "memberOf"]) for login in people for _ in range(8)]
    found = [bound.get_response(number, timeout=20) for number in reversed(sent)]
    equal({len(response) for response, _ in found}, {1})
    equal({result["result"] for _, result in found}, {0})
    bound.unbind()


the_schema_is_whole()
names_are_checked()
every_transport()
binds_again_and_again()
pages_and_limits()
groups_and_comparison()
changes()
many_at_once()
