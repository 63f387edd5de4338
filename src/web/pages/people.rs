//! The list of people, for those who look after them: a search, and a page of whom it finds. The sheet of one person is in
//! `person.rs`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::directory::{PeoplePage, PeopleQuery, PersonRow};
use crate::domain::access::Area;
use crate::domain::account::{Role, State};
use crate::domain::id::Id;
use crate::web::site::SharedSite;
use crate::web::visit::error::PageFault;
use crate::web::visit::frame::{Choosable, Frame};
use crate::web::visit::paths;
use crate::web::visit::query::{AFTER, Pager, Query};
use crate::web::visit::signed_visit::SignedVisit;

#[derive(Template)]
#[template(path = "people.html")]
struct PeopleTemplate {
    page: Frame,
    asked: PeopleQuery,
    found: PeoplePage,
    pager: Pager,
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new().route(paths::PEOPLE, get(show))
}

/// The list, as far as the query asks for it.
async fn show(mut visit: SignedVisit, query: Query) -> Result<Response, PageFault> {
    let asked = asked(&query)?;
    let found = visit.directory().people(&visit.caller(), &asked).await?;
    let next = found.next.map(|next| next.to_string());
    let pager = Pager::new(paths::PEOPLE, &query, next.as_deref());
    let page = visit.frame(Area::People);
    Ok(visit.show(&PeopleTemplate { page, asked, found, pager }))
}

fn asked(query: &Query) -> Result<PeopleQuery, PageFault> {
    Ok(PeopleQuery {
        search: query.text("search").to_owned(),
        team: filter(query.text("team"), |name| Some(name.to_owned()))?,
        role: filter(query.text("role"), Role::from_word)?,
        state: filter(query.text("state"), State::from_word)?,
        after: filter(query.text(AFTER), Id::parse)?,
    })
}

/// What `text` asks for; nothing asks for nothing in particular.
fn filter<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, PageFault> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some).ok_or(PageFault::Malformed) }
}

impl PeopleTemplate {
    /// What is wrong with a field: nothing, since a search may be anything.
    fn fine(&self) -> Option<&str> {
        None
    }

    /// Whether anything in particular was asked for.
    fn is_filtered(&self) -> bool {
        let asked = PeopleQuery { after: None, ..self.asked.clone() };
        asked != PeopleQuery::default()
    }

    fn path(&self, person: &PersonRow) -> String {
        paths::of(paths::PEOPLE, person.id)
    }

    /// Also the one that was asked for, whether it is theirs to ask for or not.
    fn teams(&self) -> Vec<Choosable> {
        let chosen = self.asked.team.as_deref().unwrap_or_default();
        let mut teams = vec![choosable("", self.page.say("people-any-team"), chosen)];
        let other = Some(chosen).filter(|chosen| !self.found.teams.iter().any(|name| name == chosen));
        let names = self.found.teams.iter().map(String::as_str).chain(other.filter(|name| !name.is_empty()));
        teams.extend(names.map(|name| choosable(name, name.to_owned(), chosen)));
        teams
    }

    fn roles(&self) -> Vec<Choosable> {
        let chosen = self.asked.role.map(Role::word).unwrap_or_default();
        let any = choosable("", self.page.say("people-any-role"), chosen);
        let roles = [Role::User, Role::Manager, Role::Administrator];
        [any].into_iter().chain(roles.map(|role| choosable(role.word(), self.role_name(&role), chosen))).collect()
    }

    fn states(&self) -> Vec<Choosable> {
        let chosen = self.asked.state.map(State::word).unwrap_or_default();
        let any = choosable("", self.page.say("people-any-state"), chosen);
        let states = [State::Active, State::Disabled, State::Expired];
        [any].into_iter().chain(states.map(|state| choosable(state.word(), self.state_name(&state), chosen))).collect()
    }

    fn role_name(&self, role: &Role) -> String {
        self.page.say(match role {
            Role::User => "person-role-user",
            Role::Manager => "person-role-manager",
            Role::Administrator => "person-role-administrator",
        })
    }

    fn state_name(&self, state: &State) -> String {
        self.page.say(match state {
            State::Active => "person-active",
            State::Disabled => "person-disabled",
            State::Expired => "person-expired",
        })
    }
}

fn choosable(value: &str, text: String, chosen: &str) -> Choosable {
    Choosable { value: value.to_owned(), text, chosen: value == chosen }
}
