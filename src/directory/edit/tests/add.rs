//! What Add makes of a request, and how it is refused.

use super::*;

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

/// What stands in the way of what is going to be added.
async fn populated() -> Directory {
    let directory = directory().await;
    add_person(&directory, "louise", &[("mail", "louise@example.org"), ("uidNumber", "5")]).await;
    add_person(&directory, "info@example.org", &[]).await;
    add(&directory, &format!("cn=staff,{GROUPS}"), &[("objectClass", "groupOfNames")]).await.unwrap();
    directory
}

/// A DN, the attributes that it is to be added with, and why it is not.
type Row = (String, Vec<(&'static str, &'static str)>, Told);

async fn assert_refused(directory: &Directory, rows: impl IntoIterator<Item = Row>) {
    for (dn, attributes, error) in rows {
        assert_eq!(add(directory, &dn, &attributes).await, Err(error), "{dn} {attributes:?}");
    }
}

fn person() -> Vec<(&'static str, &'static str)> {
    vec![("objectClass", "inetOrgPerson"), ("cn", "P"), ("sn", "P")]
}

fn with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    [person(), vec![(name, value)]].concat()
}

fn paul() -> String {
    format!("uid=paul,{PEOPLE}")
}

#[tokio::test]
async fn a_name_that_cannot_be_given_is_refused_with_words() {
    use Told::*;
    use rules::*;
    let directory = populated().await;
    let rows = [
        (format!("UID=Louise,{PEOPLE}"), person(), Account(AccountError::UidTaken("Louise".into()))),
        (PEOPLE.into(), person(), AlreadyExists("the entry is part of the tree and is there already; leave it out".into())),
        ("uid=x,ou=robots,dc=example,dc=org".into(), person(), NoSuchObject("dc=example,dc=org".into())),
        ("uid=x,dc=example,dc=com".into(), person(), NoSuchObject(String::new())),
        (format!("mail=x,{PEOPLE}"), person(), NamingViolation("entries of ou=people are named like uid=louisem,ou=people".into())),
        (
            "ou=robots,dc=example,dc=org".into(),
            person(),
            NamingViolation("entries live in ou=people, ou=groups, ou=teams and ou=services; there are no others below the suffix".into()),
        ),
        (
            format!("cn=Paul Petit,{PEOPLE}"),
            with("uid", "paul"),
            NamingViolation(
                "a name here has 1 to 64 characters without blanks, '/', ':', control characters and those that turn the direction of writing, and does not begin with '-'".into(),
            ),
        ),
        (
            format!("cn=Petit,{PEOPLE}"),
            with("uid", "paul"),
            NamingViolation("the name is \"Petit\", but uid is \"paul\"; add the entry as uid=paul,ou=people".into()),
        ),
    ];
    assert_refused(&directory, rows).await;
}

#[tokio::test]
async fn what_an_entry_does_not_have_is_refused_with_words() {
    use rules::*;
    let directory = populated().await;
    let rows = [
        (
            paul(),
            vec![("objectClass", "inetOrgPerson")],
            ObjectClassViolation("inetOrgPerson needs cn and sn; give cn and sn a value".into()),
        ),
        (paul(), vec![("objectClass", "person"), ("cn", "P")], ObjectClassViolation("inetOrgPerson needs sn; give sn a value".into())),
        (
            paul(),
            vec![("cn", "P"), ("sn", "P")],
            ObjectClassViolation("objectClass is missing; an entry here has objectClass: inetOrgPerson".into()),
        ),
        (
            paul(),
            with("objectClass", "sambaSamAccount"),
            ObjectClassViolation(
                "sambaSamAccount is not a class of such an entry here; those are top, person, organizationalPerson, inetOrgPerson, \
                 posixAccount, shadowAccount, ldapPublicKey"
                    .into(),
            ),
        ),
        (
            paul(),
            with("member", "louise"),
            ObjectClassViolation("an entry of the class inetOrgPerson has no member here; leave it out".into()),
        ),
        (
            paul(),
            with("sambaSID", "1"),
            UndefinedType("sambaSID is not an attribute type that is served here; cn=subschema lists those that are".into()),
        ),
        (
            paul(),
            with("cn;lang-fr", "P"),
            UndefinedType("cn;lang-fr: values with options such as ;lang-fr are not kept; leave the option out".into()),
        ),
        (paul(), with("memberOf", "cn=staff"), Constraint("memberOf is NO-USER-MODIFICATION: the server keeps it; leave it out".into())),
        (paul(), with("cn", "p"), ValueExists("cn is given the same value twice".into())),
    ];
    assert_refused(&directory, rows).await;
}

