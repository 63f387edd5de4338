//! Groups and teams by use case, over the store in memory.

use super::*;
use crate::directory::fixture::{SYSTEM, add_person, audited, changed, directory_with};
use crate::directory::{
    Actor, Caller, Change, Denial, Edit, EditError, EditFault, GroupError, GroupForm, MembershipError, Relation, TOGETHER, Wrong,
};
use crate::domain::audit::{AuditEvent, Reason, ValueChange};
use crate::domain::caller::Source;
use crate::domain::record::Violation;
use crate::domain::schema::InvalidValue;

use GroupKind::{Group as Plain, Team};

fn caller(id: Id) -> Caller {
    Caller { actor: Actor::Account(id), source: Source::Internal, must_change: false }
}

fn form(name: &str, description: &str) -> GroupForm {
    GroupForm { seen: String::new(), name: name.into(), description: description.into() }
}

/// An administrator, and a directory that they look after.
async fn administered() -> (Directory, Caller) {
    let directory = directory_with(|_| ()).await;
    let ada = add_person(&directory, "ada", &[("binderyRole", "administrator")]).await;
    (directory, caller(ada))
}

/// A group or team.
#[derive(Clone, Copy)]
struct GroupId(GroupKind, Id);

/// Adds a group or team; gives its id.
async fn add(directory: &Directory, caller: &Caller, kind: GroupKind, form: &GroupForm) -> Result<Id, EditError> {
    directory.add_group(caller, kind, form).await.map(|added| added.id)
}

async fn delete(directory: &Directory, caller: &Caller, group: GroupId) -> Result<(), EditError> {
    directory.edit(caller, Edit::one(group.0.branch(), group.1, Change::Delete)).await.map(drop)
}

async fn put(directory: &Directory, caller: &Caller, group: GroupId, relation: Relation, logins: &str) -> Result<(), EditError> {
    directory.put_in_group(caller, group.0, group.1, relation, logins).await.map(drop)
}

async fn take(directory: &Directory, caller: &Caller, group: GroupId, relation: Relation, whom: Id) -> Result<(), EditError> {
    directory.take_out_of_group(caller, group.0, group.1, relation, whom).await.map(drop)
}

fn wrong(attribute: Attribute, wrong: Wrong) -> EditError {
    EditError::fault(attribute, wrong)
}

fn no_such_person(attribute: Attribute, login: &str) -> EditError {
    wrong(attribute, Wrong::NoSuchAccount(login.into()))
}

fn already(login: &str, group: &str) -> EditError {
    wrong(Attribute::MemberUid, Wrong::Membership(MembershipError::AlreadyMember { login: login.into(), group: group.into() }))
}

async fn sheet(directory: &Directory, group: GroupId) -> GroupSheet {
    directory.group(&SYSTEM, group.0, group.1, Id(0)).await.unwrap()
}

fn logins(people: &[GroupPerson]) -> Vec<&str> {
    people.iter().map(|person| person.login.as_str()).collect()
}

#[tokio::test]
async fn a_group_is_made_renamed_described_and_deleted() {
    let (directory, ada) = administered().await;
    let id = add(&directory, &ada, Plain, &form(" Compta ", "Qui tient les comptes")).await.unwrap();
    let made = sheet(&directory, GroupId(Plain, id)).await;
    assert_eq!((made.name.as_str(), made.description.as_str(), made.count), ("Compta", "Qui tient les comptes", MemberCount::Just(0)));
    assert_eq!(
        add(&directory, &ada, Plain, &form("compta", "")).await,
        Err(wrong(Attribute::Cn, Wrong::Group(GroupError::GroupTaken("compta".into()))))
    );
    assert!(add(&directory, &ada, Team, &form("compta", "")).await.is_ok(), "a team may be called as a group is");

    let save = async |name: &str, description: &str, seen: &str| {
        let saved = directory.save_group(&ada, Plain, id, GroupForm { seen: seen.into(), ..form(name, description) }).await;
        saved.map(|saved| saved.attributes)
    };
    assert_eq!(save("Compta", "Qui tient les comptes", &made.seen).await, Ok(vec![]));
    assert_eq!(save("Finances", "", &made.seen).await, Ok(vec![Attribute::Cn, Attribute::Description]));
    let saved = sheet(&directory, GroupId(Plain, id)).await;
    assert_eq!((saved.name.as_str(), saved.description.as_str()), ("Finances", ""));
    directory.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(save("finances", "", &saved.seen).await, Ok(vec![Attribute::Cn]), "the same name, spelt otherwise");
    assert_eq!(save("Autre", "", &saved.seen).await, Err(EditError::Stale), "somebody was faster");

    assert_eq!(delete(&directory, &ada, GroupId(Team, id)).await, Err(EditError::NotFound(String::new())), "it is no team");
    assert_eq!(delete(&directory, &ada, GroupId(Plain, id)).await, Ok(()));
    assert_eq!(directory.group(&ada, Plain, id, Id(0)).await, Err(LookError::NotFound));
    assert_eq!(delete(&directory, &ada, GroupId(Plain, id)).await, Err(EditError::NotFound(String::new())));
}

