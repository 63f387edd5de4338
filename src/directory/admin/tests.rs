//! Add, Modify, Delete and ModifyDN as a caller sees them: what is done, what is refused, and with which words.

use std::sync::Arc;

use crate::directory::fixture::{SYSTEM, directory_over};
use crate::directory::{Actor, Caller, Change, ChangeError, ChangeOperation, Directory, PasswordChange, Target};
use crate::domain::account::{Account, Role, Status};
use crate::domain::dn::Dn;
use crate::domain::entry::Value;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::secret::Secret;
use crate::store::{Stop, Store, View, accounts, credentials, groups, memberships, services};

const PEOPLE: &str = "ou=people,dc=example,dc=org";
const GROUPS: &str = "ou=groups,dc=example,dc=org";
const TEAMS: &str = "ou=teams,dc=example,dc=org";
const SERVICES: &str = "ou=services,dc=example,dc=org";
const GOOD: &str = "trois girafes bleues dansent";
const BETTER: &str = "quatre ours violets chantent";

async fn directory() -> Directory {
    directory_over(Store::in_memory()).await
}

fn dn(text: &str) -> Dn {
    Dn::parse(text).unwrap()
}

fn entry(dn: &str, attributes: &[(&str, &str)]) -> (Dn, Vec<(String, Vec<Value>)>) {
    (self::dn(dn), attributes.iter().map(|(name, value)| ((*name).to_owned(), vec![value.as_bytes().to_vec()])).collect())
}

async fn add(directory: &Directory, dn: &str, attributes: &[(&str, &str)]) -> Result<(), ChangeError> {
    let (dn, attributes) = entry(dn, attributes);
    directory.add(&SYSTEM, &dn, attributes).await
}

async fn add_person(directory: &Directory, uid: &str, more: &[(&str, &str)]) {
    let mut attributes = vec![("objectClass", "inetOrgPerson"), ("cn", uid), ("sn", uid)];
    attributes.extend_from_slice(more);
    add(directory, &format!("uid={uid},{PEOPLE}"), &attributes).await.unwrap();
}

fn change(operation: ChangeOperation, attribute: &str, values: &[&str]) -> Change {
    Change { operation, attribute: attribute.into(), values: values.iter().map(|value| value.as_bytes().to_vec()).collect() }
}

fn replace(attribute: &str, values: &[&str]) -> Change {
    change(ChangeOperation::Replace, attribute, values)
}

fn put(attribute: &str, values: &[&str]) -> Change {
    change(ChangeOperation::Add, attribute, values)
}

fn take(attribute: &str, values: &[&str]) -> Change {
    change(ChangeOperation::Delete, attribute, values)
}

async fn modify(directory: &Directory, dn: &str, changes: &[Change]) -> Result<(), ChangeError> {
    directory.modify(&SYSTEM, &self::dn(dn), changes.to_vec()).await
}

