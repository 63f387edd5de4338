//! Applications on the pages: a secret is seen once, works over LDAP, and ends when another takes its place.

use crate::harness::{Answer, Daemon, Pages, Person};

fn signed_in(daemon: &Daemon, person: &Person) -> Pages {
    let mut pages = Pages::in_language(daemon.facts().web.as_ref().unwrap(), "en");
    let answer = pages.submit("/sign-in", "/sign-in", &[("identifier", &person.login), ("password", &person.password)]);
    assert_eq!(answer.location(), Some("/account"), "{answer:?}");
    pages
}

/// The secret that a page tells.
fn secret(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")), "{answer:?}");
    let (_, rest) = answer.body.split_once("<code>").unwrap_or_else(|| panic!("no secret: {}", answer.body));
    let secret = rest.split('<').next().unwrap().to_owned();
    assert_eq!(secret.len(), 43);
    secret
}

/// Where the application's page is, from the list.
fn path_of(pages: &mut Pages, name: &str) -> String {
    let list = pages.get("/applications");
    let (before, _) = list.body.split_once(&format!(">{name}</a>")).unwrap_or_else(|| panic!("{name} is not in the list: {}", list.body));
    before.rsplit("href=\"").next().unwrap().trim_end_matches('"').to_owned()
}

fn add(daemon: &Daemon, pages: &mut Pages, name: &str, fields: &[(&str, &str)]) -> Answer {
    let own = daemon.facts().administrator.password.clone();
    let mut all = vec![("name", name), ("description", ""), ("limited_to", ""), ("own_password", own.as_str())];
    for (field, value) in fields {
        all.retain(|(held, _)| held != field);
        all.push((field, value));
    }
    pages.submit("/applications/new", "/applications/new", &all)
}

#[test]
fn a_secret_is_told_once_works_over_ldap_and_ends_when_it_is_renewed() {
    let daemon = Daemon::start();
    let mut pages = signed_in(&daemon, &daemon.facts().administrator.clone());
    let first = secret(&add(&daemon, &mut pages, "portal", &[("description", "Intranet")]));
    let dn = format!("uid=portal,ou=services,{}", daemon.facts().base);
    daemon.client("ldapwhoami", &dn, &first).succeeds();

    let path = path_of(&mut pages, "portal");
    let asked = format!("{path}/secret");
    // Whoever finds the browser open does not get one.
    let own = daemon.facts().administrator.password.clone();
    for wrong in [&[][..], &[("own_password", "")], &[("own_password", "wrong")]] {
        let refused = pages.submit(&asked, &asked, wrong);
        assert!(refused.status == 422 && !refused.body.contains("<code>"), "{wrong:?}: {}", refused.body);
    }
    daemon.client("ldapwhoami", &dn, &first).succeeds();
    let second = secret(&pages.submit(&asked, &asked, &[("own_password", &own)]));
    daemon.client("ldapwhoami", &dn, &first).exits(49);
    daemon.client("ldapwhoami", &dn, &second).succeeds();

    for page in ["/applications", path.as_str(), asked.as_str(), "/audit?what=all", "/audit.csv?what=all", "/account"] {
        let shown = pages.get(page);
        assert_eq!(shown.status, 200, "{page}");
        assert!(!shown.body.contains(&first) && !shown.body.contains(&second), "{page} shows a secret");
    }
    assert!(!daemon.log().contains(&first) && !daemon.log().contains(&second), "the log has a secret");
}

