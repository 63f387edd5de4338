//! Every page that an administrator can get to, and every form on them: what keeps them from being used by other sites,
//! and from running what somebody has put into a name.

use bindery::directory::{Actor, Caller, Edit, SentAttribute};
use bindery::domain::caller::Source;
use bindery::domain::dn::Dn;

use super::answers::carries_all;
use super::crawl;
use crate::harness::{InProcess, Pages};

pub(super) const PASSWORD: &str = "boussole-noisette-quai-39";

/// What must never be read as markup. A name in a group may not have a slash or a colon, and a login no blank.
pub(super) const HOSTILE: &str = "zz'\"><script>alert(1)<b>{{7*7}}";
pub(super) const HOSTILE_LOGIN: &str = "zz'\"><b>{{7*7}}";

/// A house with an administrator, `ada`; people, groups and a team whose names are `name` and `login`.
pub(super) fn house(name: &str, login: &str) -> InProcess {
    let daemon = InProcess::with_pages(|config| {
        config.directory.self_mail = true;
        config.directory.self_telephone = true;
    });
    daemon.add_person("ada", PASSWORD);
    let tree = daemon.directory().tree();
    let people = tree.account_dn(login);
    let groups = [bindery::domain::group::GroupKind::Group, bindery::domain::group::GroupKind::Team].map(|kind| tree.group_dn(kind, name));
    for (dn, attributes) in [
        (groups[0].clone(), vec![("description", name)]),
        (groups[1].clone(), vec![("description", name)]),
        (
            people.clone(),
            vec![
                ("cn", name),
                ("sn", name),
                ("givenName", name),
                ("displayName", name),
                ("departmentNumber", name),
                ("binderyRole", "manager"),
                ("userPassword", PASSWORD),
            ],
        ),
        (tree.service_dn(&format!("{login}-app")), vec![("description", name)]),
    ] {
        add(&daemon, &dn, &attributes);
    }
    let people: &str = &people;
    modify(&daemon, &groups[0], "member", people);
    modify(&daemon, &groups[1], "owner", people);
    modify(&daemon, &daemon.person_dn("ada"), "binderyRole", "administrator");
    daemon
}

pub(super) fn system() -> Caller {
    Caller { actor: Actor::System, source: Source::Internal, must_change: false }
}

pub(super) fn add(daemon: &InProcess, dn: &str, attributes: &[(&str, &str)]) {
    let attributes = attributes.iter().map(|(name, value)| SentAttribute::new(*name, [*value]));
    let class = if dn.contains("ou=people") {
        "inetOrgPerson"
    } else if dn.contains("ou=services") {
        "account"
    } else {
        "groupOfNames"
    };
    let attributes = attributes.chain([SentAttribute::new("objectClass", [class])]).collect();
    daemon.wait_for(daemon.directory().edit(&system(), Edit::adding(Dn::parse(dn).unwrap(), attributes))).unwrap();
}

pub(super) fn modify(daemon: &InProcess, dn: &str, attribute: &str, value: &str) {
    use bindery::directory::{ChangeOperation, Modification};
    let change = Modification::new(ChangeOperation::Replace, attribute, [value]);
    daemon.wait_for(daemon.directory().edit(&system(), Edit::modifying(Dn::parse(dn).unwrap(), vec![change]))).unwrap();
}

pub(super) fn signed_in(daemon: &InProcess, login: &str) -> Pages {
    let mut pages = Pages::in_language(daemon.public_url(), "en");
    pages.sign_in(login, PASSWORD);
    pages
}

#[test]
fn what_is_in_a_name_is_never_markup() {
    let daemon = house(HOSTILE, HOSTILE_LOGIN);
    // What is refused is written down, and shown where that is read.
    for identifier in [HOSTILE, HOSTILE_LOGIN] {
        Pages::at(daemon.public_url()).submit("/sign-in", "/sign-in", &[("identifier", identifier), ("password", HOSTILE)]);
    }
    for login in ["ada", HOSTILE_LOGIN] {
        let mut visitor = signed_in(&daemon, login);
        let mut shown = 0;
        for (address, page) in crawl::pages(&mut visitor) {
            assert!(page.status < 400, "{login} at {address}: {}", page.status);
            if crawl::is_html(&page) {
                is_harmless(&address, &page.body);
                shown += usize::from(page.body.contains("zz&#39;&#34;&#62;"));
            }
        }
        assert!(shown > 0, "{login} has seen none of it");
    }
}

