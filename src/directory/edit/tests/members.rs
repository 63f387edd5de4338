//! Members, owners, and how many of them go into one rule.

use super::*;
use crate::directory::edit::members::{MemberChanges, fit_one_rule};
use crate::domain::id::OpId;
use crate::store::pending_members::{self, MemberChange};

#[tokio::test]
async fn members_are_named_in_every_way_that_clients_know() {
    use Told::*;
    use rules::*;
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
        (put("member", &["bob"]), Membership(MembershipError::AlreadyMember { login: "bob".into(), group: "Staff".into() })),
        (take("memberUid", &["anne"]), Membership(MembershipError::NotMember { login: "anne".into(), group: "Staff".into() })),
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
            (Rule(Violation::Syntax, text), Rule(Violation::Syntax, start)) => {
                assert!(text.starts_with("member: ") && start.starts_with("member: "), "{text}")
            }
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
    assert_eq!(in_other, Err(Membership(MembershipError::InOtherTeam { login: "bob".into(), other: "many".into(), wanted: "two".into() })));
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
    let refused = modify(&directory, &format!("cn=big,{GROUPS}"), &[put("memberUid", &vec!["x"; 10_001])]).await;
    assert_eq!(refused, Err(rules::Unwilling("10001 members in one request; send 10000 at a time".into())));
    directory.delete(&SYSTEM, &big).await.unwrap();
    while directory.clear_deleted().await.unwrap() == memberships::Cleared::Partly {}
    assert!(read(&directory, |view| memberships::left_to_clear(view, 9)).await.is_empty());
    let first = account(&directory, "user59").await;
    assert!(read(&directory, |view| memberships::of_account(view, first.id)).await.is_empty());
}

#[tokio::test]
async fn a_team_of_sixteen_owners_is_made_and_changed() {
    let directory = directory().await;
    let logins: Vec<String> = (0..40).map(|n| format!("user{n:02}")).collect();
    for uid in &logins {
        add_person(&directory, uid, &[]).await;
    }
    let logins: Vec<&str> = logins.iter().map(String::as_str).collect();
    let bytes = |logins: &[&str]| logins.iter().map(|login| login.as_bytes().to_vec()).collect::<Vec<_>>();
    let (team, mut attributes) = entry(&format!("cn=sales,{TEAMS}"), &[("objectClass", "groupOfNames")]);
    attributes.extend([("owner".into(), bytes(&logins[..16])), ("member".into(), bytes(&logins))]);
    directory.add(&SYSTEM, &team, attributes).await.unwrap();
    let others = [replace("owner", &logins[16..32]), take("member", &logins[..30])];
    modify(&directory, &format!("cn=sales,{TEAMS}"), &others).await.unwrap();
    let team = group(&directory, GroupKind::Team, "sales").await;
    assert_eq!((team.owners.len(), members(&directory, &team).await), (16, logins[30..].iter().map(|uid| (*uid).to_owned()).collect()));
    assert!(!team.owners.contains(&account(&directory, "user00").await.id));
}

#[tokio::test]
async fn two_dozen_members_change_in_one_rule() {
    let members = |count| -> MemberChanges { (0..count).map(|n| (Id(n), true)).collect() };
    for (count, owners, fit) in
        [(23, [0, 0], true), (24, [0, 0], false), (19, [2, 2], true), (20, [2, 2], false), (0, [16, 16], true), (1, [16, 16], false)]
    {
        assert_eq!(fit_one_rule(&members(count), owners), fit, "{count} {owners:?}");
    }
}