#[test]
fn an_application_is_limited_disabled_and_deleted() {
    let daemon = Daemon::start();
    let mut pages = signed_in(&daemon, &daemon.facts().administrator.clone());
    let group = daemon.facts().people.iter().flat_map(|person| &person.groups).next().unwrap().clone();
    let secret = secret(&add(&daemon, &mut pages, "portal", &[("limited_to", &group)]));
    let (dn, path) = (format!("uid=portal,ou=services,{}", daemon.facts().base), path_of(&mut pages, "portal"));
    let shown = pages.get(&path);
    assert!(shown.body.contains(&format!("value=\"{group}\"")), "{}", shown.body);

    let seen = shown.hidden("seen").unwrap();
    let own = daemon.facts().administrator.password.clone();
    let fields =
        [("seen", seen.as_str()), ("name", "portal"), ("description", "<b>Intranet</b>"), ("limited_to", ""), ("own_password", &own)];
    // To see everybody instead of the group takes one's own password.
    let refused = pages.submit(&path, &path, &fields[..4]);
    assert!(refused.status == 422 && refused.text().contains("Type your own password"), "{}", refused.text());
    daemon.client("ldapwhoami", &dn, &secret).succeeds();
    let saved = pages.submit(&path, &path, &fields);
    assert_eq!(saved.location(), Some(path.as_str()), "{saved:?}");
    let saved = pages.follow(saved);
    assert!(saved.body.contains("Saved: description, visible group, may connect"), "{}", saved.body);
    assert!(!saved.body.contains("<b>Intranet"), "{}", saved.body);
    daemon.client("ldapwhoami", &dn, &secret).exits(49);

    let again = pages.submit(&path, &path, &fields);
    assert_eq!(again.status, 422);
    assert!(again.body.contains("Somebody has changed this application meanwhile"), "{}", again.body);

    let delete = format!("{path}/delete");
    let gone = pages.submit(&delete, &delete, &[]);
    assert_eq!(gone.location(), Some("/applications"));
    assert!(!pages.get("/applications").body.contains(">portal</a>"));
    assert_eq!(pages.get(&path).status, 404);
}

#[test]
fn an_application_with_another_name_binds_with_that_name() {
    let daemon = Daemon::start();
    let mut pages = signed_in(&daemon, &daemon.facts().administrator.clone());
    let secret = secret(&add(&daemon, &mut pages, "portal", &[]));
    let path = path_of(&mut pages, "portal");
    let dn = |name: &str| format!("uid={name},ou=services,{}", daemon.facts().base);
    for (name, field) in [("", "name"), ("two words", "name"), ("louisem", "name"), ("NEXTCLOUD", "name")] {
        let seen = pages.get(&path).hidden("seen").unwrap();
        let refused =
            pages.submit(&path, &path, &[("seen", &seen), ("name", name), ("description", ""), ("limited_to", ""), ("is_active", "yes")]);
        assert!(refused.status == 422 && refused.body.contains(&format!("id=\"{field}-error\"")), "{name}: {}", refused.body);
    }
    let seen = pages.get(&path).hidden("seen").unwrap();
    let fields = [("seen", seen.as_str()), ("name", "a&b=c"), ("description", "Intranet"), ("limited_to", ""), ("is_active", "yes")];
    let saved = pages.submit(&path, &path, &fields);
    let saved = pages.follow(saved);
    assert!(saved.body.contains("Saved: name, description"), "{}", saved.body);
    daemon.client("ldapwhoami", &dn("portal"), &secret).exits(49);
    daemon.client("ldapwhoami", &dn("a&b\\=c"), &secret).succeeds();
    // What the audit has of it is found by its name, which says more than an id.
    let trail = pages.get("/audit?who=a%26b%3Dc&what=all");
    assert!(saved.body.contains("/audit?who=a%26b%3Dc&#38;what=all") && trail.text().contains("portal"), "{} {}", saved.body, trail.text());
}

#[test]
fn an_application_that_waits_is_unlocked_on_its_page() {
    let daemon = Daemon::start();
    let mut pages = signed_in(&daemon, &daemon.facts().administrator.clone());
    add(&daemon, &mut pages, "portal", &[]);
    let (dn, path) = (format!("uid=portal,ou=services,{}", daemon.facts().base), path_of(&mut pages, "portal"));
    // A generated secret cannot be guessed, and nobody waits for it; one that somebody chose can.
    let secret = "horloge-tilleul-comete-15";
    daemon.as_administrator("ldappasswd").args(["-s", secret, &dn]).succeeds();
    assert!(!pages.get(&path).body.contains("Unblock the connection"), "nobody waits");
    for _ in 0..5 {
        daemon.client("ldapwhoami", &dn, "wrong").exits(49);
    }
    daemon.client("ldapwhoami", &dn, secret).exits(49);
    let shown = pages.get(&path);
    assert!(shown.body.contains("Connection blocked") && shown.body.contains("Unblock the connection"), "{}", shown.body);
    let unlocked = pages.submit(&path, &format!("{path}/unlock"), &[]);
    assert!(pages.follow(unlocked).text().contains("The connection is unblocked."));
    daemon.client("ldapwhoami", &dn, secret).succeeds();
}