#[test]
fn what_is_in_an_address_or_a_refused_form_is_never_markup() {
    let daemon = house("sales", "marc");
    let mut visitor = signed_in(&daemon, "ada");
    let found = crawl::pages(&mut visitor);
    let hostile = "zz%27%22%3E%3Cimg+src=x+onerror%3Dalert(1)%3E";
    for address in found.keys() {
        let path = address.split('?').next().unwrap();
        let names = ["q", "after", "team", "role", "state", "who", "what", "from", "to", "next", "back", "name"];
        let query: Vec<String> = names.iter().map(|name| format!("{name}={hostile}")).collect();
        let answer = visitor.get(&format!("{path}?{}", query.join("&")));
        assert!(answer.status < 500, "{path}: {}", answer.status);
        is_harmless(path, &answer.body);
    }
    for form in crawl::forms(&found) {
        let csrf = visitor.open("/account").csrf();
        // What the form carries of itself stays; what is typed is hostile.
        let own = |name: &str| ["seen", "person", "role", "state", "old", "password", "own_password"].contains(&name);
        let fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (name.as_str(), if own(name) { value } else { HOSTILE })).collect();
        if form.action == "/sign-out" {
            continue;
        }
        let answer = visitor.post(&form.action, &[&[("csrf", csrf.as_str())], fields.as_slice()].concat());
        assert!(answer.status < 500, "{}: {}", form.action, answer.status);
        is_harmless(&form.action, &answer.body);
    }
}

pub(super) fn is_harmless(place: &str, body: &str) {
    for raw in ["zz'", "zz\"", "<img src=x", "<script>", "<b>{"] {
        assert!(!body.contains(raw), "{place} has {raw}: {body}");
    }
}

#[test]
fn every_form_inside_needs_its_token_and_comes_from_this_site() {
    let daemon = house("sales", "marc");
    let mut visitor = signed_in(&daemon, "ada");
    let forms = crawl::forms(&crawl::pages(&mut visitor));
    assert!(forms.len() > 10, "{forms:?}");
    let csrf = visitor.open("/account").csrf();
    let others = signed_in(&daemon, "marc").open("/account").csrf();
    for form in &forms {
        let fields: Vec<(&str, &str)> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut send = |token: &str, lines: &[(&str, &str)]| {
            let kept = visitor.headers.clone();
            visitor.headers.extend(lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            let status = visitor.post(&form.action, &[&[("csrf", token)], fields.as_slice()].concat()).status;
            visitor.headers = kept;
            status
        };
        for token in ["", &"A".repeat(43), &others] {
            assert_eq!(send(token, &[]), 403, "{} with the token {token:?}", form.action);
        }
        for lines in [
            [("Origin", "https://attaquant.example"), ("Sec-Fetch-Site", "cross-site")],
            [("Origin", "null"), ("Sec-Fetch-Site", "cross-site")],
            [("Origin", daemon.public_url()), ("Sec-Fetch-Site", "same-site")],
        ] {
            assert_eq!(send(&csrf, &lines), 403, "{} from {lines:?}", form.action);
        }
        assert_eq!(visitor.post(&form.action, &fields).status, 403, "{} without a token", form.action);
        let opened = visitor.send("GET", &form.action, &[], "").status;
        assert!(matches!(opened, 200 | 405), "{} opened: {opened}", form.action);
    }
    assert_eq!(visitor.get("/account").status, 200, "none of it has signed out, or done anything else");
}

#[test]
fn every_page_inside_protects_its_reader_and_is_kept_by_nobody() {
    let daemon = house("sales", "marc");
    let mut visitor = signed_in(&daemon, "ada");
    let found = crawl::pages(&mut visitor);
    assert!(found.len() > 10, "{:?}", found.keys());
    for (address, page) in &found {
        if crawl::is_html(page) {
            // With no-store, what was seen is not seen again behind the "back" of the browser.
            carries_all(address, page, false);
            for script in page.body.split("<script").skip(1) {
                assert!(script.starts_with(" defer src=\"/comfort-"), "{address}: <script{script}");
            }
            assert!(!page.body.contains(" style=\"") && !page.body.contains(" onclick"), "{address}");
        }
    }
    // Nobody gets to one of them without a session: they sign in, and are led back.
    for address in
        found.keys().filter(|address| found[*address].status == 200 && crawl::is_html(&found[*address]) && !address.contains('?'))
    {
        let answer = Pages::at(daemon.public_url()).get(address);
        let expected = if *address == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={address}") };
        assert_eq!((answer.status, answer.location()), (303, Some(expected.as_str())), "{address}");
    }
}
