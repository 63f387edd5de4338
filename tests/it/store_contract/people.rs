//! A person, and what happens to them on the way to a new password: the real rules, at times and under names that are
//! the same each time.

use std::time::Duration;

use bindery::domain::account::{Account, Role, Status};
use bindery::domain::caller::{Actor, Source};
use bindery::domain::credential::{Credential, Verifier};
use bindery::domain::entry::Attributes;
use bindery::domain::id::{Id, OpId};
use bindery::domain::language::Language;
use bindery::domain::outbox::{Intent, OutboxMail, PasswordChanged, PasswordWay};
use bindery::domain::reset::{Digests, Generated, LinkGrants, ResetLimits, ResetRequested, TokenDigest, Validity};
use bindery::domain::schema::Attribute;
use bindery::domain::session::WebSession;
use bindery::domain::time::UnixTime;
use bindery::store::accounts::AccountError;
use bindery::store::credentials::{CredentialError, Effect};
use bindery::store::outbox::{NEVER, OutboxError};
use bindery::store::resets::{GrantError, Pending};
use bindery::store::{Stop, View, accounts, credentials, outbox, resets, sessions};
use uuid::Uuid;

pub const NOW: UnixTime = UnixTime::from_secs(1_795_338_000);
pub const LOUISE: Id = Id(1);
const ADDRESS: &str = "louise@example.org";

/// Why one of these rules says no.
#[derive(Debug, PartialEq)]
pub enum No {
    Account(AccountError),
    Credential(CredentialError),
    Grant(GrantError),
    Outbox(OutboxError),
}

macro_rules! says_no {
    ($($variant:ident: $error:ty),*) => { $(impl From<$error> for No {
        fn from(error: $error) -> No {
            No::$variant(error)
        }
    })* };
}

says_no!(Account: AccountError, Credential: CredentialError, Grant: GrantError, Outbox: OutboxError);

pub type Rule = Result<(), Stop<No>>;

pub fn seconds(seconds: u64) -> UnixTime {
    NOW.plus(Duration::from_secs(seconds))
}

pub fn op(n: u8) -> OpId {
    OpId([n; 16])
}

pub fn reset_token(n: u8) -> TokenDigest {
    TokenDigest([n; 32])
}

pub fn revoke_token(n: u8) -> TokenDigest {
    TokenDigest([n + 100; 32])
}

pub fn add_louise(view: &mut View<'_>) -> Rule {
    let mut attributes = Attributes::default();
    attributes.set(Attribute::Mail, vec![ADDRESS.into()]);
    let louise = Account {
        id: LOUISE,
        entry_uuid: Uuid::from_u128(1),
        uid: "louise".into(),
        role: Role::User,
        status: Status::Active,
        expires_at: None,
        uid_number: 10_001,
        gid_number: 100,
        created_at: NOW,
        modified_at: NOW,
        password_changed_at: None,
        must_change: false,
        attributes,
    };
    accounts::add(view, &louise)
}

pub fn queue(view: &mut View<'_>, n: u8, intent: Intent) -> Rule {
    let mail = OutboxMail { intent, address: ADDRESS.into(), queued_at: seconds(n.into()), attempts: 0, fault: None };
    outbox::put(view, op(n), &mail)
}

pub fn link() -> Intent {
    Intent::ResetLink { accounts: vec![LOUISE], requested: requested() }
}

fn generated() -> Intent {
    Intent::GeneratedPassword { account: LOUISE, requested: requested(), replaces: None }
}

fn notice() -> Intent {
    let change =
        PasswordChanged { by: Actor::Account(LOUISE), source: Source::Internal, at: NOW, way: PasswordWay::ResetChosen, language: None };
    Intent::PasswordNotice { account: LOUISE, change }
}

fn requested() -> ResetRequested {
    ResetRequested { at: NOW, source: Source::Internal, language: Language::French }
}

pub fn lease(view: &mut View<'_>, n: u8) -> Rule {
    let queued = outbox::find(view, op(n))?.ok_or(Stop::Rule(No::Outbox(OutboxError::Gone)))?;
    outbox::lease(view, &queued, seconds(300)).map(drop)
}

