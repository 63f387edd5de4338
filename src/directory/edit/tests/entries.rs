//! Entries are renamed and deleted.

use super::*;

#[tokio::test]
async fn entries_are_renamed_where_they_are() {
    use Told::*;
    use rules::*;
    let directory = directory().await;
    add_person(&directory, "louise", &[]).await;
    add_person(&directory, "paul", &[]).await;
    add(&directory, &format!("cn=staff,{GROUPS}"), &[("objectClass", "groupOfNames"), ("member", "louise")]).await.unwrap();
    let before = account(&directory, "louise").await;
    let louise = dn(&format!("uid=louise,{PEOPLE}"));
    for (rdn, superior, error) in [
        ("uid=paul", None, Account(AccountError::UidTaken("paul".into()))),
        ("mail=x", None, NamingViolation("entries of ou=people are named like uid=louisem,ou=people".into())),
        (
            "uid=lou",
            Some(GROUPS),
            Unwilling("an entry of ou=people stays there; leave newSuperior out, or add a new entry elsewhere".into()),
        ),
    ] {
        assert_eq!(directory.rename(&SYSTEM, &louise, rdn, superior.map(dn).as_ref()).await.map_err(Told::from), Err(error));
    }
    assert!(
        matches!(directory.rename(&SYSTEM, &louise, "nonsense", None).await.map_err(Told::from), Err(Rule(Violation::DnSyntax, text)) if text.starts_with("newrdn: "))
    );
    directory.rename(&SYSTEM, &louise, "UID=Lou.Martin", Some(&dn("OU=People,dc=example,dc=org"))).await.unwrap();
    let after = account(&directory, "lou.martin").await;
    assert_eq!(
        (after.id, after.entry_uuid, after.uid_number, after.uid.as_str()),
        (before.id, before.entry_uuid, before.uid_number, "Lou.Martin")
    );
    assert_eq!(directory.rename(&SYSTEM, &louise, "uid=x", None).await.map_err(Told::from), Err(NoSuchObject(PEOPLE.into())));
    directory.rename(&SYSTEM, &dn(&format!("cn=staff,{GROUPS}")), "cn=Everybody", None).await.unwrap();
    assert_eq!(members(&directory, &group(&directory, GroupKind::Group, "everybody").await).await, ["Lou.Martin"]);
    let refused = directory.rename(&SYSTEM, &dn(PEOPLE), "ou=persons", None).await.map_err(Told::from);
    assert_eq!(refused, Err(Unwilling("the tree's own entries are made by the configuration and cannot be renamed".into())));
}

#[tokio::test]
async fn entries_are_deleted_with_what_hangs_on_them() {
    use Told::*;
    use rules::*;
    let directory = directory().await;
    add_person(&directory, "admin", &[("binderyRole", "administrator")]).await;
    add_person(&directory, "louise", &[("userPassword", GOOD)]).await;
    let id = account(&directory, "louise").await.id;
    let louise = dn(&format!("uid=louise,{PEOPLE}"));
    directory.delete(&SYSTEM, &louise).await.unwrap();
    assert!(read(&directory, |view| credentials::load(view, id)).await.is_none());
    assert_eq!(directory.delete(&SYSTEM, &louise).await.map_err(Told::from), Err(NoSuchObject(PEOPLE.into())));
    assert_eq!(
        directory.delete(&SYSTEM, &dn(&format!("uid=admin,{PEOPLE}"))).await.map_err(Told::from),
        Err(Account(AccountError::LastAdministrator("admin".into())))
    );
    assert_eq!(
        directory.delete(&SYSTEM, &dn("dc=example,dc=org")).await.map_err(Told::from),
        Err(Unwilling("the tree's own entries are made by the configuration and cannot be deleted".into()))
    );
    assert_eq!(
        modify(&directory, "dc=example,dc=org", &[replace("description", &["x"])]).await,
        Err(Unwilling("the tree's own entries are made by the configuration and do not change".into()))
    );
}