#[tokio::test]
async fn what_cannot_be_a_name_or_description_is_named() {
    let (directory, ada) = administered().await;
    let long = |length| "a".repeat(length);
    for (name, description, error) in [
        ("  ", "", wrong(Attribute::Cn, Wrong::Missing)),
        ("a/b", "", EditError::Stale),
        ("-a", "", EditError::Stale),
        ("a\nb", "", EditError::Stale),
        (long(129).as_str(), "", EditError::Stale),
        ("a", long(65_537).as_str(), wrong(Attribute::Description, Wrong::Invalid(InvalidValue::TooLong(65_536)))),
    ] {
        let refused = add(&directory, &ada, Plain, &form(name, description)).await.unwrap_err();
        match (&error, &refused) {
            (EditError::Stale, EditError::Faults(faults)) => {
                assert!(matches!(faults[..], [EditFault { wrong: Wrong::BadName(_), .. }]), "{faults:?}")
            }
            _ => assert_eq!(refused, error, "{name} {description}"),
        }
    }
    for name in [long(128).as_str(), "Ressources humaines", "a, b+c=d \"e\" <f> #g\\h", "été"] {
        let id = add(&directory, &ada, Plain, &form(name, &long(500))).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(sheet(&directory, GroupId(Plain, id)).await.name, name);
    }
}

#[tokio::test]
async fn people_are_put_in_by_login_all_or_none() {
    let (directory, ada) = administered().await;
    let marc = add_person(&directory, "marc", &[]).await;
    add_person(&directory, "zoe", &[]).await;
    let vpn = GroupId(Plain, add(&directory, &ada, Plain, &form("vpn", "")).await.unwrap());
    let put_in = |logins: &'static str| put(&directory, &ada, vpn, Relation::Member, logins);
    for (logins, error) in [
        (" , ", wrong(Attribute::MemberUid, Wrong::Missing)),
        ("marc, nobody", no_such_person(Attribute::MemberUid, "nobody")),
        ("marc marc", EditError::rule(Attribute::MemberUid, Violation::ValueExists, "memberUid: marc is named twice")),
        ("a b c d e f g h i j k l m", wrong(Attribute::MemberUid, Wrong::TooMany(TOGETHER))),
    ] {
        assert_eq!(put_in(logins).await, Err(error), "{logins}");
        assert_eq!(sheet(&directory, vpn).await.count, MemberCount::Just(0), "{logins}");
    }
    assert_eq!(put_in("MARC; zoe,ada").await, Ok(()));
    assert_eq!(logins(&sheet(&directory, vpn).await.members), ["ada", "marc", "zoe"]);
    assert_eq!(put_in("zoe").await, Err(already("zoe", "vpn")));
    for _ in 0..2 {
        assert_eq!(take(&directory, &ada, vpn, Relation::Member, marc).await, Ok(()), "twice is once");
    }
    assert_eq!(logins(&sheet(&directory, vpn).await.members), ["ada", "zoe"]);
    // A group has no managers, whatever a form says.
    assert!(matches!(put(&directory, &ada, vpn, Relation::Manager, "marc").await, Err(EditError::Faults(_))));
}

#[tokio::test]
async fn as_many_as_may_come_together_fit_into_one_rule() {
    let (directory, ada) = administered().await;
    let mut names = Vec::new();
    let other = GroupId(Team, add(&directory, &ada, Team, &form("other", "")).await.unwrap());
    let team = GroupId(Team, add(&directory, &ada, Team, &form("sales", "")).await.unwrap());
    for number in 0..TOGETHER {
        names.push(format!("person{number}"));
        add_person(&directory, &names[number], &[("binderyRole", "manager")]).await;
    }
    let all = names.join(" ");
    for relation in [Relation::Member, Relation::Manager] {
        assert_eq!(put(&directory, &ada, team, relation, &all).await, Ok(()), "{relation:?}");
    }
    let found = sheet(&directory, team).await;
    assert_eq!((found.members.len(), found.managers.len()), (TOGETHER, TOGETHER));
    let in_other = put(&directory, &ada, other, Relation::Member, &all).await.unwrap_err();
    let EditError::Faults(faults) = &in_other else { panic!("{in_other:?}") };
    assert!(matches!(faults[..], [EditFault { wrong: Wrong::Membership(MembershipError::InOtherTeam { .. }), .. }]), "{faults:?}");
}

