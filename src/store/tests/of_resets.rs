//! Grants of mailed links, generated passwords on their way, and how often either may be asked for.

use std::time::Duration;

use super::*;
use crate::domain::caller::Source;
use crate::domain::reset::{Digests, Generated, GrantEnd, LinkGrants, Purpose, RateVerdict, ResetLimits, TokenDigest, Validity};
use crate::domain::session::WebSession;
use crate::store::credentials::{self, Activated};
use crate::store::resets::{self, GrantError, Live, Pending};
use crate::store::sessions;

const HOUR: Duration = Duration::from_secs(3600);
const ADDRESS: &str = "louise@example.org";

fn seconds(seconds: u64) -> UnixTime {
    NOW.plus(Duration::from_secs(seconds))
}

fn link(n: u8, at: UnixTime) -> LinkGrants {
    let digests = Digests { reset: TokenDigest([n; 32]), revoke: TokenDigest([n + 100; 32]) };
    LinkGrants { mail: OpId([n; 16]), digests, valid: Validity::starting(at, HOUR) }
}

async fn mint(store: &Store, n: u8, account: u64, at: UnixTime) {
    run(store, move |view| resets::mint::<()>(view, Id(account), ADDRESS, link(n, at), at)).await.unwrap();
}

async fn deliver(store: &Store, n: u8, account: u64, at: UnixTime) {
    let valid = Validity::starting(at, HOUR);
    run(store, move |view| resets::delivered::<()>(view, Id(account), OpId([n; 16]), valid)).await.unwrap();
}

async fn live(store: &Store, n: u8, purpose: Purpose, now: UnixTime) -> Result<Live, GrantError> {
    store.read(|view| resets::live(view, TokenDigest([n; 32]), purpose, now)).await.map_err(refusal)
}

async fn redeem(store: &Store, n: u8, now: UnixTime) -> Result<Id, GrantError> {
    run(store, move |view| resets::redeem(view, TokenDigest([n; 32]), now)).await
}

async fn revoke(store: &Store, n: u8, now: UnixTime) -> Result<Id, GrantError> {
    run(store, move |view| resets::revoke(view, TokenDigest([n + 100; 32]), now)).await
}

async fn louise() -> Vec<Store> {
    let stores = stores();
    for store in &stores {
        add(store, with_mails(account(1, "louise"), &["louise@example.org"])).await.unwrap();
        mint(store, 1, 1, NOW).await;
        deliver(store, 1, 1, seconds(1)).await;
    }
    stores
}

const SUPERSEDED: Result<Live, GrantError> = Err(GrantError::Ended(GrantEnd::Superseded));

