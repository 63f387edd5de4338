//! The table over HTTP: whoever is signed in sends forms that the pages need not show them, to addresses that they have
//! made themselves.

use bindery::domain::group::GroupKind;
use bindery::domain::id::Id;

use super::asked::{Asked, Request, gives_up_own_mail};
use super::table::{Action, Cell, Verdict};
use super::world::{NEW_PASSWORD, PASSWORD, SYSTEM, World, is_application, login};
use super::{Answer, Expected, Way, walk};
use crate::harness::{self, Pages};

struct Forged {
    visitor: Pages,
    csrf: String,
}

/// A form, or no more than the address of a page.
struct Form {
    path: String,
    fields: Option<Vec<(&'static str, String)>>,
}

#[test]
fn every_cell_over_http() {
    walk(&mut Forged { visitor: Pages::at("http://127.0.0.1:0"), csrf: String::new() });
}

impl Way for Forged {
    fn enter(&mut self, world: &World, who: &'static str) {
        let mut visitor = Pages::in_language(world.daemon.public_url(), "en");
        if !matches!(who, "anonymous" | "service" | "reset") {
            let answer =
                visitor.submit("/sign-in", "/sign-in", &[("identifier", login(who)), ("password", PASSWORD), ("next", "/account")]);
            assert_eq!(answer.status, 303, "{who}: {}", answer.text());
        }
        self.csrf = visitor.open("/account").csrf();
        self.visitor = visitor;
    }

    fn ask(&mut self, world: &World, cells: &[Cell]) -> Vec<Answer> {
        cells.iter().map(|cell| self.answer(world, cell)).collect()
    }

    /// Applications do not sign in; old passwords are asked for where one changes one's own; and a new secret is drawn, not
    /// chosen.
    fn offers(&self, cell: &Cell) -> bool {
        match (cell.action, cell.what) {
            _ if is_application(cell.who) => false,
            (Action::PasswordByOld, what) => what == "self",
            (Action::Password, "app") => cell.verdict != Verdict::Done,
            _ => true,
        }
    }

