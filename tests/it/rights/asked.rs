//! What each action of the table is to the directory: which request, and what there is to be seen once it is done.

use bindery::directory::ChangeOperation::{self, Add, Delete, Replace};

use super::table::{Action, Cell};
use super::world::{NEW_PASSWORD, PASSWORD, World, dn, is_application, login, login_dn};

/// A request for one entry.
pub struct Asked {
    pub dn: String,
    pub request: Request,
    effect: Effect,
}

pub enum Request {
    Read,
    Password {
        old: Option<&'static str>,
    },
    Modify(Vec<(ChangeOperation, &'static str, String)>),
    Rename(&'static str),
    Delete,
    Add(Vec<(&'static str, String)>),
    /// By mail: a generated password, or a link.
    Send {
        password: bool,
    },
    EndSessions,
}

/// What there is to be seen once it is done, and not before.
enum Effect {
    None,
    Has(&'static str, String),
    Lacks(&'static str, String),
    Opens,
    Unlocked,
    Gone,
    There(String),
    Mailed(&'static str),
    SignedOut,
}

impl Asked {
    pub fn of(cell: &Cell) -> Asked {
        let dn = if cell.what == "new" { new_dn(cell.action) } else { dn(cell.who, cell.what) };
        let (request, effect) = meaning(cell);
        Asked { dn, request, effect }
    }

    /// What has to be so beforehand for it to make a difference.
    pub fn prepare(&self, world: &World) {
        match self.effect {
            Effect::Unlocked => world.throttle(world.id(self.login())),
            Effect::Mailed(_) => world.forget_mails(),
            Effect::SignedOut => world.begin_session(world.id(self.login())),
            _ => {}
        }
    }

    /// Whether it is done.
    pub fn is_done(&self, world: &World) -> bool {
        match &self.effect {
            Effect::None => true,
            Effect::Has(attribute, value) => world.has(&self.dn, attribute, value) == Some(true),
            Effect::Lacks(attribute, value) => world.has(&self.dn, attribute, value) != Some(true),
            Effect::Opens => world.opens(&self.dn, NEW_PASSWORD),
            Effect::Unlocked => !world.is_throttled(world.id(self.login())),
            Effect::Gone => world.has(&self.dn, "objectClass", "top").is_none(),
            Effect::There(dn) => world.has(dn, "objectClass", "top").is_some(),
            Effect::Mailed(kind) => world.was_mailed(kind, self.login()),
            Effect::SignedOut => !world.has_session(world.id(self.login())),
        }
    }

    /// Whether there is nothing to be seen of it.
    pub fn is_silent(&self) -> bool {
        matches!(self.effect, Effect::None)
    }

    /// The name of the entry.
    pub fn login(&self) -> &str {
        self.dn.split([',', '=']).nth(1).unwrap()
    }
}

fn meaning(cell: &Cell) -> (Request, Effect) {
    let replace =
        |attribute, value: &str| (Request::Modify(vec![(Replace, attribute, value.to_owned())]), Effect::Has(attribute, value.to_owned()));
    match cell.action {
        Action::Read => (Request::Read, Effect::None),
        Action::Password => (Request::Password { old: None }, Effect::Opens),
        Action::PasswordByOld => (Request::Password { old: Some(PASSWORD) }, Effect::Opens),
        Action::PasswordBeside => {
            let changes = vec![(Replace, "telephoneNumber", "+33 1 23".to_owned()), (Replace, "userPassword", NEW_PASSWORD.to_owned())];
            (Request::Modify(changes), Effect::Opens)
        }
        Action::Name => replace("sn", "Durand"),
        // A new one of one's own has to be confirmed by mail first.
        Action::Mail if gives_up_own_mail(cell) => {
            let held = format!("{}@example.org", login(cell.who));
            (Request::Modify(vec![(Delete, "mail", String::new())]), Effect::Lacks("mail", held))
        }
        Action::Mail => replace("mail", "elsewhere@example.org"),
        Action::Telephone => replace("telephoneNumber", "+33 1 23 45 67 89"),
        Action::OwnTeam => replace("departmentNumber", "support"),
        Action::ForeignTeam => replace("departmentNumber", "finance"),
        Action::NoTeam => {
            (Request::Modify(vec![(Delete, "departmentNumber", String::new())]), Effect::Lacks("departmentNumber", "sales".to_owned()))
        }
        Action::Role => replace("binderyRole", if is_administrator(cell) { "user" } else { "administrator" }),
        Action::Disable => replace("accountStatus", "disabled"),
        Action::Expire => replace("accountExpires", "20990101000000Z"),
        Action::MustChange => replace("pwdReset", "TRUE"),
        Action::Unlock => (Request::Modify(vec![(Delete, "pwdAccountLockedTime", String::new())]), Effect::Unlocked),
        Action::Rename => (Request::Rename("uid=renamed"), Effect::There(login_dn("renamed"))),
        Action::Delete => (Request::Delete, Effect::Gone),
        Action::Describe => replace("description", "Changed"),
        Action::Grant => replace("binderyGrant", "password-reset"),
        Action::Join => member(Add, "rene"),
        Action::Leave => member(Delete, if cell.what == "o.team" { "anna" } else { "ugo" }),
        Action::Own => {
            let owner = login_dn(if matches!(cell.who, "anonymous" | "service" | "reset") { "rene" } else { login(cell.who) });
            (Request::Modify(vec![(Add, "owner", owner.clone())]), Effect::Has("owner", owner))
        }
        Action::SendLink => (Request::Send { password: false }, Effect::Mailed("reset-link")),
        Action::SendPassword => (Request::Send { password: true }, Effect::Mailed("generated-password")),
        Action::SignOut => (Request::EndSessions, Effect::SignedOut),
        Action::AddPerson => new(cell.action, &[("objectClass", "inetOrgPerson"), ("cn", "New"), ("sn", "New")]),
        Action::AddToOwnTeam => {
            new(cell.action, &[("objectClass", "inetOrgPerson"), ("cn", "New"), ("sn", "New"), ("departmentNumber", "sales")])
        }
        Action::AddTeam | Action::AddGroup => new(cell.action, &[("objectClass", "groupOfNames")]),
        Action::AddService => new(cell.action, &[("objectClass", "account")]),
    }
}

/// Whether the address that is changed is one's own, of somebody who is no administrator.
pub fn gives_up_own_mail(cell: &Cell) -> bool {
    cell.what == "self" && matches!(cell.who, "user" | "manager" | "former")
}

fn member(operation: ChangeOperation, login: &str) -> (Request, Effect) {
    let member = login_dn(login);
    let effect = match operation {
        Add => Effect::Has("member", member.clone()),
        _ => Effect::Lacks("member", member.clone()),
    };
    (Request::Modify(vec![(operation, "member", member)]), effect)
}

fn new(action: Action, given: &[(&'static str, &str)]) -> (Request, Effect) {
    let given = given.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    (Request::Add(given), Effect::There(new_dn(action)))
}

fn new_dn(action: Action) -> String {
    let place = match action {
        Action::AddTeam => "cn=new,ou=teams",
        Action::AddGroup => "cn=new,ou=groups",
        Action::AddService => "uid=new,ou=services",
        _ => "uid=new,ou=people",
    };
    format!("{place},dc=example,dc=org")
}

/// Whether the one that is asked for is an administrator, as far as the one who asks is concerned.
fn is_administrator(cell: &Cell) -> bool {
    match cell.what {
        "t.adm" | "adm" => true,
        "self" => !is_application(cell.who) && matches!(cell.who, "must" | "disabled" | "administrator" | "last"),
        _ => false,
    }
}
