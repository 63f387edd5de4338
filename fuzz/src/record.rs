//! Records of the store: an octet that says which, then what would lie in the file. What can be read is written and
//! read again as the same, and the domain can work with it.

use std::fmt::Debug;

use bindery::domain::account::Account;
use bindery::domain::audit::AuditRow;
use bindery::domain::credential::{Credential, Verifier};
use bindery::domain::group::Group;
use bindery::domain::listing::PersonListing;
use bindery::domain::reset::{RateVerdict, ResetGrant, ResetLimits, Resets};
use bindery::domain::service::ServiceAccount;
use bindery::domain::session::WebSession;
use bindery::domain::throttle::{Failures, ThrottleSettings};
use bindery::domain::time::UnixTime;
use bindery::store::accounts;
use bindery::store::outbox::Kept;
use bindery::store::records::{self, StoredRecord};
use bindery::store::resets::Pending;
use bindery::store::sessions::Sessions;

/// Reads the record in `input`.
pub fn run(input: &[u8]) {
    let Some((kind, value)) = input.split_first() else { return };
    match kind {
        b'a' => survives::<Account>(value).iter().for_each(account),
        b'b' => drop(survives::<Group>(value)),
        b'c' => survives::<Credential>(value).iter().for_each(credential),
        b'f' => survives::<Failures>(value).iter().for_each(failures),
        b'l' => drop(survives::<AuditRow>(value)),
        b'N' => drop(survives::<PersonListing>(value)),
        b'P' => drop(survives::<Pending>(value)),
        b'Q' => drop(survives::<Kept>(value)),
        b's' => drop(survives::<WebSession>(value)),
        b'S' => drop(survives::<Sessions>(value)),
        b't' => drop(survives::<ResetGrant>(value)),
        b'T' => survives::<Resets>(value).into_iter().for_each(resets),
        b'w' => drop(survives::<ServiceAccount>(value)),
        _ => index(value),
    }
}

fn survives<T: StoredRecord + PartialEq + Debug>(value: &[u8]) -> Option<T> {
    let record = records::decode::<T, ()>(value).ok()?;
    let written = records::encode(&record);
    assert_eq!(records::decode::<T, ()>(&written).as_ref(), Ok(&record));
    assert!(written.len() <= value.len(), "no encoding is shorter than the one that is written");
    Some(record)
}

fn index(value: &[u8]) {
    if let Ok(id) = records::decode_id::<()>(value) {
        assert_eq!(records::encode_id(id), value);
    }
    if let Ok(owner) = records::decode_owner::<()>(value) {
        assert_eq!(records::encode_owner(owner), value);
    }
    if let Ok(kind) = records::decode_kind::<()>(value) {
        assert_eq!(records::encode_kind(kind), value);
    }
    if let Ok(at) = records::decode_time::<()>(value) {
        assert_eq!(records::encode_time(at), value);
        let _ = at.generalized();
    }
}

fn account(account: &Account) {
    for now in moments() {
        assert_eq!(account.is_usable(now), account.status_word(now) == "active");
    }
    let mails = accounts::mails(account);
    assert!(mails.is_sorted_by(|one, other| one < other));
}

/// What is imported is checked when it comes in, and nothing of it is believed when it is read again.
fn credential(credential: &Credential) {
    if let Verifier::Imported(text) | Verifier::Argon2id(text) = &credential.verifier {
        let _ = Verifier::import(text);
    }
    assert!(!format!("{credential:?}").contains('$'), "a credential is shown");
}

fn failures(failures: &Failures) {
    let settings = ThrottleSettings::default();
    for now in moments() {
        let _ = (failures.is_over(now), failures.admits(now));
        let Some(next) = failures.failed(now, &settings) else { continue };
        assert!(next.recent.len() <= settings.per_day);
        assert!(next.recent.contains(&now), "the failure at {now:?} is forgotten");
        assert!(next != Failures::default());
        if let Some(settled) = failures.anchored(now) {
            assert_eq!(settled.anchored(now), None, "settling is done once");
        }
    }
}

fn resets(mut resets: Resets) {
    for now in moments() {
        let allowance = ResetLimits::default().of_account();
        let _ = (resets.asked.ask(&allowance, now), resets.asked.is_over(now));
        assert_eq!(resets.asked.ask(&allowance, now), RateVerdict::No, "two at once");
    }
}

fn moments() -> [UnixTime; 3] {
    [UnixTime::from_millis(0), UnixTime::from_secs(1_795_338_000), UnixTime::from_millis(u64::MAX)]
}