#[tokio::test]
async fn a_value_that_cannot_be_is_refused_with_words() {
    use Told::*;
    use rules::*;
    let directory = populated().await;
    let rows = [
        (paul(), with("uidNumber", "5"), Account(AccountError::NumberTaken(5))),
        (paul(), with("uidNumber", "0"), Constraint("uidNumber is a number from 1 to 4294967295, not \"0\"".into())),
        (paul(), with("departmentNumber", "sales"), Constraint("departmentNumber: there is no team sales; add it first".into())),
        (paul(), with("binderyRole", "king"), InvalidSyntax("binderyRole is user, manager or administrator".into())),
        (
            paul(),
            with("accountStatus", "expired"),
            Constraint("accountStatus is expired by itself once accountExpires has passed; set that".into()),
        ),
        (
            paul(),
            with("mail", "Info@example.org"),
            Account(AccountError::MailIsUid { mail: "info@example.org".into(), holder: "info@example.org".into() }),
        ),
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
    ];
    assert_refused(&directory, rows).await;
    assert!(matches!(
        add(&directory, &paul(), &with("userPassword", "{SSHA}!!")).await,
        Err(Rule(Violation::Syntax, text)) if text.starts_with("userPassword: ")
    ));
    assert!(matches!(
        add(&directory, &paul(), &with("userPassword", "louise")).await,
        Err(Password(refusal)) if refusal.to_string().contains("12")
    ));
    assert_eq!(read(&directory, |view| accounts::id_of_uid(view, "paul")).await, None, "all or nothing");
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
    let load = async || read(&directory, |view| services::by_uid(view, "cloud")).await.unwrap();
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
}

#[tokio::test]
async fn a_service_is_added_with_the_password_that_its_application_has_already() {
    let directory = directory().await;
    let name = format!("uid=two,{SERVICES}");
    let add_with = async |password| add(&directory, &name, &[("objectClass", "simpleSecurityObject"), ("userPassword", password)]).await;
    assert!(matches!(add_with("two-two-two2").await, Err(Told::Password(_))));
    add_with(GOOD).await.unwrap();
    assert!(directory.bind(&dn(&name), Secret::new(GOOD), Source::Internal).await.is_ok());
    modify(&directory, &name, &[replace("description", &["Ledger"]), replace("userPassword", &[BETTER])]).await.unwrap();
    assert!(directory.bind(&dn(&name), Secret::new(BETTER), Source::Internal).await.is_ok());
}

/// Keycloak writes one blank for each name that a person does not have.
#[tokio::test]
async fn a_blank_for_a_name_means_that_there_is_none() {
    let directory = directory().await;
    for (uid, cn, sn, names) in [
        ("anne", "Anne Dupont", " ", ["Anne Dupont", "Anne Dupont"]),
        ("bob", " ", "Martin", ["Martin", "Martin"]),
        ("carl", " ", "  ", ["carl", "carl"]),
        ("dora", "Dora", "Petit", ["Dora", "Petit"]),
    ] {
        let given = [("objectClass", "inetOrgPerson"), ("cn", cn), ("sn", sn), ("givenName", " "), ("displayName", " ")];
        add(&directory, &format!("uid={uid},{PEOPLE}"), &given).await.unwrap();
        let stored = account(&directory, uid).await;
        assert_eq!([texts(&stored, Attribute::Cn), texts(&stored, Attribute::Sn)].concat(), names, "{uid}");
        let optional = [Attribute::GivenName, Attribute::DisplayName];
        assert!(optional.iter().all(|name| stored.attributes.values(*name).is_empty()), "{uid}");
    }
    let dora = format!("uid=dora,{PEOPLE}");
    modify(&directory, &dora, &[replace("sn", &[" "]), replace("givenName", &["D"]), put("displayName", &[" "])]).await.unwrap();
    let stored = account(&directory, "dora").await;
    assert_eq!([texts(&stored, Attribute::Sn), texts(&stored, Attribute::GivenName)].concat(), ["Dora", "D"]);
    modify(&directory, &dora, &[replace("givenName", &[" "])]).await.unwrap();
    assert!(account(&directory, "dora").await.attributes.values(Attribute::GivenName).is_empty());
    let missing = modify(&directory, &dora, &[replace("sn", &[])]).await;
    assert_eq!(missing, Err(rules::ObjectClassViolation("inetOrgPerson needs sn; give sn a value".into())));
    let blank = modify(&directory, &dora, &[replace("title", &[" "])]).await;
    assert!(matches!(blank, Err(Told::Rule(Violation::Syntax, _))), "{blank:?}");
}
