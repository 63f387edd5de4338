//! The largest changes there are stay within what a rule may read and write.

use std::time::Duration;

use super::*;
use crate::domain::audit::{AuditEvent, AuditRow};
use crate::domain::caller::{Actor, Source};
use crate::domain::language::Language;
use crate::domain::outbox::{Intent, MAX_ACCOUNTS, OutboxMail, PasswordChanged, PasswordWay};
use crate::domain::reset::{Digests, LinkGrants, RateVerdict, ResetLimits, ResetRequested, TokenDigest, Validity};
use crate::domain::session::{MAX_SESSIONS, WebSession};
use crate::store::accounts::MAX_MAILS;
use crate::store::outbox::{self, OutboxError};
use crate::store::{audit, resets, sessions};

#[derive(Debug)]
struct No;

const ANN: Actor = Actor::Account(Id(9999));

macro_rules! refused {
    ($($error:ty),*) => { $(impl From<$error> for No {
        fn from(_: $error) -> No {
            No
        }
    })* };
}

refused!(AccountError, CredentialError, GroupError, MembershipError, OutboxError);

fn digest(n: u64) -> TokenDigest {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&n.to_be_bytes());
    TokenDigest(digest)
}

fn op(n: u64) -> OpId {
    OpId(u128::from(n).to_be_bytes())
}

fn link(n: u64) -> LinkGrants {
    let digests = Digests { reset: digest(2 * n), revoke: digest(2 * n + 1) };
    LinkGrants { mail: op(n), digests, valid: Validity::starting(NOW, Duration::from_secs(3600)) }
}

/// What every change does besides.
fn once(view: &mut View<'_>, actor: Actor, events: u64) -> Result<(), Stop<No>> {
    marks::mark(view, op(9999), NOW)?;
    for n in 0..events {
        let event = AuditEvent::PasswordChanged { target: Id(n + 1) };
        audit::put(view, op(10_000 + n), &AuditRow::new(NOW, actor, Source::Internal, event));
    }
    Ok(())
}

fn mails(of: &str) -> Vec<String> {
    (0..MAX_MAILS).map(|n| format!("{of}{n}@example.org")).collect()
}

/// With as many addresses as there may be, and a name of more words than lead to a person.
fn has_mails(mut account: Account, of: &str) -> Account {
    let name = (b'a'..=b'z').map(|letter| format!("{}{of}", char::from(letter))).collect::<Vec<_>>().join(" ");
    account.attributes.set(Attribute::Sn, vec![name.into_bytes()]);
    account.expires_at = Some(NOW);
    with_mails(account, &mails(of).iter().map(String::as_str).collect::<Vec<_>>())
}

fn notices(view: &mut View<'_>, from: u64, at: u64) -> Result<(), Stop<No>> {
    let at = NOW.plus(Duration::from_secs(at));
    let change = PasswordChanged { by: Actor::System, source: Source::Internal, at, way: PasswordWay::Other, language: None };
    for (n, address) in mails("notice").into_iter().enumerate() {
        let intent = Intent::PasswordNotice { account: Id(1), change };
        outbox::put(view, op(from + n as u64), &OutboxMail { intent, address, queued_at: at, attempts: 0, fault: None })?;
    }
    Ok(())
}

/// An administrator with all that an account can have.
async fn full(store: &Store) -> Account {
    let louise = has_mails(administrator(1, "louise"), "old");
    add(store, louise.clone()).await.unwrap();
    for n in 2..26 {
        add(store, administrator(n, &format!("other{n}"))).await.unwrap();
    }
    for n in 0..30 {
        let kind = if n < 8 { GroupKind::Team } else { GroupKind::Group };
        let owners = if n < 8 { vec![Id(1)] } else { Vec::new() };
        let group = Group { owners, ..group(100 + n, kind, &format!("group{n}")) };
        add_group(store, group.clone()).await.unwrap();
        if n == 0 || n >= 8 {
            join(store, &group, 1).await.unwrap();
        }
    }
    let filled = |view: &mut View<'_>| {
        let credential = Credential { verifier: verifier("old"), set_at: NOW, good_until: None };
        credentials::set::<No>(view, Id(1), &credential, Effect { must_change: false, clear_failures: false })?;
        for n in 0..MAX_SESSIONS as u64 {
            sessions::begin(view, digest(1000 + n), &WebSession { account: Id(1), began_at: NOW, seen_at: NOW })?;
        }
        resets::mint(view, Id(1), "old0@example.org", link(1), NOW)?;
        resets::delivered(view, Id(1), op(1), link(1).valid)?;
        resets::mint(view, Id(1), "old0@example.org", link(2), NOW)?;
        notices(view, 500, 0)
    };
    run(store, filled).await.unwrap();
    louise
}

fn verifier(text: &str) -> Verifier {
    Verifier::Imported(text.into())
}