#[tokio::test]
async fn a_link_works_once_and_for_an_hour() {
    for store in louise().await {
        let alive = Ok(Live { account: Id(1), address: ADDRESS.into(), expires_at: seconds(3601) });
        for _ in 0..20 {
            assert_eq!(live(&store, 1, Purpose::Reset, seconds(3600)).await, alive);
        }
        assert_eq!(live(&store, 1, Purpose::Reset, seconds(3601)).await, Err(GrantError::Expired));
        assert_eq!(redeem(&store, 1, seconds(3601)).await, Err(GrantError::Expired));
        assert_eq!(redeem(&store, 1, seconds(3600)).await, Ok(Id(1)));
        for now in [seconds(3600), seconds(9999)] {
            assert_eq!(redeem(&store, 1, now).await, Err(GrantError::Ended(GrantEnd::Redeemed)));
        }
        assert_eq!(revoke(&store, 1, seconds(3600)).await, Err(GrantError::Ended(GrantEnd::Superseded)));
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_purpose_only() {
    for store in louise().await {
        for (n, purpose) in [(1, Purpose::Revoke), (101, Purpose::Reset), (77, Purpose::Reset), (77, Purpose::Revoke)] {
            assert_eq!(live(&store, n, purpose, NOW).await, Err(GrantError::Unknown), "{n} {purpose:?}");
        }
        assert_eq!(redeem(&store, 101, NOW).await, Err(GrantError::Unknown));
        assert_eq!(run(&store, |view| resets::revoke(view, TokenDigest([1; 32]), NOW)).await, Err(GrantError::Unknown));
        assert_eq!(redeem(&store, 1, NOW).await, Ok(Id(1)), "nothing has changed");
    }
}

#[tokio::test]
async fn the_newest_link_that_was_delivered_is_the_only_one() {
    for store in louise().await {
        mint(&store, 2, 1, seconds(10)).await;
        for n in [1, 2] {
            assert!(live(&store, n, Purpose::Reset, seconds(11)).await.is_ok(), "the relay may have taken {n}");
        }
        deliver(&store, 2, 1, seconds(12)).await;
        assert_eq!(live(&store, 1, Purpose::Reset, seconds(12)).await, SUPERSEDED);
        assert_eq!(redeem(&store, 2, seconds(3611)).await, Ok(Id(1)), "its hour begins when it is delivered");
        deliver(&store, 2, 1, seconds(12)).await;
        assert_eq!(redeem(&store, 2, seconds(12)).await, Err(GrantError::Ended(GrantEnd::Redeemed)), "it comes back to life by nothing");
    }
}

#[tokio::test]
async fn whoever_may_not_bind_has_no_link() {
    for store in louise().await {
        let louise = read(&store, |view| accounts::load(view, Id(1))).await.unwrap();
        replace(&store, Account { expires_at: Some(seconds(5)), ..louise.clone() }).await.unwrap();
        assert!(live(&store, 1, Purpose::Reset, seconds(4)).await.is_ok());
        assert_eq!(live(&store, 1, Purpose::Reset, seconds(5)).await, Err(GrantError::Unknown));
        replace(&store, Account { status: Status::Disabled, ..louise.clone() }).await.unwrap();
        assert_eq!(live(&store, 1, Purpose::Reset, NOW).await, Err(GrantError::Unknown));
        replace(&store, louise).await.unwrap();
        assert_eq!(live(&store, 1, Purpose::Reset, NOW).await, SUPERSEDED, "it stays ended");
        mint(&store, 2, 1, NOW).await;
        run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await.map(|cleared| assert_eq!(cleared, Cleared::Whole)).unwrap();
        assert_eq!(redeem(&store, 2, NOW).await, Err(GrantError::Unknown));
    }
}

#[tokio::test]
async fn a_change_of_addresses_ends_the_links() {
    for store in louise().await {
        let louise = read(&store, |view| accounts::load(view, Id(1))).await.unwrap();
        replace(&store, Account { gid_number: 7, ..with_mails(louise.clone(), &["Louise@Example.org"]) }).await.unwrap();
        assert!(live(&store, 1, Purpose::Reset, NOW).await.is_ok(), "it is the same address");
        replace(&store, with_mails(louise, &["other@example.org"])).await.unwrap();
        assert_eq!(live(&store, 1, Purpose::Reset, NOW).await, SUPERSEDED);
    }
}

#[tokio::test]
async fn what_is_taken_back_is_over_for_good() {
    for store in louise().await {
        mint(&store, 2, 1, NOW).await;
        pend(&store, 3).await;
        assert_eq!(revoke(&store, 1, NOW).await, Ok(Id(1)));
        for n in [1, 2] {
            assert_eq!(redeem(&store, n, NOW).await, Err(GrantError::Ended(GrantEnd::Revoked)), "{n}");
            assert_eq!(revoke(&store, n, NOW).await, Err(GrantError::Ended(GrantEnd::Revoked)), "{n}");
        }
        assert_eq!(activate(&store, 3).await, Ok(Activated::No));
    }
}

async fn pend(store: &Store, n: u8) {
    let credential = Credential { verifier: Verifier::Imported(format!("generated {n}")), set_at: NOW, good_until: None };
    let generated = Generated { must_change: true, good_for: Some(HOUR) };
    let pending = Pending { mail: OpId([n; 16]), credential, generated };
    run(store, move |view| {
        resets::pend(view, Id(1), &pending);
        Ok::<_, Stop<()>>(())
    })
    .await
    .unwrap();
}

async fn activate(store: &Store, n: u8) -> Result<Activated, CredentialError> {
    run(store, move |view| credentials::activate_pending(view, Id(1), OpId([n; 16]), seconds(60))).await
}

#[tokio::test]
async fn a_generated_password_comes_into_force_once() {
    for store in louise().await {
        pend(&store, 1).await;
        pend(&store, 2).await;
        assert_eq!(activate(&store, 1).await, Ok(Activated::No), "another has taken its place");
        assert!(read(&store, |view| credentials::load(view, Id(1))).await.is_none());
        assert_eq!(activate(&store, 2).await, Ok(Activated::Yes));
        let credential = read(&store, |view| credentials::load(view, Id(1))).await.unwrap();
        assert_eq!(credential.verifier, Verifier::Imported("generated 2".into()));
        assert_eq!((credential.set_at, credential.good_until), (seconds(60), Some(seconds(3660))), "as of now");
        let louise = read(&store, |view| accounts::load(view, Id(1))).await.unwrap();
        assert_eq!((louise.must_change, louise.password_changed_at), (true, Some(seconds(60))));
        assert_eq!(activate(&store, 2).await, Ok(Activated::No));
        assert_eq!(live(&store, 1, Purpose::Reset, NOW).await, SUPERSEDED);
    }
}

#[tokio::test]
async fn a_new_password_ends_links_sessions_and_what_is_on_its_way() {
    for store in louise().await {
        mint(&store, 2, 1, NOW).await;
        pend(&store, 1).await;
        for n in 0..9 {
            let session = WebSession { account: Id(1), began_at: seconds(n.into()), seen_at: NOW };
            run(&store, move |view| sessions::begin::<()>(view, TokenDigest([n; 32]), &session)).await.unwrap();
        }
        let credential = Credential { verifier: Verifier::Imported("chosen".into()), set_at: NOW, good_until: None };
        let effect = Effect { must_change: false, clear_failures: true };
        run(&store, move |view| credentials::set::<CredentialError>(view, Id(1), &credential, effect)).await.unwrap();
        for n in [1, 2] {
            assert_eq!(redeem(&store, n, NOW).await, Err(GrantError::Ended(GrantEnd::Superseded)));
        }
        assert_eq!(activate(&store, 1).await, Ok(Activated::No));
        for prefix in [b"S", b"P"] {
            let (from, to) = keys::range(prefix);
            assert!(read(&store, |view| view.scan(&from, &to, 9)).await.is_empty());
        }
    }
}

#[tokio::test]
async fn requests_are_admitted_per_account_per_source_and_in_all() {
    let limits = ResetLimits { per_source: 2, mails_an_hour: 3, ..ResetLimits::default() };
    let (one, other) = (Source::Address([192, 0, 2, 1].into()), Source::Address([192, 0, 2, 2].into()));
    for store in stores() {
        let of_account = async |account: u64, at: u64| {
            let limits = limits.clone();
            run(&store, move |view| resets::admit_account::<()>(view, Id(account), &limits, seconds(at))).await.unwrap()
        };
        let of_source = async |source: Source, at: u64| {
            let limits = limits.clone();
            run(&store, move |view| resets::admit_source::<()>(view, source, &limits, seconds(at))).await.unwrap()
        };
        let in_all = async |at: u64| {
            let limits = limits.clone();
            run(&store, move |view| resets::admit_total::<()>(view, &limits, seconds(at))).await.unwrap()
        };
        let (yes, no) = (RateVerdict::Yes, RateVerdict::No);
        assert_eq!([of_account(1, 0).await, of_account(1, 119).await, of_account(2, 119).await], [yes, no, yes]);
        assert_eq!([of_account(1, 120).await, of_account(1, 240).await, of_account(1, 360).await], [yes, yes, no]);
        assert_eq!([of_source(one, 0).await, of_source(one, 0).await, of_source(one, 599).await], [yes, yes, no]);
        assert_eq!([of_source(other, 0).await, of_source(one, 600).await], [yes, yes]);
        assert_eq!([in_all(0).await, in_all(0).await, in_all(0).await, in_all(3599).await, in_all(3600).await], [yes, yes, yes, no, yes]);
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_neither_admits_more_nor_locks_out() {
    for store in stores() {
        let ask = async |at: UnixTime| {
            run(&store, move |view| resets::admit_account::<()>(view, Id(1), &ResetLimits::default(), at)).await.unwrap()
        };
        let days = |days: u64| seconds(days * 86_400);
        assert_eq!(ask(days(300)).await, RateVerdict::Yes);
        assert_eq!(
            [ask(NOW).await, ask(seconds(119)).await, ask(seconds(120)).await],
            [RateVerdict::No, RateVerdict::No, RateVerdict::Yes]
        );
    }
}
