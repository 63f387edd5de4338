//! What a connection hangs on: the password that opened it, and what that opened then.

use std::time::{Duration, Instant};

use bindery::directory::{Actor, Caller, Change, Edit, EditTarget, PasswordEdit};
use bindery::domain::caller::Source;
use bindery::domain::tree::Branch;

use crate::harness::request::{message, modify, set_password, who_am_i};
use crate::harness::{InProcess, Pages, Wire};

const RIGHT: &str = "cerise-brouillard-velo-48";
const NEW: &str = "horloge-tilleul-comete-15";
const STRONGER_AUTH_REQUIRED: u8 = 8;

fn started() -> InProcess {
    let daemon = InProcess::start();
    daemon.add_person("louisem", RIGHT);
    daemon
}

fn bound(daemon: &InProcess) -> Wire {
    Wire::connect(daemon.address()).bound(&daemon.person_dn("louisem"), RIGHT)
}

/// Has an administrator change the entry `dn`.
fn changed(daemon: &InProcess, dn: &str, change: &str) {
    daemon.as_administrator("ldapmodify").stdin(format!("dn: {dn}\nchangetype: modify\n{change}\n")).succeeds();
}

fn still_serves(wire: &mut Wire) {
    assert_eq!(wire.ask(&message(7, &who_am_i())).map(|reply| (reply.id, reply.code)), Some((7, 0)));
}

/// Adds another administrator, so that the last one may be disabled.
fn add_administrator(daemon: &InProcess) {
    daemon.add_person("anne", RIGHT);
    changed(daemon, &daemon.person_dn("anne"), "replace: binderyRole\nbinderyRole: administrator");
}

/// Expects that nothing is done any more, and that the client is told why.
fn has_ended(mut wire: Wire, dn: &str) {
    let reply = wire.ask(&message(7, &modify(dn, &[(2, "displayName", &["Somebody Else"])]))).expect("a notice");
    assert_eq!((reply.id, reply.code), (0, STRONGER_AUTH_REQUIRED), "{reply:?}");
    assert!(reply.text.contains("bind again"), "{reply:?}");
    assert!(wire.is_closed());
}

#[test]
fn a_connection_ends_with_the_password_that_opened_it() {
    let daemon = started();
    let louise = daemon.person_dn("louisem");
    let (stolen, mut own) = (bound(&daemon), bound(&daemon));
    still_serves(&mut own);
    // Of her own, over this very connection: it goes on, and all others end.
    assert_eq!(own.ask(&message(2, &set_password("", RIGHT, NEW))).unwrap().code, 0);
    still_serves(&mut own);
    has_ended(stolen, &louise);
    assert_eq!(own.ask(&message(3, &modify(&louise, &[(1, "userPassword", &[NEW]), (0, "userPassword", &[RIGHT])]))).unwrap().code, 0);
    still_serves(&mut own);
    daemon.as_administrator("ldappasswd").args(["-s", NEW, &louise]).succeeds();
    has_ended(own, &louise);
}

#[test]
fn a_connection_of_an_application_ends_with_its_secret_and_with_what_it_is_granted() {
    let daemon = started();
    let system = Caller { actor: Actor::System, source: Source::Internal, must_change: false };
    let application = Edit::of(EditTarget::New(Branch::Services, "cloud".into()), vec![Change::Password(PasswordEdit::generated())]);
    let made = daemon.wait_for(daemon.directory().edit(&system, application)).unwrap();
    let secret = String::from_utf8(made.secret.unwrap().expose().to_vec()).unwrap();
    let dn = "uid=cloud,ou=services,dc=example,dc=org";
    let connect = || Wire::connect(daemon.address()).bound(dn, &secret);

    let mut before = connect();
    still_serves(&mut before);
    changed(&daemon, dn, "replace: description\ndescription: files");
    still_serves(&mut before);
    changed(&daemon, dn, "replace: binderyGrant\nbinderyGrant: password-reset");
    has_ended(before, dn);

    let before = connect();
    let rotated = Edit::one(Branch::Services, made.id, Change::Password(PasswordEdit::generated()));
    daemon.wait_for(daemon.directory().edit(&system, rotated)).unwrap();
    has_ended(before, dn);
}

#[test]
fn a_connection_ends_where_it_would_open_more_than_when_it_began() {
    let daemon = started();
    let louise = daemon.person_dn("louisem");
    for change in [
        "replace: binderyRole\nbinderyRole: manager",
        "replace: binderyRole\nbinderyRole: user",
        "replace: binderyRole\nbinderyRole: administrator",
    ] {
        let mut before = bound(&daemon);
        changed(&daemon, &louise, "replace: displayName\ndisplayName: Louise");
        still_serves(&mut before);
        changed(&daemon, &louise, change);
        has_ended(before, &louise);
    }
    add_administrator(&daemon);
    // Disabled and enabled again, without a request meanwhile.
    let before = bound(&daemon);
    changed(&daemon, &louise, "replace: accountStatus\naccountStatus: disabled");
    changed(&daemon, &louise, "replace: accountStatus\naccountStatus: active");
    has_ended(before, &louise);
}

#[test]
fn an_account_that_had_expired_begins_anew() {
    let daemon = started();
    let louise = daemon.person_dn("louisem");
    let day = |days: u64| daemon.clock().now().plus(Duration::from_secs(days * 86_400)).generalized();
    changed(&daemon, &louise, &format!("replace: accountExpires\naccountExpires: {}", day(2)));
    let mut before = bound(&daemon);
    changed(&daemon, &louise, &format!("replace: accountExpires\naccountExpires: {}", day(3)));
    still_serves(&mut before);
    daemon.advance(Duration::from_secs(4 * 86_400));
    changed(&daemon, &louise, "delete: accountExpires");
    has_ended(before, &louise);
}

#[test]
fn a_session_of_the_pages_ends_with_another_role() {
    let daemon = InProcess::with_pages(|_| ());
    daemon.add_person("louisem", RIGHT);
    let mut pages = Pages::in_language(daemon.public_url(), "en");
    pages.sign_in("louisem", RIGHT);
    assert_eq!(pages.get("/account").status, 200);
    changed(&daemon, &daemon.person_dn("louisem"), "replace: binderyRole\nbinderyRole: administrator");
    assert_eq!(pages.get("/account").location(), Some("/sign-in?next=/account"));
}

#[test]
fn an_idle_connection_ends_within_a_minute() {
    let daemon = started();
    let louise = daemon.person_dn("louisem");
    let (mut stolen, mut other) = (bound(&daemon), Wire::connect(daemon.address()));
    still_serves(&mut other);
    daemon.as_administrator("ldappasswd").args(["-s", NEW, &louise]).succeeds();
    let begun = Instant::now();
    stolen.waits(Duration::from_secs(60));
    let notice = stolen.reply().expect("a notice");
    assert_eq!((notice.id, notice.code), (0, STRONGER_AUTH_REQUIRED));
    assert!(begun.elapsed() < Duration::from_secs(60));
    still_serves(&mut other);
}