/// As after a crash, or when the client that asked for it has gone.
#[tokio::test]
async fn what_was_decided_of_members_is_carried_out_later() {
    let directory = directory().await;
    let logins: Vec<String> = (0..50).map(|n| format!("user{n:02}")).collect();
    for uid in &logins {
        add_person(&directory, uid, &[]).await;
    }
    for cn in ["late", "gone"] {
        add(&directory, &format!("cn={cn},{GROUPS}"), &[("objectClass", "groupOfNames"), ("member", "user00")]).await.unwrap();
    }
    let mut ids = Vec::new();
    for uid in &logins {
        ids.push(account(&directory, uid).await.id);
    }
    let (late, gone) = (group(&directory, GroupKind::Group, "late").await, group(&directory, GroupKind::Group, "gone").await);
    for group in [late.id, gone.id] {
        let changes: Vec<MemberChange> = (0..).zip(&ids).map(|(n, id)| MemberChange { account: *id, joins: n != 0 }).collect();
        let put = move |view: &mut View<'_>| {
            pending_members::put(view, group, OpId([7; 16]), &changes);
            Ok::<_, Stop<()>>(())
        };
        directory.store.run(put).await.unwrap();
    }
    directory.delete(&SYSTEM, &dn(&format!("cn=gone,{GROUPS}"))).await.unwrap();
    // Another change of the same members finds them there.
    modify(&directory, &format!("cn=late,{GROUPS}"), &[take("member", &["user49"])]).await.unwrap();
    assert_eq!(members(&directory, &late).await, logins[1..49]);
    directory.finish_members(None).await.unwrap();
    assert_eq!(read(&directory, |view| pending_members::next(view, None)).await, None);
    assert_eq!(members(&directory, &late).await, logins[1..49]);
}

/// Keycloak makes every group with the first of these names.
#[tokio::test]
async fn a_name_outside_the_suffix_is_nobody_for_everybody() {
    let directory = directory().await;
    add_person(&directory, "anne", &[]).await;
    add_person(&directory, "root", &[("binderyRole", "administrator")]).await;
    let root = Caller { actor: Actor::Account(account(&directory, "root").await.id), ..SYSTEM };
    let (staff, mut attributes) = entry(&format!("cn=staff,{GROUPS}"), &[("objectClass", "groupOfNames")]);
    attributes.push(("member".into(), vec![b"cn=empty-membership-placeholder".to_vec()]));
    directory.add(&root, &staff, attributes).await.unwrap();
    let record = group(&directory, GroupKind::Group, "staff").await;
    assert!(members(&directory, &record).await.is_empty());
    for change in [
        put("member", &["anne", "cn=empty-membership-placeholder"]),
        take("member", &["uid=anne,ou=people,dc=example,dc=com"]),
        replace("uniqueMember", &["uid=anne,ou=people,dc=example,dc=org", "cn=x,o=elsewhere"]),
    ] {
        directory.modify(&root, &staff, vec![change]).await.unwrap();
        assert_eq!(members(&directory, &record).await, ["anne"]);
    }
    let missing = directory.modify(&root, &staff, vec![put("member", &["uid=ghost,ou=people,dc=example,dc=org"])]).await;
    let text = "member: there is no account uid=ghost,ou=people,dc=example,dc=org; add it first";
    assert_eq!(missing.map_err(Told::from), Err(rules::Constraint(text.into())));
}

#[tokio::test]
async fn an_application_limited_to_a_deleted_group_sees_nobody() {
    let directory = directory().await;
    let logins: Vec<String> = (0..30).map(|n| format!("user{n:02}")).collect();
    for uid in &logins {
        add_person(&directory, uid, &[]).await;
    }
    let staff = dn(&format!("cn=staff,{GROUPS}"));
    add(&directory, &staff.to_string(), &[("objectClass", "groupOfNames")]).await.unwrap();
    modify(&directory, &staff.to_string(), &[put("member", &logins.iter().map(String::as_str).collect::<Vec<_>>())]).await.unwrap();
    add(&directory, &format!("uid=app,{SERVICES}"), &[("objectClass", "account"), ("binderyLimitedTo", "staff")]).await.unwrap();
    let app = read(&directory, |view| services::id_of_uid(view, "app")).await.unwrap();
    let app = Caller { actor: Actor::Service(app), ..SYSTEM };
    let sees = async |uid: &str| {
        let whom = dn(&format!("uid={uid},{PEOPLE}"));
        directory.compare(&app, &whom, "uid", uid.as_bytes()).await.is_ok()
    };
    assert!(sees("user00").await && sees("user29").await);
    directory.delete(&SYSTEM, &staff).await.unwrap();
    // Not all of its memberships are cleared away yet.
    assert!(!read(&directory, |view| memberships::left_to_clear(view, 1)).await.is_empty());
    for uid in &logins {
        assert!(!sees(uid).await, "{uid}");
    }
}