#[tokio::test]
async fn a_team_has_managers_and_no_more_than_it_may() {
    let (directory, ada) = administered().await;
    let team = GroupId(Team, add(&directory, &ada, Team, &form("sales", "")).await.unwrap());
    let helene = add_person(&directory, "helene", &[("binderyRole", "manager")]).await;
    assert_eq!(put(&directory, &ada, team, Relation::Manager, "helene").await, Ok(()));
    assert_eq!(
        put(&directory, &ada, team, Relation::Manager, "helene").await,
        Err(wrong(Attribute::Owner, Wrong::Present(b"helene".to_vec())))
    );
    for number in 0..15 {
        add_person(&directory, &format!("m{number}"), &[]).await;
        assert_eq!(put(&directory, &ada, team, Relation::Manager, &format!("m{number}")).await, Ok(()));
    }
    assert_eq!(
        put(&directory, &ada, team, Relation::Manager, "ada").await,
        Err(wrong(Attribute::Owner, Wrong::Group(GroupError::TooManyOwners)))
    );
    assert_eq!(take(&directory, &ada, team, Relation::Manager, helene).await, Ok(()));
    assert_eq!(put(&directory, &ada, team, Relation::Manager, "ada").await, Ok(()));
    assert!(!logins(&sheet(&directory, team).await.managers).contains(&"helene"));
}

#[tokio::test]
async fn the_list_goes_by_name_page_by_page() {
    let (directory, ada) = administered().await;
    for number in 0..30 {
        add(&directory, &ada, Plain, &form(&format!("g{number:02}"), "")).await.unwrap();
    }
    add(&directory, &ada, Plain, &form("Été", "")).await.unwrap();
    add(&directory, &ada, Team, &form("g99", "")).await.unwrap();
    let page = |beginning: &str, after: &str| {
        let query = GroupsQuery { kind: Plain, beginning: beginning.into(), after: after.into() };
        let directory = &directory;
        async move { directory.groups(&SYSTEM, &query).await.unwrap() }
    };
    let first = page("", "").await;
    assert_eq!((first.lines.len(), first.lines[0].name.as_str()), (25, "g00"));
    let second = page("", first.next.as_deref().unwrap()).await;
    let names: Vec<&str> = second.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!((names, second.next), (vec!["g25", "g26", "g27", "g28", "g29", "Été"], None));
    assert_eq!(page("G1", "").await.lines.len(), 10);
    assert_eq!(page("été", "").await.lines.len(), 1);
    assert_eq!(page("g1", "g15").await.lines.len(), 4);
    assert_eq!(page("g1", "a").await.lines.len(), 10, "a place before the first is the first");
    assert!(page("g1", "z").await.lines.is_empty() && page("h", "").await.lines.is_empty());
}

#[tokio::test]
async fn members_come_page_by_page_and_each_once() {
    let (directory, ada) = administered().await;
    let vpn = GroupId(Plain, add(&directory, &ada, Plain, &form("vpn", "")).await.unwrap());
    for number in 0..60 {
        let login = format!("p{number:02}");
        add_person(&directory, &login, &[]).await;
        put(&directory, &ada, vpn, Relation::Member, &login).await.unwrap();
    }
    let first = sheet(&directory, vpn).await;
    let second = directory.group(&ada, vpn.0, vpn.1, first.next.unwrap()).await.unwrap();
    assert_eq!((first.members.len(), second.members.len(), second.next, second.count), (50, 10, None, MemberCount::Just(60)));
    let mut all = [logins(&first.members), logins(&second.members)].concat();
    assert!(logins(&first.members).is_sorted());
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 60);
}

/// How a caller who is no administrator is refused.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Refused {
    Denied,
    Hidden,
}

