//! What is said of a password while it is typed.

use crate::harness::{InProcess, Pages};

const PASSWORD: &str = "boussole-noisette-quai-39";

/// Louise, signed in; she must change her password first if `must`.
fn louise(daemon: &InProcess, must: bool) -> Pages {
    daemon.add_person("louise", PASSWORD);
    if must {
        let dn = daemon.person_dn("louise");
        let flag = format!("dn: {dn}\nchangetype: modify\nreplace: pwdReset\npwdReset: TRUE\n");
        daemon.as_administrator("ldapmodify").stdin(flag).succeeds();
    }
    let mut louise = Pages::in_language(daemon.public_url(), "en");
    louise.submit("/sign-in", "/sign-in", &[("identifier", "louise"), ("password", PASSWORD), ("next", "")]);
    louise
}

#[test]
fn it_is_said_to_whoever_is_at_the_form_too() {
    for must in [false, true] {
        let daemon = InProcess::with_pages(|_| ());
        let mut louise = louise(&daemon, must);
        let csrf = louise.open("/account/password").csrf();
        for (typed, word) in [("louise", "weak\n"), ("papillon-granit-ruche-84", "good\n")] {
            let said = louise.post("/account/password/strength", &[("csrf", &csrf), ("new", typed)]);
            assert_eq!(said.status, 200, "{must}: {said:?}");
            assert!(said.body.starts_with(word), "{must}: {}", said.body);
        }
    }
}

#[test]
fn it_is_said_to_nobody_else() {
    let daemon = InProcess::with_pages(|_| ());
    let mut stranger = Pages::in_language(daemon.public_url(), "en");
    let csrf = stranger.open("/sign-in").csrf();
    let own = stranger.post("/account/password/strength", &[("csrf", &csrf), ("new", PASSWORD)]);
    assert_eq!((own.status, own.location()), (303, Some("/sign-in")));
    let by_link = stranger.post("/reset/strength", &[("csrf", &csrf), ("new", PASSWORD)]);
    assert_eq!(by_link.status, 404);
    let mut louise = louise(&daemon, false);
    let forged = louise.post("/account/password/strength", &[("csrf", "x"), ("new", PASSWORD)]);
    assert_eq!(forged.status, 403);
}