#[tokio::test]
async fn a_full_account_is_changed_in_one_rule_with_its_password() {
    for store in stores() {
        let louise = full(&store).await;
        let changed = Account { uid: "marie".into(), role: Role::User, uid_number: 77, ..has_mails(louise, "new") };
        let change = move |view: &mut View<'_>| {
            once(view, ANN, 2)?;
            let team = groups::load(view, Id(101))?;
            memberships::move_to_team::<No>(view, Id(1), team.as_ref())?;
            accounts::replace::<No>(view, &changed)?;
            let credential = Credential { verifier: verifier("new"), set_at: NOW, good_until: None };
            credentials::set::<No>(view, Id(1), &credential, Effect { must_change: false, clear_failures: true })?;
            notices(view, 600, 1)
        };
        run(&store, change).await.unwrap();
        assert_eq!(read(&store, |view| accounts::id_of_uid(view, "marie")).await, Some(Id(1)));
    }
}

#[tokio::test]
async fn a_full_account_is_deleted_and_nothing_of_it_stays() {
    for store in stores() {
        full(&store).await;
        let delete = |view: &mut View<'_>| {
            once(view, ANN, 1)?;
            accounts::delete::<No>(view, Id(1)).map(|_: Cleared| ())
        };
        run(&store, delete).await.unwrap();
        while run(&store, |view| memberships::clear::<()>(view, Owner::Account(Id(1)))).await == Ok(Cleared::Partly) {}
        for prefix in *b"acfGOPrSTd" {
            let key = [&[prefix][..], &Id(1).to_bytes()].concat();
            let (from, to) = keys::range(&key);
            assert!(read(&store, |view| view.scan(&from, &to, 9)).await.is_empty(), "{}", char::from(prefix));
        }
    }
}

#[tokio::test]
async fn one_mail_for_as_many_accounts_as_there_may_be_is_queued_written_and_taken() {
    for store in stores() {
        let ids = || (1..=MAX_ACCOUNTS as u64).map(Id);
        for id in ids() {
            add(&store, with_mails(account(id.0, &format!("person{id}")), &["family@example.org"])).await.unwrap();
        }
        run(&store, |view| {
            notices(view, 500, 0)?;
            notices(view, 600, 0)
        })
        .await
        .unwrap();
        let queue = move |view: &mut View<'_>| {
            once(view, Actor::Anonymous, MAX_ACCOUNTS as u64)?;
            let limits = ResetLimits::default();
            let mut admitted = vec![resets::admit_source(view, Source::Internal, &limits, NOW)?];
            accounts::id_of_uid::<No>(view, "family@example.org")?;
            for id in accounts::ids_of_mail(view, "family@example.org", MAX_ACCOUNTS)? {
                accounts::load::<No>(view, id)?;
                admitted.push(resets::admit_account(view, id, &limits, NOW)?);
            }
            let accounts: Vec<Id> = ids().collect();
            // As if each had written it in another way, so that each gets a mail.
            for (n, id) in ids().enumerate() {
                let (intent, address) = (links(vec![id]), "family@example.org".to_owned());
                assert!(!outbox::has_alike::<No>(view, &intent, &address, NOW)?);
                admitted.push(resets::admit_total(view, &limits, NOW)?);
                outbox::put(view, op(n as u64), &OutboxMail { intent, address, queued_at: NOW, attempts: 0, fault: None })?;
            }
            assert_eq!(admitted, vec![RateVerdict::Yes; 1 + 2 * MAX_ACCOUNTS]);
            Ok::<_, Stop<No>>(accounts)
        };
        let accounts = run(&store, queue).await.unwrap();

        let put = move |view: &mut View<'_>| {
            let (intent, address) = (links(accounts.clone()), "family@example.org".to_owned());
            // Before the others, so that it may go.
            let queued_at = UnixTime::from_secs(1);
            outbox::put::<No>(view, op(77), &OutboxMail { intent, address, queued_at, attempts: 0, fault: None })
        };
        run(&store, put).await.unwrap();
        let take = move |view: &mut View<'_>| {
            let queued = outbox::find::<No>(view, op(77))?.ok_or(Stop::Rule(No))?;
            outbox::lease::<No>(view, &queued, NOW)
        };
        let leased = run(&store, take).await.unwrap();
        let still = leased.clone();
        let write = move |view: &mut View<'_>| {
            for id in ids() {
                assert!(outbox::holds::<No>(view, &still)?);
                accounts::load::<No>(view, id)?;
                resets::mint(view, id, "family@example.org", link(1000 + id.0), NOW)?;
            }
            Ok::<_, Stop<No>>(())
        };
        run(&store, write).await.unwrap();
        let taken = move |view: &mut View<'_>| {
            once(view, Actor::Anonymous, MAX_ACCOUNTS as u64)?;
            outbox::remove::<No>(view, &leased)?;
            ids().try_for_each(|id| resets::delivered(view, id, op(77), link(0).valid))
        };
        run(&store, taken).await.unwrap();
    }
}

fn links(accounts: Vec<Id>) -> Intent {
    Intent::ResetLink { accounts, requested: ResetRequested { at: NOW, source: Source::Internal, language: Language::English } }
}
