//! The table by the use cases themselves.

use std::net::{IpAddr, Ipv4Addr};

use bindery::directory::{
    Actor, Caller, Change, CompareError, Directory, Edit, EditError, Edited, Modification, PasswordChange, PasswordError, PersonForm,
    SendError, SentAttribute, Target, Wrong,
};
use bindery::domain::caller::Source;
use bindery::domain::dn::Dn;
use bindery::domain::id::Id;
use bindery::domain::language::Language;
use bindery::domain::reset::ResetRequested;
use bindery::domain::time::UnixTime;
use bindery::domain::tree::Branch;
use bindery::secret::Secret;
use bindery::store::accounts::AccountError;

use super::asked::{Asked, Request};
use super::table::{Action, Cell};
use super::world::{NEW_PASSWORD, World, is_application, login, parsed};
use super::{Answer, Way, walk};

struct UseCases {
    caller: Caller,
}

#[test]
fn every_cell_by_the_use_cases() {
    let nobody = Caller { actor: Actor::Anonymous, source: Source::Internal, must_change: false };
    walk(&mut UseCases { caller: nobody });
}

impl Way for UseCases {
    fn enter(&mut self, world: &World, who: &'static str) {
        let actor = match who {
            "anonymous" => Actor::Anonymous,
            who if is_application(who) => Actor::Service(world.id(login(who))),
            who => Actor::Account(world.id(login(who))),
        };
        let source = Source::Address(IpAddr::V4(Ipv4Addr::LOCALHOST));
        self.caller = Caller { actor, source, must_change: who == "must" };
    }

    fn ask(&mut self, world: &World, cells: &[Cell]) -> Vec<Answer> {
        let directory = world.directory();
        let answer = |cell| {
            let asked = Asked::of(cell);
            match asked.request {
                Request::Send { password } => world.daemon.wait_for(self.send(directory, world.id_or_some(asked.login()), password)),
                _ if matches!(cell.action, Action::AddPerson | Action::AddToOwnTeam) => {
                    world.daemon.wait_for(self.add_person(directory, cell.action))
                }
                Request::EndSessions => world.daemon.wait_for(self.end_sessions(directory, world.id_or_some(asked.login()))),
                _ => world.daemon.wait_for(self.answer(directory, asked)),
            }
        };
        cells.iter().map(answer).collect()
    }

    fn offers(&self, _: &Cell) -> bool {
        true
    }
}

impl UseCases {
    async fn answer(&self, directory: &Directory, asked: Asked) -> Answer {
        let (caller, dn) = (&self.caller, parsed(&asked.dn));
        match asked.request {
            Request::Read => self.read(directory, &dn).await,
            Request::Password { old } => self.set_password(directory, dn, old).await,
            Request::Modify(changes) => {
                let changes = changes.into_iter().map(|(operation, attribute, value)| {
                    Modification::new(operation, attribute, Some(value).filter(|value| !value.is_empty()))
                });
                changed(directory.edit(caller, Edit::modifying(dn, changes.collect())).await)
            }
            Request::Rename(rdn) => changed(directory.edit(caller, Edit::renaming(directory.tree(), dn, rdn, None)).await),
            Request::Delete => changed(directory.edit(caller, Edit::new(Target::Dn(dn), vec![Change::Delete])).await),
            Request::Add(given) => {
                let given = given.into_iter().map(|(name, value)| SentAttribute::new(name, [value])).collect();
                changed(directory.edit(caller, Edit::adding(dn, given)).await)
            }
            Request::Send { .. } | Request::EndSessions => panic!("they are asked for by id"),
        }
    }

    async fn read(&self, directory: &Directory, dn: &Dn) -> Answer {
        match directory.compare(&self.caller, dn, "objectClass", b"top").await {
            Ok(_) => Answer::Done,
            Err(CompareError::NoSuchObject { matched }) => Answer::Hidden(matched),
            Err(CompareError::BindFirst | CompareError::MustChange) => Answer::Refused,
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn send(&self, directory: &Directory, id: Id, password: bool) -> Answer {
        let requested = ResetRequested { at: UnixTime::from_secs(0), source: self.caller.source, language: Language::French };
        let sent = match password {
            true => directory.send_password(&self.caller, id, requested).await,
            false => directory.send_link(&self.caller, id, requested).await,
        };
        match sent {
            Ok(()) => Answer::Done,
            Err(SendError::NoSuchAccount) => Answer::Hidden(String::new()),
            Err(SendError::Denied) => Answer::Refused,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The way of the pages; the table over LDAP takes the other one.
    async fn add_person(&self, directory: &Directory, action: Action) -> Answer {
        let text = |text: &str| Some(text.to_owned());
        let team = text(if action == Action::AddToOwnTeam { "sales" } else { "" });
        let form = PersonForm { surname: text("New"), login: text("new"), team, ..PersonForm::default() };
        match directory.add_person(&self.caller, form, None).await {
            Ok(_) => Answer::Done,
            Err(EditError::Denied(_) | EditError::BindFirst | EditError::MustChange) => Answer::Refused,
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn end_sessions(&self, directory: &Directory, id: Id) -> Answer {
        match directory.edit(&self.caller, Edit::one(Branch::People, id, Change::EndSessions)).await {
            Ok(_) => Answer::Done,
            // A caller who is nobody sees nobody.
            Err(EditError::NotFound(_) | EditError::BindFirst) => Answer::Hidden(String::new()),
            Err(EditError::Denied(_) | EditError::MustChange) => Answer::Refused,
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn set_password(&self, directory: &Directory, dn: Dn, old: Option<&str>) -> Answer {
        let secret = |text: &str| Secret::new(text.as_bytes());
        let change = PasswordChange { target: Target::Dn(dn), old: old.map(secret), new: Some(secret(NEW_PASSWORD)), only_first: false };
        match directory.change_password(&self.caller, change).await {
            Ok(_) => Answer::Done,
            Err(PasswordError::NoSuchObject) => Answer::Hidden(String::new()),
            Err(PasswordError::Denied | PasswordError::BindFirst | PasswordError::OldRequired) => Answer::Refused,
            Err(other) => panic!("{other:?}"),
        }
    }
}

fn changed(outcome: Result<Edited, EditError>) -> Answer {
    match outcome {
        Ok(_) => Answer::Done,
        Err(EditError::NotFound(matched)) => Answer::Hidden(matched),
        Err(EditError::Denied(_) | EditError::BindFirst | EditError::MustChange | EditError::OldPasswordRequired) => Answer::Refused,
        Err(EditError::Faults(faults)) if matches!(faults[0].wrong, Wrong::Account(AccountError::LastAdministrator(_))) => {
            Answer::LastAdministrator
        }
        Err(other) => panic!("{other:?}"),
    }
}