#[test]
fn what_is_wrong_is_said_beside_its_field() {
    let daemon = Daemon::start();
    let mut pages = signed_in(&daemon, &daemon.facts().administrator.clone());
    for (name, fields, field) in [
        ("", &[][..], "name"),
        ("two words", &[], "name"),
        ("louisem", &[], "name"),
        ("portal", &[("limited_to", "nosuchgroup")], "limited_to"),
        ("\"><script>alert(1)</script>", &[], "name"),
    ] {
        let refused = add(&daemon, &mut pages, name, fields);
        assert_eq!(refused.status, 422, "{name}");
        assert!(refused.body.contains(&format!("id=\"{field}-error\"")), "{name}: {}", refused.body);
        assert!(!refused.body.contains("<script>alert"), "{name}");
    }
}

#[test]
fn a_manager_s_forged_forms_are_refused_and_written_down() {
    let daemon = Daemon::start();
    let mut administrator = signed_in(&daemon, &daemon.facts().administrator.clone());
    let told = secret(&add(&daemon, &mut administrator, "portal", &[]));
    let path = path_of(&mut administrator, "portal");
    let manager = daemon.facts().people.iter().find(|person| person.role == "manager").unwrap();
    let mut pages = signed_in(&daemon, manager);
    for page in ["/applications", "/applications/new", path.as_str(), &format!("{path}/secret"), &format!("{path}/delete")] {
        assert_eq!(pages.get(page).status, 404, "{page}");
    }
    let csrf = pages.get("/account/password").csrf();
    let fields = [("csrf", csrf.as_str()), ("name", "mine"), ("description", ""), ("limited_to", ""), ("seen", "0")];
    for form in ["/applications/new".to_owned(), path.clone(), format!("{path}/secret"), format!("{path}/unlock"), format!("{path}/delete")]
    {
        // A manager may not know of any application.
        let status = if form == "/applications/new" { 403 } else { 404 };
        assert_eq!(pages.post(&form, &fields).status, status, "{form}");
    }
    daemon.client("ldapwhoami", &format!("uid=portal,ou=services,{}", daemon.facts().base), &told).succeeds();
    let log = daemon.log();
    let refused = log.matches("change_refused").count() + log.matches("password_refused").count();
    assert!(refused >= 5, "{refused} refusals in the log");
}

#[test]
fn what_an_application_gets_takes_one_s_own_password() {
    let daemon = Daemon::start();
    let mut pages = signed_in(&daemon, &daemon.facts().administrator.clone());
    let group = daemon.facts().people.iter().flat_map(|person| &person.groups).next().unwrap().clone();
    for wrong in ["", "wrong"] {
        let refused = add(&daemon, &mut pages, "portal", &[("own_password", wrong)]);
        assert!(refused.status == 422 && refused.body.contains("id=\"own_password-error\""), "{wrong}: {}", refused.body);
    }
    assert!(!pages.get("/applications").body.contains(">portal</a>"));
    add(&daemon, &mut pages, "portal", &[]);
    let path = path_of(&mut pages, "portal");
    let own = daemon.facts().administrator.password.clone();
    let mut save = |fields: &[(&str, &str)]| {
        let seen = pages.get(&path).hidden("seen").unwrap();
        pages.submit(&path, &path, &[&[("seen", seen.as_str()), ("name", "portal"), ("is_active", "yes")], fields].concat())
    };
    let granted = [("description", ""), ("limited_to", ""), ("may_reset_passwords", "yes")];
    let refused = save(&granted);
    assert!(refused.status == 422 && refused.text().contains("Type your own password"), "{}", refused.text());
    assert_eq!(save(&[&granted[..], &[("own_password", &own)]].concat()).status, 303);
    // To see fewer, and to be described, does not.
    assert_eq!(save(&[("description", "Intranet"), ("limited_to", &group)]).status, 303);
    let other = save(&[("description", "Intranet"), ("limited_to", "")]);
    assert_eq!(other.status, 422, "everybody again");
}