impl Refused {
    fn of(error: EditError) -> Refused {
        match error {
            EditError::Denied(_) => Refused::Denied,
            EditError::NotFound(_) => Refused::Hidden,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn nobody_but_an_administrator_sees_or_changes_them() {
    let (directory, ada) = administered().await;
    let team = GroupId(Team, add(&directory, &ada, Team, &form("sales", "")).await.unwrap());
    let helene = add_person(&directory, "helene", &[("binderyRole", "manager")]).await;
    let marc = add_person(&directory, "marc", &[("departmentNumber", "sales")]).await;
    let zoe = add_person(&directory, "zoe", &[]).await;
    put(&directory, &ada, team, Relation::Manager, "helene").await.unwrap();
    let before = sheet(&directory, team).await;
    // The manager and the member know that there is a team, the stranger does not.
    for (who, id, refused) in [
        ("helene", helene, Refused::Denied),
        ("marc", marc, Refused::Denied),
        ("zoe", zoe, Refused::Hidden),
        ("nobody", Id(7), Refused::Hidden),
    ] {
        let caller = caller(id);
        let query = GroupsQuery { kind: Team, beginning: String::new(), after: String::new() };
        assert_eq!(directory.groups(&caller, &query).await, Err(LookError::Denied), "{who}");
        assert_eq!(directory.group(&caller, team.0, team.1, Id(0)).await, Err(LookError::Denied), "{who}");
        assert_eq!(add(&directory, &caller, Team, &form("mine", "")).await, Err(EditError::Denied(Denial::Entry)), "{who}");
        let changed = GroupForm { seen: before.seen.clone(), ..form("mine", "") };
        assert_eq!(directory.save_group(&caller, team.0, team.1, changed).await.map(drop).map_err(Refused::of), Err(refused), "{who}");
        assert_eq!(put(&directory, &caller, team, Relation::Manager, who).await.map_err(Refused::of), Err(refused), "{who}");
        assert_eq!(put(&directory, &caller, team, Relation::Member, "zoe").await.map_err(Refused::of), Err(refused), "{who}");
        assert_eq!(take(&directory, &caller, team, Relation::Member, marc).await.map_err(Refused::of), Err(refused), "{who}");
        assert_eq!(delete(&directory, &caller, team).await.map_err(Refused::of), Err(refused), "{who}");
    }
    let late = Caller { must_change: true, ..ada };
    assert_eq!(directory.group(&late, team.0, team.1, Id(0)).await, Err(LookError::Denied));
    assert_eq!(delete(&directory, &late, team).await, Err(EditError::MustChange));
    assert_eq!(sheet(&directory, team).await, before);
}

#[tokio::test]
async fn what_is_done_and_what_is_refused_is_written_down() {
    let (directory, ada) = administered().await;
    let marc = add_person(&directory, "marc", &[("binderyRole", "manager")]).await;
    let id = add(&directory, &ada, Team, &form("sales", "")).await.unwrap();
    put(&directory, &ada, GroupId(Team, id), Relation::Manager, "marc").await.unwrap();
    directory
        .save_group(&ada, Team, id, GroupForm { seen: sheet(&directory, GroupId(Team, id)).await.seen, ..form("Ventes", "x") })
        .await
        .unwrap();
    delete(&directory, &caller(marc), GroupId(Team, id)).await.unwrap_err();
    delete(&directory, &caller(marc), GroupId(Team, Id(7))).await.unwrap_err();
    delete(&directory, &ada, GroupId(Team, id)).await.unwrap();
    let (old, new) = ("cn=sales,ou=teams,dc=example,dc=org", "cn=Ventes,ou=teams,dc=example,dc=org");
    let modified = |dn: &str, attribute: &str, value: &str| {
        let change = ValueChange { added: vec![value.into()], ..changed(attribute) };
        AuditEvent::Modified { target: id, dn: dn.into(), changes: vec![change] }
    };
    let refused = |dn: &str, reason| AuditEvent::ChangeRefused { dn: dn.into(), reason };
    let events: Vec<_> = audited(&directory).await.into_iter().map(|row| (row.actor, row.event)).collect();
    for expected in [
        (ada.actor, AuditEvent::Added { target: id, dn: old.into(), changes: Vec::new() }),
        (ada.actor, modified(old, "owner", "marc")),
        (ada.actor, AuditEvent::Renamed { target: id, from: old.into(), to: new.into() }),
        (ada.actor, modified(new, "description", "x")),
        (caller(marc).actor, refused(new, Reason::AccessDenied)),
        (caller(marc).actor, refused("0000000000000007", Reason::UnknownEntry)),
        (ada.actor, AuditEvent::Deleted { target: id, dn: new.into() }),
    ] {
        assert!(events.contains(&expected), "{expected:?} in {events:?}");
    }
}
