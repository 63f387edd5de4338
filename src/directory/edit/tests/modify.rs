//! What Modify does to values, and for whom.

use super::*;

#[tokio::test]
async fn what_cannot_be_changed_is_refused_with_words() {
    use rules::*;
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
    let many: Vec<String> = (0..257).map(|n| format!("+33 {n}")).collect();
    let many = put("telephoneNumber", &many.iter().map(String::as_str).collect::<Vec<_>>());
    let refused = modify(&directory, &louise, &[many]).await;
    assert_eq!(refused, Err(Constraint("telephoneNumber has 256 values at most; take some away".into())));
}

#[tokio::test]
async fn only_the_last_state_of_the_values_has_to_be_right() {
    let directory = directory().await;
    add_person(&directory, "louise", &[("mail", "a@example.org"), ("mail", "b@example.org")]).await;
    let louise = format!("uid=louise,{PEOPLE}");
    modify(
        &directory,
        &louise,
        &[
            // sn is away in between, and displayName has two values.
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
async fn a_team_is_named_by_its_name_also_where_that_looks_like_a_dn() {
    let directory = directory().await;
    add(&directory, &format!("cn=size\\3DXL,{TEAMS}"), &[("objectClass", "groupOfNames")]).await.unwrap();
    add_person(&directory, "louise", &[]).await;
    let team = group(&directory, GroupKind::Team, "size=xl").await;
    let louise = format!("uid=louise,{PEOPLE}");
    for name in ["size=XL".to_owned(), "Size=xl".to_owned(), format!("cn=size\\3Dxl,{TEAMS}")] {
        modify(&directory, &louise, &[replace("departmentNumber", &[&name])]).await.unwrap();
        assert_eq!(members(&directory, &team).await, ["louise"], "{name}");
        modify(&directory, &louise, &[replace("departmentNumber", &[])]).await.unwrap();
    }
}

#[tokio::test]
async fn who_may_change_what() {
    use Told::*;
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
        ("admin", "admin", replace("binderyRole", &["user"]), Err(Denied(Denial::OwnRole))),
        ("admin", "admin", replace("telephoneNumber", &["+33 1"]), Ok(())),
        ("chef", "louise", replace("mail", &["l@example.org"]), Ok(())),
        ("chef", "louise", replace("sn", &["M"]), Ok(())),
        ("chef", "louise", replace("binderyRole", &["manager"]), Err(Denied(Denial::Attribute))),
        ("chef", "louise", replace("uidNumber", &["1"]), Err(Denied(Denial::Attribute))),
        ("chef", "louise", replace("entryUUID", &["x"]), Err(Denied(Denial::Attribute))),
        ("chef", "louise", replace("departmentNumber", &["other"]), Err(Denied(Denial::OtherTeam))),
        // Which teams there are besides their own is not told.
        ("chef", "louise", replace("departmentNumber", &["nosuch"]), Err(Denied(Denial::OtherTeam))),
        ("chef", "louise", replace("departmentNumber", &[]), Err(Denied(Denial::OtherTeam))),
        ("chef", "louise", replace("departmentNumber", &["support"]), Ok(())),
        ("chef", "boss", replace("mail", &["b@example.org"]), Err(Denied(Denial::Attribute))),
        ("chef", "zoe", replace("mail", &["z@example.org"]), Err(unseen())),
        ("chef", "nosuch", replace("mail", &["z@example.org"]), Err(unseen())),
        ("louise", "louise", replace("telephoneNumber", &["+33 2"]), Ok(())),
        ("louise", "louise", replace("mail", &["x@example.org"]), Err(Denied(Denial::Attribute))),
        ("louise", "zoe", replace("mail", &["x@example.org"]), Err(unseen())),
        ("app", "louise", replace("mail", &["x@example.org"]), Err(Denied(Denial::Attribute))),
        ("nobody", "louise", replace("mail", &["x@example.org"]), Err(BindFirst)),
        ("hurried", "louise", replace("mail", &["x@example.org"]), Err(MustChange)),
    ] {
        let caller = callers.iter().find(|(known, _)| *known == name).unwrap().1;
        let target_dn = dn(&format!("uid={target},{PEOPLE}"));
        assert_eq!(
            directory.modify(&caller, &target_dn, vec![change.clone()]).await.map_err(Told::from),
            outcome,
            "{name} {target} {change:?}"
        );
    }
    let louise = account(&directory, "louise").await;
    assert_eq!(read(&directory, |view| memberships::team_of(view, louise.id)).await.unwrap().cn, "support");
    let denied = || Denied(Denial::Entry);
    for (name, error) in [("chef", denied()), ("louise", denied()), ("app", denied()), ("nobody", BindFirst), ("hurried", MustChange)] {
        let caller = callers.iter().find(|(known, _)| *known == name).unwrap().1;
        let own = dn(&format!("uid=louise,{PEOPLE}"));
        let (new, attributes) = entry(&format!("uid=new,{PEOPLE}"), &[("objectClass", "inetOrgPerson"), ("cn", "N"), ("sn", "N")]);
        assert_eq!(directory.add(&caller, &new, attributes).await.map_err(Told::from), Err(error.clone()), "{name}");
        assert_eq!(directory.delete(&caller, &own).await.map_err(Told::from), Err(error.clone()), "{name}");
        assert_eq!(directory.rename(&caller, &own, "uid=lou", None).await.map_err(Told::from), Err(error), "{name}");
    }
}