pub fn take_out(view: &mut View<'_>, n: u8) -> Rule {
    let queued = outbox::find(view, op(n))?.ok_or(Stop::Rule(No::Outbox(OutboxError::Gone)))?;
    outbox::remove(view, &queued)
}

fn give_up(view: &mut View<'_>, n: u8) -> Rule {
    let queued = outbox::find(view, op(n))?.ok_or(Stop::Rule(No::Outbox(OutboxError::Gone)))?;
    outbox::postpone(view, &queued, NEVER, "nobody of that name")
}

pub fn mint(view: &mut View<'_>, n: u8) -> Rule {
    let digests = Digests { reset: reset_token(n), revoke: revoke_token(n) };
    let link = LinkGrants { mail: op(n), digests, valid: Validity::starting(NOW, Duration::from_secs(3600)) };
    resets::mint(view, LOUISE, ADDRESS, link, NOW)
}

fn delivered(view: &mut View<'_>, n: u8) -> Rule {
    take_out(view, n)?;
    resets::delivered(view, LOUISE, op(n), Validity::starting(seconds(2), Duration::from_secs(3600)))
}

pub fn sign_in(view: &mut View<'_>, n: u8) -> Rule {
    sessions::begin(view, TokenDigest([n; 32]), &WebSession { account: LOUISE, began_at: seconds(n.into()), seen_at: NOW })
}

/// What the page of the link does: the grant is used up, the password in force, the notice queued.
pub fn choose(view: &mut View<'_>, n: u8, password: &str) -> Rule {
    resets::redeem(view, reset_token(n), NOW)?;
    set_password(view, password)?;
    queue(view, n, notice())
}

pub fn set_password(view: &mut View<'_>, password: &str) -> Rule {
    let credential = Credential { verifier: Verifier::Imported(password.into()), set_at: NOW, good_until: None };
    credentials::set(view, LOUISE, &credential, Effect { must_change: false, clear_failures: true })
}

pub fn pend(view: &mut View<'_>, n: u8) -> Rule {
    let credential = Credential { verifier: Verifier::Imported(format!("generated {n}")), set_at: NOW, good_until: None };
    let generated = Generated { must_change: true, good_for: None };
    resets::pend(view, LOUISE, &Pending { mail: op(n), credential, generated });
    Ok(())
}

pub fn activate(view: &mut View<'_>, n: u8) -> Rule {
    credentials::activate_pending(view, LOUISE, op(n), NOW).map(drop)
}

/// A whole story, a rule a step: two resets, and what may go wrong on the way.
pub const STORY: &[fn(&mut View<'_>) -> Rule] = &[
    add_louise,
    |view| set_password(view, "old"),
    |view| sign_in(view, 50),
    |view| {
        resets::admit_source::<No>(view, Source::Internal, &ResetLimits::default(), NOW)?;
        resets::admit_account::<No>(view, LOUISE, &ResetLimits::default(), NOW)?;
        queue(view, 1, link())
    },
    |view| lease(view, 1),
    |view| mint(view, 1),
    |view| lease(view, 1),
    |view| mint(view, 2),
    |view| delivered(view, 1),
    |view| queue(view, 3, link()),
    |view| mint(view, 3),
    |view| delivered(view, 3),
    |view| choose(view, 3, "chosen"),
    |view| give_up(view, 3),
    |view| outbox::retry(view, op(3), seconds(9)),
    |view| sign_in(view, 51),
    |view| mint(view, 4),
    |view| {
        resets::redeem::<No>(view, reset_token(4), NOW)?;
        queue(view, 5, generated())
    },
    |view| pend(view, 5),
    |view| {
        take_out(view, 5)?;
        activate(view, 5)
    },
    |view| mint(view, 6),
    |view| resets::revoke::<No>(view, revoke_token(6), NOW).map(drop),
    |view| accounts::delete::<No>(view, LOUISE).map(|_: bindery::store::memberships::Cleared| ()),
];