async fn read<T>(directory: &Directory, rule: impl Fn(&mut View<'_>) -> Result<T, Stop<()>>) -> T {
    directory.store.read(rule).await.unwrap()
}

async fn account(directory: &Directory, uid: &str) -> Account {
    read(directory, |view| {
        let id = accounts::id_of_uid(view, uid)?.unwrap();
        accounts::load(view, id)
    })
    .await
    .unwrap()
}

async fn group(directory: &Directory, kind: GroupKind, cn: &str) -> Group {
    read(directory, |view| {
        let id = groups::id_of(view, kind, cn)?.unwrap();
        groups::load(view, id)
    })
    .await
    .unwrap()
}

async fn members(directory: &Directory, group: &Group) -> Vec<String> {
    let mut logins = read(directory, |view| {
        let ids = memberships::members(view, group.id, Id(0), 999)?;
        ids.into_iter().map(|id| Ok(accounts::load(view, id)?.unwrap().uid)).collect::<Result<Vec<_>, Stop<()>>>()
    })
    .await;
    logins.sort();
    logins
}

async fn caller(directory: &Directory, uid: &str) -> Caller {
    Caller { actor: Actor::Account(account(directory, uid).await.id), ..SYSTEM }
}

fn texts(account: &Account, attribute: Attribute) -> Vec<&str> {
    account.attributes.values(attribute).iter().map(|value| std::str::from_utf8(value).unwrap()).collect()
}

#[tokio::test]
async fn a_person_is_added_as_client_programs_send_them() {
    let directory = directory().await;
    let team = [("objectClass", "groupOfNames")];
    add(&directory, &format!("cn=Sales,{TEAMS}"), &team).await.unwrap();
    let (dn, mut attributes) = entry(
        &format!("cn=Louise Martin+UID=LouiseM,{PEOPLE}"),
        &[
            ("objectclass", "top"),
            ("objectClass", "posixAccount"),
            ("objectClass", "INETORGPERSON"),
            ("surname", "Martin"),
            ("mail", "louise@example.org"),
            ("departmentNumber", "cn=sales,ou=teams,dc=example,dc=org"),
            ("shadowLastChange", "12345"),
            ("pwdReset", "TRUE"),
            ("binderyRole", "Manager"),
            ("accountExpires", "20300101000000Z"),
        ],
    );
    attributes.push(("userPassword".into(), vec![GOOD.into()]));
    directory.add(&SYSTEM, &dn, attributes).await.unwrap();
    let louise = account(&directory, "louisem").await;
    assert_eq!((louise.uid.as_str(), louise.uid_number, louise.gid_number), ("LouiseM", 10_000, 100));
    assert_eq!((texts(&louise, Attribute::Cn), texts(&louise, Attribute::Sn)), (vec!["Louise Martin"], vec!["Martin"]));
    assert_eq!((louise.role, louise.status, louise.must_change), (Role::Manager, Status::Active, true));
    assert_eq!(louise.expires_at, Some(UnixTime::from_secs(1_893_456_000)));
    assert!(louise.attributes.values(Attribute::ShadowLastChange).is_empty(), "it follows the password");
    assert_eq!(read(&directory, |view| memberships::team_of(view, louise.id)).await.unwrap().cn, "Sales");
    assert!(read(&directory, |view| credentials::load(view, louise.id)).await.is_some());

    add_person(&directory, "paul", &[("uidNumber", "501"), ("gidNumber", "500")]).await;
    let paul = account(&directory, "paul").await;
    assert_eq!((paul.uid_number, paul.gid_number), (501, 500));
    add_person(&directory, "anne", &[]).await;
    assert_eq!(account(&directory, "anne").await.uid_number, 10_001);
}

#[tokio::test]
async fn what_cannot_be_added_is_refused_with_words() {
    use ChangeError::*;
    let directory = directory().await;
    add_person(&directory, "louise", &[("mail", "louise@example.org"), ("uidNumber", "5")]).await;
    add_person(&directory, "info@example.org", &[]).await;
    add(&directory, &format!("cn=staff,{GROUPS}"), &[("objectClass", "groupOfNames")]).await.unwrap();
    let person = [("objectClass", "inetOrgPerson"), ("cn", "P"), ("sn", "P")];
    let with = |more: (&'static str, &'static str)| [person.to_vec(), vec![more]].concat();
    let paul = format!("uid=paul,{PEOPLE}");
    for (dn, attributes, error) in [
        (
            format!("UID=Louise,{PEOPLE}"),
            person.to_vec(),
            AlreadyExists("the login \"Louise\" is taken by another account; choose another one".into()),
        ),
        (PEOPLE.into(), person.to_vec(), AlreadyExists("the entry is part of the tree and is there already; leave it out".into())),
        ("uid=x,ou=robots,dc=example,dc=org".into(), person.to_vec(), NoSuchObject("dc=example,dc=org".into())),
        ("uid=x,dc=example,dc=com".into(), person.to_vec(), NoSuchObject(String::new())),
        (format!("mail=x,{PEOPLE}"), person.to_vec(), NamingViolation("entries of ou=people are named like uid=louisem,ou=people".into())),
        (
            "ou=robots,dc=example,dc=org".into(),
            person.to_vec(),
            NamingViolation("entries live in ou=people, ou=groups, ou=teams and ou=services; there are no others below the suffix".into()),
        ),
        (
            format!("cn=Paul Petit,{PEOPLE}"),
            with(("uid", "paul")),
            NamingViolation(
                "a name here has 1 to 64 characters without blanks, '/', ':' and control characters, and does not begin with '-'".into(),
            ),
        ),
        (
            format!("cn=Petit,{PEOPLE}"),
            with(("uid", "paul")),
            NamingViolation("the name is \"Petit\", but uid is \"paul\"; add the entry as uid=paul,ou=people".into()),
        ),
        (
            paul.clone(),
            vec![("objectClass", "inetOrgPerson")],
            ObjectClassViolation("inetOrgPerson needs cn and sn; give cn and sn a value".into()),
        ),
        (
            paul.clone(),
            vec![("objectClass", "person"), ("cn", "P")],
            ObjectClassViolation("inetOrgPerson needs sn; give sn a value".into()),
        ),
        (
            paul.clone(),
            vec![("cn", "P"), ("sn", "P")],
            ObjectClassViolation("objectClass is missing; an entry here has objectClass: inetOrgPerson".into()),
        ),
        (
            paul.clone(),
            with(("objectClass", "sambaSamAccount")),
            ObjectClassViolation(
                "sambaSamAccount is not a class of such an entry here; those are top, person, organizationalPerson, inetOrgPerson, \
                 posixAccount, shadowAccount, ldapPublicKey"
                    .into(),
            ),
        ),
        (
            paul.clone(),
            with(("member", "louise")),
            ObjectClassViolation("an entry of the class inetOrgPerson has no member here; leave it out".into()),
        ),
        (
            paul.clone(),
            with(("sambaSID", "1")),
            UndefinedType("sambaSID is not an attribute type that is served here; cn=subschema lists those that are".into()),
        ),
        (
            paul.clone(),
            with(("cn;lang-fr", "P")),
            UndefinedType("cn;lang-fr: values with options such as ;lang-fr are not kept; leave the option out".into()),
        ),
        (
            paul.clone(),
            with(("memberOf", "cn=staff")),
            Constraint("memberOf is NO-USER-MODIFICATION: the server keeps it; leave it out".into()),
        ),
        (paul.clone(), with(("cn", "p")), ValueExists("cn is given the same value twice".into())),
        (
            paul.clone(),
            with(("uidNumber", "5")),
            Constraint(
                "the uidNumber 5 belongs to another account; choose another one, or leave it out to be given the next free one".into(),
            ),
        ),
        (paul.clone(), with(("uidNumber", "0")), Constraint("uidNumber is a number from 1 to 4294967295, not \"0\"".into())),
        (paul.clone(), with(("departmentNumber", "sales")), Constraint("departmentNumber: there is no team sales; add it first".into())),
        (paul.clone(), with(("binderyRole", "king")), InvalidSyntax("binderyRole is user, manager or administrator".into())),
        (
            paul.clone(),
            with(("accountStatus", "expired")),
            Constraint("accountStatus is expired by itself once accountExpires has passed; set that".into()),
        ),
        (
            paul.clone(),
            with(("mail", "Info@example.org")),
            Constraint(
                "the mail address \"info@example.org\" is the login of \"info@example.org\", who could then be taken for this person; use \
                 another address"
                    .into(),
            ),
        ),
        (paul.clone(), with(("userPassword", "{SSHA}!!")), InvalidSyntax("userPassword: cannot be read: the base64 is broken".into())),
        (
            format!("cn=new,{GROUPS}"),
            vec![("objectClass", "groupOfNames"), ("member", "uid=nobody,ou=people,dc=example,dc=org")],
            Constraint("member: there is no account uid=nobody,ou=people,dc=example,dc=org; add it first".into()),
        ),
        (
            format!("cn=new,{GROUPS}"),
            vec![("objectClass", "groupOfNames"), ("member", "cn=staff,ou=groups,dc=example,dc=org")],
            Constraint("member: cn=staff,ou=groups,dc=example,dc=org is a group; a group has accounts as members, no groups".into()),
        ),
        (
            format!("uid=app,{SERVICES}"),
            vec![("objectClass", "account"), ("binderyLimitedTo", "nogroup")],
            Constraint("binderyLimitedTo: there is no group nogroup; add it first".into()),
        ),
        (
            format!("uid=app,{SERVICES}"),
            vec![("objectClass", "account"), ("binderyGrant", "everything")],
            InvalidSyntax("binderyGrant is password-reset, or nothing".into()),
        ),
    ] {
        let refused = add(&directory, &dn, &attributes).await.unwrap_err();
        match (&refused, &error) {
            // The text is the verifier's own.
            (InvalidSyntax(text), InvalidSyntax(_)) if text.starts_with("userPassword: ") => {}
            _ => assert_eq!(refused, error, "{dn} {attributes:?}"),
        }
    }
    assert!(matches!(
        add(&directory, &paul, &with(("userPassword", "louise"))).await,
        Err(Password(refusal)) if refusal.to_string().contains("12")
    ));
    assert_eq!(read(&directory, |view| accounts::id_of_uid(view, "paul")).await, None, "all or nothing");
}

#[tokio::test]
async fn values_are_added_taken_away_and_replaced() {
    use ChangeError::*;
    let directory = directory().await;
    add_person(&directory, "louise", &[("mail", "a@example.org"), ("mail", "b@example.org")]).await;
    let louise = format!("uid=louise,{PEOPLE}");
    for (changes, error) in [
        (vec![put("mail", &["A@example.org"])], ValueExists("mail has the value \"A@example.org\" already".into())),
        (vec![take("mail", &["c@example.org"])], NoSuchValue("mail has no value \"c@example.org\"".into())),
        (vec![take("telephoneNumber", &[])], NoSuchValue("there is no telephoneNumber to delete".into())),
        (vec![replace("mail", &["x@example.org", "X@example.org"])], ValueExists("mail is given the same value twice".into())),
        (vec![put("mail", &[])], InvalidSyntax("mail: give the values that are to be added".into())),
        (vec![replace("displayName", &["one", "two"])], Constraint("displayName has one value at most".into())),
        (vec![take("sn", &[])], ObjectClassViolation("inetOrgPerson needs sn; give sn a value".into())),
        (
            vec![replace("uid", &["lou"])],
            NotAllowedOnRdn("uid is the entry's name; rename the entry (ModifyDN, ldapmodrdn) to change it".into()),
        ),
        (vec![take("uid", &[])], NotAllowedOnRdn("uid is the entry's name; rename the entry (ModifyDN, ldapmodrdn) to change it".into())),
        (vec![put("uid", &["lou"])], Constraint("uid has one value here, the one in the entry's name".into())),
        (
            vec![replace("entryUUID", &["550e8400-e29b-41d4-a716-446655440000"])],
            Constraint("entryUUID is NO-USER-MODIFICATION: the server keeps it; leave it out".into()),
        ),
        (
            vec![replace("createTimestamp", &[])],
            Constraint("createTimestamp is NO-USER-MODIFICATION: the server keeps it; leave it out".into()),
        ),
        (
            vec![take("objectClass", &["posixAccount"])],
            ObjectClassViolation("the classes of an entry follow from where it is, and cannot be taken away".into()),
        ),
        (vec![put("objectClass", &["posixAccount"])], ValueExists("objectClass has the value \"posixAccount\" already".into())),
        (
            vec![change(ChangeOperation::Increment, "uidNumber", &["1"])],
            Unwilling("uidNumber: numbers are not counted up here; replace the value".into()),
        ),
        (vec![take("uidNumber", &[])], ObjectClassViolation("uidNumber cannot be taken away; replace it with another number".into())),
        (
            vec![replace("pwdAccountLockedTime", &["000001010000Z"])],
            Constraint(
                "pwdAccountLockedTime can be deleted, which ends the waiting; to keep somebody out, set accountStatus to disabled".into(),
            ),
        ),
        (vec![replace("accountStatus", &["gone"])], InvalidSyntax("accountStatus is active or disabled".into())),
        // The first of the two would have been fine: all or nothing.
        (vec![replace("displayName", &["Lou"]), take("mail", &["nope"])], NoSuchValue("mail has no value \"nope\"".into())),
    ] {
        assert_eq!(modify(&directory, &louise, &changes).await, Err(error), "{changes:?}");
    }
    assert!(account(&directory, "louise").await.attributes.values(Attribute::DisplayName).is_empty());

    modify(
        &directory,
        &louise,
        &[
            // Only the last state has to be right: sn is away in between, and displayName has two values.
            take("sn", &[]),
            put("sn", &["Durand"]),
            put("displayName", &["Lou"]),
            put("displayName", &["Louise"]),
            take("displayName", &["LOU"]),
            take("mail", &["A@EXAMPLE.org"]),
            put("mail", &["c@example.org"]),
            replace("objectClass", &["top", "inetOrgPerson"]),
            replace("uid", &["Louise"]),
            replace("telephoneNumber", &[]),
            replace("accountStatus", &["DISABLED"]),
            replace("accountExpires", &["20300101000000Z"]),
        ],
    )
    .await
    .unwrap();
    let louise = account(&directory, "louise").await;
    assert_eq!((louise.uid.as_str(), louise.status, texts(&louise, Attribute::Sn)), ("Louise", Status::Disabled, vec!["Durand"]));
    assert_eq!(texts(&louise, Attribute::Mail), ["b@example.org", "c@example.org"]);
    assert_eq!(texts(&louise, Attribute::DisplayName), ["Louise"]);
    assert_eq!(read(&directory, |view| accounts::ids_of_mail(view, "c@example.org", 9)).await, [louise.id]);
    assert!(read(&directory, |view| accounts::ids_of_mail(view, "a@example.org", 9)).await.is_empty());
}

#[tokio::test]
async fn who_may_change_what() {
    use ChangeError::*;
    let directory = directory().await;
    add_person(&directory, "admin", &[("binderyRole", "administrator")]).await;
    add_person(&directory, "admin2", &[("binderyRole", "administrator")]).await;
    add_person(&directory, "chef", &[("binderyRole", "manager")]).await;
    for team in ["sales", "support", "other"] {
        let owner = if team == "other" { "admin" } else { "chef" };
        add(&directory, &format!("cn={team},{TEAMS}"), &[("objectClass", "groupOfNames"), ("owner", owner)]).await.unwrap();
    }
    add_person(&directory, "louise", &[("departmentNumber", "sales")]).await;
    add_person(&directory, "boss", &[("departmentNumber", "sales"), ("binderyRole", "manager")]).await;
    add_person(&directory, "zoe", &[("departmentNumber", "other")]).await;
    add(&directory, &format!("uid=app,{SERVICES}"), &[("objectClass", "account")]).await.unwrap();
    let app = read(&directory, |view| services::id_of_uid(view, "app")).await.unwrap();
    let callers = [
        ("admin", caller(&directory, "admin").await),
        ("chef", caller(&directory, "chef").await),
        ("louise", caller(&directory, "louise").await),
        ("app", Caller { actor: Actor::Service(app), ..SYSTEM }),
        ("nobody", Caller { actor: Actor::Anonymous, ..SYSTEM }),
        ("hurried", Caller { must_change: true, ..caller(&directory, "admin").await }),
    ];
    let unseen = || NoSuchObject(PEOPLE.into());
    for (name, target, change, outcome) in [
        ("admin", "louise", replace("title", &["Dr"]), Ok(())),
        ("admin", "admin2", replace("binderyRole", &["user"]), Ok(())),
        ("admin", "admin", replace("binderyRole", &["user"]), Err(Denied)),
        ("admin", "admin", replace("telephoneNumber", &["+33 1"]), Ok(())),
        ("chef", "louise", replace("mail", &["l@example.org"]), Ok(())),
        ("chef", "louise", replace("sn", &["M"]), Ok(())),
        ("chef", "louise", replace("binderyRole", &["manager"]), Err(Denied)),
        ("chef", "louise", replace("uidNumber", &["1"]), Err(Denied)),
        ("chef", "louise", replace("entryUUID", &["x"]), Err(Denied)),
        ("chef", "louise", replace("departmentNumber", &["other"]), Err(Denied)),
        ("chef", "louise", replace("departmentNumber", &[]), Err(Denied)),
        ("chef", "louise", replace("departmentNumber", &["support"]), Ok(())),
        ("chef", "boss", replace("mail", &["b@example.org"]), Err(Denied)),
        ("chef", "zoe", replace("mail", &["z@example.org"]), Err(unseen())),
        ("chef", "nosuch", replace("mail", &["z@example.org"]), Err(unseen())),
        ("louise", "louise", replace("telephoneNumber", &["+33 2"]), Ok(())),
        ("louise", "louise", replace("mail", &["x@example.org"]), Err(Denied)),
        ("louise", "zoe", replace("mail", &["x@example.org"]), Err(unseen())),
        ("app", "louise", replace("mail", &["x@example.org"]), Err(Denied)),
        ("nobody", "louise", replace("mail", &["x@example.org"]), Err(BindFirst)),
        ("hurried", "louise", replace("mail", &["x@example.org"]), Err(MustChange)),
    ] {
        let caller = callers.iter().find(|(known, _)| *known == name).unwrap().1;
        let target_dn = dn(&format!("uid={target},{PEOPLE}"));
        assert_eq!(directory.modify(&caller, &target_dn, vec![change.clone()]).await, outcome, "{name} {target} {change:?}");
    }
    let louise = account(&directory, "louise").await;
    assert_eq!(read(&directory, |view| memberships::team_of(view, louise.id)).await.unwrap().cn, "support");
    for (name, error) in [("chef", Denied), ("louise", Denied), ("app", Denied), ("nobody", BindFirst), ("hurried", MustChange)] {
        let caller = callers.iter().find(|(known, _)| *known == name).unwrap().1;
        let own = dn(&format!("uid=louise,{PEOPLE}"));
        let (new, attributes) = entry(&format!("uid=new,{PEOPLE}"), &[("objectClass", "inetOrgPerson"), ("cn", "N"), ("sn", "N")]);
        assert_eq!(directory.add(&caller, &new, attributes).await, Err(error.clone()), "{name}");
        assert_eq!(directory.delete(&caller, &own).await, Err(error.clone()), "{name}");
        assert_eq!(directory.rename(&caller, &own, "uid=lou", None).await, Err(error), "{name}");
    }
}

#[tokio::test]
async fn members_are_named_in_every_way_that_clients_know() {
    use ChangeError::*;
    let directory = directory().await;
    for uid in ["anne", "bob", "carl"] {
        add_person(&directory, uid, &[]).await;
    }
    let (staff_dn, mut attributes) = entry(&format!("cn=Staff,{GROUPS}"), &[("objectClass", "groupOfUniqueNames"), ("uid", "Staff")]);
    attributes.push((
        "uniqueMember".into(),
        vec![b"".to_vec(), b"CN=Anne, OU=People,DC=example,DC=org".to_vec(), b"cn=system,cn=bindery".to_vec()],
    ));
    directory.add(&SYSTEM, &staff_dn, attributes).await.unwrap();
    let staff = group(&directory, GroupKind::Group, "staff").await;
    assert_eq!((staff.gid_number, members(&directory, &staff).await), (20_000, vec!["anne".to_owned()]));
    let staff_dn = format!("uid=staff,{GROUPS}");
    modify(
        &directory,
        &staff_dn,
        &[put("memberUid", &["BOB"]), put("member", &["carl"]), take("uniqueMember", &["uid=anne,ou=people,dc=example,dc=org"])],
    )
    .await
    .unwrap();
    assert_eq!(members(&directory, &staff).await, ["bob", "carl"]);
    for (change, error) in [
        (put("member", &["bob"]), ValueExists("member: one of them is a member already".into())),
        (take("memberUid", &["anne"]), NoSuchValue("memberUid: one of them is not a member".into())),
        (take("member", &["ghost"]), NoSuchValue("member: there is no account ghost; add it first".into())),
        (put("member", &["ghost"]), Constraint("member: there is no account ghost; add it first".into())),
        (
            put("member", &["anne", "uid=ANNE,ou=people,dc=example,dc=org"]),
            ValueExists("member: uid=ANNE,ou=people,dc=example,dc=org is named twice".into()),
        ),
        (put("owner", &["anne"]), ObjectClassViolation("an entry of the class groupOfNames has no owner here; leave it out".into())),
        (put("member", &["uid=x,,"]), InvalidSyntax("member: the distinguished name".into())),
    ] {
        let refused = modify(&directory, &staff_dn, std::slice::from_ref(&change)).await.unwrap_err();
        match (&refused, &error) {
            (InvalidSyntax(text), InvalidSyntax(start)) => assert!(text.starts_with("member: ") && start.starts_with("member: "), "{text}"),
            _ => assert_eq!(refused, error, "{change:?}"),
        }
    }
    modify(&directory, &staff_dn, &[replace("member", &["anne", "bob"])]).await.unwrap();
    assert_eq!(members(&directory, &staff).await, ["anne", "bob"]);
    modify(&directory, &staff_dn, &[take("member", &[])]).await.unwrap();
    assert!(members(&directory, &staff).await.is_empty());

    let (many, team) = (format!("cn=many,{TEAMS}"), [("objectClass", "groupOfNames"), ("owner", "anne"), ("member", "bob")]);
    add(&directory, &many, &team).await.unwrap();
    assert_eq!(group(&directory, GroupKind::Team, "many").await.owners, [account(&directory, "anne").await.id]);
    let in_other = add(&directory, &format!("cn=two,{TEAMS}"), &[("objectClass", "groupOfNames"), ("member", "bob")]).await;
    assert_eq!(
        in_other,
        Err(Constraint(
            "\"bob\" is in the team \"many\", and nobody is in two teams; take them out of it first, or set their departmentNumber to \"two\" to \
             move them"
                .into()
        ))
    );
    assert_eq!(read(&directory, |view| groups::id_of(view, GroupKind::Team, "two")).await, None, "all or nothing");
}

#[tokio::test]
async fn more_members_than_a_rule_of_the_store_holds() {
    let directory = directory().await;
    let logins: Vec<String> = (0..60).map(|n| format!("user{n:02}")).collect();
    for uid in &logins {
        add_person(&directory, uid, &[]).await;
    }
    let (big, mut attributes) = entry(&format!("cn=big,{GROUPS}"), &[("objectClass", "groupOfNames")]);
    attributes.push(("member".into(), logins.iter().map(|uid| format!("uid={uid},{PEOPLE}").into_bytes()).collect()));
    directory.add(&SYSTEM, &big, attributes).await.unwrap();
    let record = group(&directory, GroupKind::Group, "big").await;
    assert_eq!(members(&directory, &record).await, logins);
    let some: Vec<&str> = logins[..40].iter().map(String::as_str).collect();
    modify(&directory, &format!("cn=big,{GROUPS}"), &[take("member", &some)]).await.unwrap();
    assert_eq!(members(&directory, &record).await, logins[40..]);
    let refused = modify(&directory, &format!("cn=big,{GROUPS}"), &[put("memberUid", &vec!["x"; 301])]).await;
    assert_eq!(refused, Err(ChangeError::Unwilling("301 members in one request; send 300 at a time".into())));
    directory.delete(&SYSTEM, &big).await.unwrap();
    assert!(read(&directory, |view| memberships::left_to_clear(view, 9)).await.is_empty());
    let first = account(&directory, "user59").await;
    assert!(read(&directory, |view| memberships::of_account(view, first.id)).await.is_empty());
}

#[tokio::test]
async fn entries_are_renamed_where_they_are() {
    use ChangeError::*;
    let directory = directory().await;
    add_person(&directory, "louise", &[]).await;
    add_person(&directory, "paul", &[]).await;
    add(&directory, &format!("cn=staff,{GROUPS}"), &[("objectClass", "groupOfNames"), ("member", "louise")]).await.unwrap();
    let before = account(&directory, "louise").await;
    let louise = dn(&format!("uid=louise,{PEOPLE}"));
    for (rdn, superior, error) in [
        ("uid=paul", None, AlreadyExists("the login \"paul\" is taken by another account; choose another one".into())),
        ("mail=x", None, NamingViolation("entries of ou=people are named like uid=louisem,ou=people".into())),
        (
            "uid=lou",
            Some(GROUPS),
            Unwilling("an entry of ou=people stays there; leave newSuperior out, or add a new entry elsewhere".into()),
        ),
    ] {
        assert_eq!(directory.rename(&SYSTEM, &louise, rdn, superior.map(dn).as_ref()).await, Err(error));
    }
    assert!(matches!(directory.rename(&SYSTEM, &louise, "nonsense", None).await, Err(InvalidSyntax(text)) if text.starts_with("newrdn: ")));
    directory.rename(&SYSTEM, &louise, "UID=Lou.Martin", Some(&dn("OU=People,dc=example,dc=org"))).await.unwrap();
    let after = account(&directory, "lou.martin").await;
    assert_eq!(
        (after.id, after.entry_uuid, after.uid_number, after.uid.as_str()),
        (before.id, before.entry_uuid, before.uid_number, "Lou.Martin")
    );
    assert_eq!(directory.rename(&SYSTEM, &louise, "uid=x", None).await, Err(NoSuchObject(PEOPLE.into())));
    directory.rename(&SYSTEM, &dn(&format!("cn=staff,{GROUPS}")), "cn=Everybody", None).await.unwrap();
    assert_eq!(members(&directory, &group(&directory, GroupKind::Group, "everybody").await).await, ["Lou.Martin"]);
    let refused = directory.rename(&SYSTEM, &dn(PEOPLE), "ou=persons", None).await;
    assert_eq!(refused, Err(Unwilling("the tree's own entries are made by the configuration and cannot be renamed".into())));
}

#[tokio::test]
async fn entries_are_deleted_with_what_hangs_on_them() {
    use ChangeError::*;
    let directory = directory().await;
    add_person(&directory, "admin", &[("binderyRole", "administrator")]).await;
    add_person(&directory, "louise", &[("userPassword", GOOD)]).await;
    let id = account(&directory, "louise").await.id;
    let louise = dn(&format!("uid=louise,{PEOPLE}"));
    directory.delete(&SYSTEM, &louise).await.unwrap();
    assert!(read(&directory, |view| credentials::load(view, id)).await.is_none());
    assert_eq!(directory.delete(&SYSTEM, &louise).await, Err(NoSuchObject(PEOPLE.into())));
    assert_eq!(
        directory.delete(&SYSTEM, &dn(&format!("uid=admin,{PEOPLE}"))).await,
        Err(Constraint("\"admin\" is the last administrator who is active and does not expire; give somebody else that role first".into()))
    );
    assert_eq!(
        directory.delete(&SYSTEM, &dn("dc=example,dc=org")).await,
        Err(Unwilling("the tree's own entries are made by the configuration and cannot be deleted".into()))
    );
    assert_eq!(
        modify(&directory, "dc=example,dc=org", &[replace("description", &["x"])]).await,
        Err(Unwilling("the tree's own entries are made by the configuration and do not change".into()))
    );
}

#[tokio::test]
async fn passwords_by_modify_go_the_way_of_all_passwords() {
    use ChangeError::*;
    let directory = directory().await;
    add_person(&directory, "admin", &[("binderyRole", "administrator")]).await;
    add_person(&directory, "louise", &[("userPassword", GOOD)]).await;
    let (louise, own) = (dn(&format!("uid=louise,{PEOPLE}")), caller(&directory, "louise").await);
    let id = account(&directory, "louise").await.id;
    let verifier = async || read(&directory, |view| credentials::load(view, id)).await.unwrap().verifier;
    let first = verifier().await;
    assert!(
        matches!(directory.modify(&own, &louise, vec![replace("userPassword", &[BETTER])]).await, Err(Unwilling(text)) if text.contains("old value"))
    );
    let wrong = vec![take("userPassword", &["wrong"]), put("userPassword", &[BETTER])];
    assert!(matches!(directory.modify(&own, &louise, wrong).await, Err(Constraint(text)) if text.contains("old password is wrong")));
    let weak = vec![take("userPassword", &[GOOD]), put("userPassword", &["short"])];
    assert!(matches!(directory.modify(&own, &louise, weak).await, Err(Password(_))));
    assert!(verifier().await == first);
    let must = Caller { must_change: true, ..own };
    directory.modify(&must, &louise, vec![take("userPassword", &[GOOD]), put("userPassword", &[BETTER])]).await.unwrap();
    let second = verifier().await;
    assert!(second != first);

    for (changes, error) in [
        (vec![put("userPassword", &[GOOD])], ValueExists("userPassword has a value, and has one at most; replace it".into())),
        (
            vec![replace("userPassword", &[])],
            Unwilling("userPassword is replaced, not taken away; set accountStatus to disabled to keep somebody out".into()),
        ),
        (
            vec![take("userPassword", &[BETTER])],
            Unwilling("userPassword is changed by one replace, or by one delete of the old value and one add of the new one".into()),
        ),
        (vec![replace("userPassword", &[GOOD, BETTER])], Constraint("userPassword has exactly one value, which is not empty".into())),
        (vec![replace("userPassword", &[""])], Constraint("userPassword has exactly one value, which is not empty".into())),
        (
            vec![replace("userPassword", &[GOOD]), replace("accountStatus", &["x"])],
            InvalidSyntax("accountStatus is active or disabled".into()),
        ),
    ] {
        assert_eq!(directory.modify(&SYSTEM, &louise, changes.clone()).await, Err(error), "{changes:?}");
    }
    assert!(verifier().await == second);
    // With other changes, in one transaction.
    directory.modify(&SYSTEM, &louise, vec![replace("userPassword", &[GOOD]), replace("pwdReset", &["TRUE"])]).await.unwrap();
    assert!(account(&directory, "louise").await.must_change && verifier().await != second);
    // What another directory stored.
    let stored = "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g0SGVsbG8=";
    let refused = directory.modify(&own, &louise, vec![replace("userPassword", &[stored])]).await;
    assert_eq!(
        refused,
        Err(Constraint("userPassword: the stored form of a password is taken from administrators only; give the password itself".into(),))
    );
    let _ = directory
        .change_password(&SYSTEM, PasswordChange { target: Target::Dn(louise), old: None, new: Some(Secret::new(BETTER)) })
        .await
        .unwrap();
    assert!(!account(&directory, "louise").await.must_change);
}

#[tokio::test]
async fn services_are_added_limited_and_granted() {
    let directory = directory().await;
    add(&directory, &format!("cn=app-users,{GROUPS}"), &[("objectClass", "posixGroup")]).await.unwrap();
    let cloud = format!("uid=Cloud,{SERVICES}");
    add(
        &directory,
        &cloud,
        &[
            ("objectClass", "account"),
            ("objectClass", "simpleSecurityObject"),
            ("binderyLimitedTo", "app-users"),
            ("binderyGrant", "password-reset"),
        ],
    )
    .await
    .unwrap();
    let load = async || {
        read(&directory, |view| {
            let id = services::id_of_uid(view, "cloud")?.unwrap();
            services::load(view, id)
        })
        .await
        .unwrap()
    };
    let limit = group(&directory, GroupKind::Group, "app-users").await.id;
    assert_eq!((load().await.limited_to, load().await.may_reset_passwords), (Some(limit), true));
    modify(
        &directory,
        &cloud,
        &[take("binderyGrant", &["Password-Reset"]), replace("binderyLimitedTo", &[]), replace("accountStatus", &["disabled"])],
    )
    .await
    .unwrap();
    let cloud = load().await;
    assert_eq!((cloud.limited_to, cloud.may_reset_passwords, cloud.status), (None, false, Status::Disabled));
    let refused = add(&directory, &format!("uid=two,{SERVICES}"), &[("objectClass", "account"), ("userPassword", GOOD)]).await;
    assert!(matches!(refused, Err(ChangeError::Unwilling(text)) if text.contains("without userPassword")));
}

fn stores() -> (tempfile::TempDir, [Store; 2]) {
    let dir = tempfile::tempdir().unwrap();
    let redb = Store::open(&dir.path().join("bindery.redb"), crate::store::Settings::default()).unwrap();
    (dir, [Store::in_memory(), redb])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_who_add_the_same_login_at_once_is_told_yes() {
    let (_dir, stores) = stores();
    for store in stores {
        let directory = Arc::new(directory_over(store).await);
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let directory = directory.clone();
                tokio::spawn(async move {
                    let attributes = [("objectClass", "inetOrgPerson"), ("cn", "L"), ("sn", "L")];
                    add(&directory, &format!("uid=louise,{PEOPLE}"), &attributes).await
                })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => made += 1,
                Err(error) => assert!(matches!(error, ChangeError::AlreadyExists(_)), "{error:?}"),
            }
        }
        assert_eq!(made, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_administrators_who_disable_each_other_one_is_refused() {
    let (_dir, stores) = stores();
    for store in stores {
        let directory = Arc::new(directory_over(store).await);
        for uid in ["one", "two"] {
            add_person(&directory, uid, &[("binderyRole", "administrator")]).await;
        }
        for _ in 0..20 {
            let disable = async |by: &str, whom: &str| {
                let (directory, caller, whom) = (directory.clone(), caller(&directory, by).await, dn(&format!("uid={whom},{PEOPLE}")));
                tokio::spawn(async move { directory.modify(&caller, &whom, vec![replace("accountStatus", &["disabled"])]).await })
            };
            let (first, second) = (disable("one", "two").await, disable("two", "one").await);
            let outcomes = [first.await.unwrap(), second.await.unwrap()];
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
            for uid in ["one", "two"] {
                modify(&directory, &format!("uid={uid},{PEOPLE}"), &[replace("accountStatus", &["active"])]).await.unwrap();
            }
        }
    }
}