    fn expected(&self, cell: &Cell) -> Expected {
        // Whoever is nobody, or has a password to change, is led elsewhere before anything is looked at.
        if matches!(cell.who, "anonymous" | "disabled" | "must") && cell.verdict != Verdict::Done {
            return Expected { verdicts: vec![Verdict::Refused], audited: false };
        }
        let administrative = matches!(cell.what, "o.team" | "team" | "group" | "app" | "new");
        let verdicts = match (cell.action, cell.who, cell.verdict) {
            (_, "administrator" | "last", verdict) => vec![verdict],
            (Action::AddToOwnTeam, "manager", Verdict::Done) => vec![Verdict::Done],
            // A sheet says more than an address book.
            (Action::Read, _, Verdict::Listed) => vec![Verdict::Hidden],
            // Of oneself there is another page, and of one's team none.
            (Action::Read, "user" | "former", _) => vec![Verdict::Hidden],
            (Action::Read, ..) if administrative => vec![Verdict::Hidden],
            _ if administrative => vec![Verdict::Refused, Verdict::Hidden],
            (_, _, verdict) => vec![verdict],
        };
        Expected { verdicts, audited: cell.action != Action::Read }
    }
}

impl Forged {
    fn answer(&self, world: &World, cell: &Cell) -> Answer {
        let Form { path, fields } = form(world, cell);
        // What one cell does to the session is undone for the next.
        let mut visitor = self.visitor.clone();
        let answer = match &fields {
            None => visitor.get(&path),
            Some(fields) => {
                let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
                let fields: Vec<(&str, &str)> = fields.chain([("csrf", self.csrf.as_str())]).collect();
                visitor.post(&path, &fields)
            }
        };
        meaning(cell, &path, &answer)
    }
}

fn meaning(cell: &Cell, path: &str, answer: &harness::Answer) -> Answer {
    let leads_to = |place: &str| answer.location().is_some_and(|location| location == place || location.starts_with(&format!("{place}?")));
    match answer.status {
        200 => Answer::Done,
        303 if leads_to("/sign-in") || (cell.who == "must" && leads_to("/account/password")) => Answer::Refused,
        303 => Answer::Done,
        403 => Answer::Refused,
        404 => Answer::Hidden(answer.body.replace(path.rsplit('/').find(|part| part.len() == 16).unwrap_or(path), "ID")),
        422 if answer.text().contains("last administrator") => Answer::LastAdministrator,
        _ => panic!("{cell:?}: {} {}", answer.status, answer.text()),
    }
}

fn form(world: &World, cell: &Cell) -> Form {
    let asked = Asked::of(cell);
    let at = |area: &str, below: &str, id: Id| format!("/{area}/{id}{below}");
    let (area, kind) = match cell.what {
        "o.team" | "team" => ("teams", Some(GroupKind::Team)),
        "group" => ("groups", Some(GroupKind::Group)),
        "app" => ("applications", None),
        _ => ("people", None),
    };
    let id = world.id_at(&asked.dn);
    let sheet = |fields: &[(&'static str, &str)]| person(world, id, fields);
    let group = |below: &str, fields: &[(&'static str, &str)]| sent(at(area, below, id), fields);
    match cell.action {
        Action::Read => Form { path: at(area, "", id), fields: None },
        Action::Password | Action::Grant | Action::Describe if area == "applications" => application(world, cell.action, id),
        Action::Password => sheet(&[("password", NEW_PASSWORD), ("confirm", NEW_PASSWORD), ("own_password", PASSWORD)]),
        Action::PasswordByOld => {
            sent("/account/password".to_owned(), &[("old", PASSWORD), ("new", NEW_PASSWORD), ("confirm", NEW_PASSWORD)])
        }
        Action::PasswordBeside => {
            sheet(&[("telephone", "+33 1 23"), ("password", NEW_PASSWORD), ("confirm", NEW_PASSWORD), ("own_password", PASSWORD)])
        }
        Action::Name => sheet(&[("surname", "Durand")]),
        Action::Mail if gives_up_own_mail(cell) => sheet(&[("mail", ""), ("own_password", PASSWORD)]),
        Action::Mail => sheet(&[("mail", "elsewhere@example.org"), ("own_password", PASSWORD)]),
        Action::Telephone => sheet(&[("telephone", "+33 1 23 45 67 89")]),
        Action::OwnTeam => sheet(&[("team", "support")]),
        Action::ForeignTeam => sheet(&[("team", "finance")]),
        Action::NoTeam => sheet(&[("team", "")]),
        Action::Role => sheet(&[("role", value(&asked)), ("own_password", PASSWORD)]),
        Action::Disable => sheet(&[("state", "disabled")]),
        Action::Expire => sheet(&[("expires", "2098-12-31")]),
        Action::MustChange => sheet(&[("must_change", "yes")]),
        Action::Rename => sheet(&[("login", "renamed")]),
        Action::Unlock => sent(at(area, "/unlock", id), &[]),
        Action::SendLink => sent(at(area, "/link", id), &[]),
        Action::SendPassword => sent(at(area, "/generated", id), &[]),
        Action::SignOut => sent(at(area, "/sessions", id), &[]),
        Action::Delete => sent(at(area, "/delete", id), &[]),
        Action::Grant => panic!("it is for applications"),
        Action::Describe => {
            let seen = world.daemon.wait_for(world.directory().group(&SYSTEM, kind.unwrap(), id, Id(0))).unwrap();
            group("", &[("seen", &seen.seen), ("name", &seen.name), ("description", "Changed")])
        }
        Action::Join => group("/members", &[("members", "rene")]),
        Action::Leave => {
            let leaver = world.id(if cell.what == "o.team" { "anna" } else { "ugo" });
            group("/members/remove", &[("person", &leaver.to_string())])
        }
        Action::Own => group("/managers", &[("managers", if login(cell.who).is_empty() { "rene" } else { login(cell.who) })]),
        Action::AddPerson => sent("/people/new".to_owned(), &[("surname", "New"), ("first_name", "New"), ("login", "new"), ("team", "")]),
        Action::AddToOwnTeam => {
            sent("/people/new".to_owned(), &[("surname", "New"), ("first_name", "New"), ("login", "new"), ("team", "sales")])
        }
        Action::AddTeam => sent("/teams/new".to_owned(), &[("name", "new"), ("description", "")]),
        Action::AddGroup => sent("/groups/new".to_owned(), &[("name", "new"), ("description", "")]),
        Action::AddService => {
            sent("/applications/new".to_owned(), &[("name", "new"), ("description", ""), ("limited_to", ""), ("own_password", PASSWORD)])
        }
    }
}

/// The forms of the application `id`.
fn application(world: &World, action: Action, id: Id) -> Form {
    let path = format!("/applications/{id}");
    let shown = world.daemon.wait_for(world.directory().application(&SYSTEM, id)).unwrap();
    let seen = shown.seen;
    let sheet = |fields: &[(&'static str, &str)]| {
        let held =
            [("seen", seen.as_str()), ("name", shown.name.as_str()), ("limited_to", ""), ("is_active", "yes"), ("own_password", PASSWORD)];
        sent(path.clone(), &[&held, fields].concat())
    };
    match action {
        Action::Grant => sheet(&[("description", ""), ("may_reset_passwords", "yes")]),
        Action::Describe => sheet(&[("description", "Changed")]),
        _ => sent(format!("{path}/secret"), &[("own_password", PASSWORD)]),
    }
}

/// The sheet of the person `id`, with no more than these fields filled in.
fn person(world: &World, id: Id, fields: &[(&'static str, &str)]) -> Form {
    // Whoever forges a form may have found out what the sheet looks like.
    let seen = world.daemon.wait_for(world.directory().person(&SYSTEM, id)).map(|sheet| sheet.seen).unwrap_or_default();
    sent(format!("/people/{id}"), &[&[("seen", seen.as_str())], fields].concat())
}

fn sent(path: String, fields: &[(&'static str, &str)]) -> Form {
    Form { path, fields: Some(fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()) }
}

/// The one value of a change.
fn value(asked: &Asked) -> &str {
    match &asked.request {
        Request::Modify(changes) => &changes[0].2,
        _ => panic!("it is no change"),
    }
}
