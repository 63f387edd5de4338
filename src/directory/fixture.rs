//! A directory for unit tests: any store, cheap Argon2id, and a clock that stands still.

use super::{Actor, Caller, Directory, Hasher, HasherSettings, Posix, Settings};
use crate::clock::Clock;
use crate::domain::access;
use crate::domain::audit::Source;
use crate::domain::credential::Cost;
use crate::domain::dn::Dn;
use crate::domain::password_policy::Policy;
use crate::domain::reset;
use crate::domain::session::Lifetime;
use crate::domain::throttle::{self, Limit};
use crate::domain::time::UnixTime;
use crate::domain::tree::Tree;
use crate::store::Store;
use crate::store::numbers::NumberRange;

/// Who may do everything.
pub(super) const SYSTEM: Caller = Caller { actor: Actor::System, source: Source::Internal, must_change: false };

/// A directory of `dc=example,dc=org` over `store`.
pub(super) async fn directory_over(store: Store) -> Directory {
    let range = |first| NumberRange { first, last: first + 9_999 };
    let settings = Settings {
        tree: Tree::new(Dn::parse("dc=example,dc=org").unwrap()),
        organisation: "Example".into(),
        access: access::Settings { address_book: false, self_mail: false, self_telephone: true },
        policy: Policy::default(),
        throttle: throttle::Settings::default(),
        source_limit: Limit::default(),
        listed_sources: Vec::new(),
        member_of_with_star: false,
        posix: Posix {
            home: "/home/{uid}".into(),
            shell: "/bin/bash".into(),
            gid_number: 100,
            uid_numbers: range(10_000),
            gid_numbers: range(20_000),
        },
        look_through: 10_000,
        reset: reset::Settings::default(),
        sessions: Lifetime::default(),
        sends_mail: true,
    };
    let cost = Cost::new(8, 1, 1).unwrap();
    let hasher = Hasher::start(HasherSettings { threads: 1, cost, huge_pages: false, ..HasherSettings::default() });
    Directory::open(store, hasher, Clock::manual(UnixTime::from_secs(1_795_338_000)), settings).await.unwrap()
}
