//! A person's sheet and the new person over HTTP, with forms as browsers send them and as nobody should.

mod addresses;
mod forged;
mod proof;
mod sheet;

use bindery::config::Config;
use bindery::directory::{Actor, Caller, PeopleQuery, PersonForm};
use bindery::domain::account::Role;
use bindery::domain::caller::Source;
use bindery::domain::id::Id;
use bindery::secret::Secret;

use crate::harness::{Answer, InProcess, Pages};

/// Anne administers; Marc looks after sales, where Louise is; Paul is in support.
struct Office {
    daemon: InProcess,
}

const PASSWORD: &str = "boussole-noisette-quai-39";
const OTHER: &str = "papillon-granit-ruche-84";

impl Office {
    fn open() -> Office {
        Office::with(|_| ())
    }

    fn with(change: impl FnOnce(&mut Config)) -> Office {
        let office = Office { daemon: InProcess::with_pages(change) };
        office.add("anne", Role::Administrator, None);
        office.add("marc", Role::Manager, None);
        let team =
            |name: &str, more: &str| format!("dn: cn={name},ou=teams,dc=example,dc=org\nobjectClass: groupOfNames\ncn: {name}\n{more}\n");
        let teams = team("sales", "owner: uid=marc,ou=people,dc=example,dc=org\n") + &team("support", "");
        office.daemon.as_administrator("ldapadd").stdin(teams).succeeds();
        office.add("louise", Role::User, Some("sales"));
        office.add("paul", Role::User, Some("support"));
        office
    }

    fn add(&self, login: &str, role: Role, team: Option<&str>) -> Id {
        let form = PersonForm {
            first_name: Some(login.to_uppercase()),
            surname: Some("Martin".to_owned()),
            login: Some(login.to_owned()),
            mail: Some(format!("{login}@example.org")),
            role: Some(role),
            team: team.map(str::to_owned),
            password: Some(Secret::new(PASSWORD)),
            confirm: Some(Secret::new(PASSWORD)),
            ..PersonForm::default()
        };
        let system = Caller { actor: Actor::System, source: Source::Internal, must_change: false };
        self.daemon.wait_for(self.daemon.directory().add_person(&system, form, None)).unwrap().id
    }

    /// Somebody who has signed in with [`PASSWORD`].
    fn signed_in(&self, login: &str) -> Pages {
        let mut pages = Pages::in_language(self.daemon.public_url(), "en");
        let fields = [("identifier", login), ("password", PASSWORD), ("next", "/account")];
        assert_eq!(pages.submit("/sign-in", "/sign-in", &fields).status, 303, "{login}");
        pages
    }

    /// Where the sheet of `login` is.
    fn path(&self, login: &str) -> String {
        let system = Caller { actor: Actor::System, source: Source::Internal, must_change: false };
        let wanted = PeopleQuery { search: login.to_owned(), ..Default::default() };
        let page = self.daemon.wait_for(self.daemon.directory().people(&system, &wanted)).unwrap();
        let row = page.people.iter().find(|row| row.login == login).unwrap();
        format!("/people/{}", row.id)
    }

    /// What LDAP says of `login`.
    fn entry(&self, login: &str) -> String {
        let dn = self.daemon.person_dn(login);
        self.daemon.as_administrator("ldapsearch").args(["-LLL", "-b", &dn, "*", "+"]).succeeds().stdout
    }

    /// Whether `login` gets in with `password`.
    fn binds(&self, login: &str, password: &str) -> bool {
        let who = self.daemon.client("ldapwhoami", &self.daemon.person_dn(login), password).run();
        who.code == Some(0)
    }
}

/// The fields of the form on the page that goes to `action`, as a browser would send them back.
fn fields(page: &Answer, action: &str) -> Vec<(String, String)> {
    let (_, rest) = page.body.split_once(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form for {action}: {}", page.body));
    let form = rest.split("</form>").next().unwrap();
    let mut fields = Vec::new();
    for tag in form.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let Some(name) = attribute(tag, "name") else {
            // An option of the list before it.
            if tag.starts_with("option")
                && (tag.ends_with(" selected") || fields.last().is_some_and(|(_, value): &(String, Option<String>)| value.is_none()))
            {
                fields.last_mut().unwrap().1 = attribute(tag, "value");
            }
            continue;
        };
        match (tag.starts_with("select"), attribute(tag, "type").as_deref()) {
            (true, _) => fields.push((name, None)),
            (false, Some("checkbox")) if !tag.contains(" checked") => {}
            (false, _) => fields.push((name, Some(attribute(tag, "value").unwrap_or_default()))),
        }
    }
    fields.into_iter().map(|(name, value)| (name, value.unwrap_or_default())).collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next().unwrap();
    Some(value.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&"))
}

/// Opens the sheet at `path`, puts `changes` over what it has, and sends it.
fn save(pages: &mut Pages, path: &str, changes: &[(&str, &str)]) -> Answer {
    let page = pages.open(path);
    assert_eq!(page.status, 200, "{path}: {}", page.text());
    send(pages, path, fields(&page, path), changes)
}

fn send(pages: &mut Pages, path: &str, mut filled: Vec<(String, String)>, changes: &[(&str, &str)]) -> Answer {
    for (name, value) in changes {
        filled.retain(|(held, _)| held != name);
        filled.push(((*name).to_owned(), (*value).to_owned()));
    }
    let filled: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = pages.post(path, &filled);
    pages.follow(answer)
}

/// Presses the button whose form goes to `path/below`.
fn press(pages: &mut Pages, path: &str, below: &str) -> Answer {
    let csrf = pages.open(path).csrf();
    let answer = pages.post(&format!("{path}{below}"), &[("csrf", csrf.as_str())]);
    pages.follow(answer)
}
