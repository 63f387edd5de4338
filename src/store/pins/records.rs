//! The records of accounts, applications and groups, and of what belongs to them; the values of indexes.

use std::time::Duration;

use super::{PinnedRow, at, counting, digest, octets, op, plain, record, uuid, variants};
use crate::domain::account::{Account, Role, Status};
use crate::domain::caller::Source;
use crate::domain::credential::{Credential, Verifier};
use crate::domain::entry::Attributes;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::listing::PersonListing;
use crate::domain::reset::{
    Allowance, Digests, Generated, GrantEnd, LinkGrants, Purpose, Rate, RateVerdict, ResetGrant, ResetRequested, Resets, Validity,
};
use crate::domain::schema::Attribute;
use crate::domain::service::ServiceAccount;
use crate::domain::session::WebSession;
use crate::domain::throttle::Failures;
use crate::store::bonds::Bond;
use crate::store::new_addresses::NewAddresses;
use crate::store::pending_addresses::PendingAddress;
use crate::store::pending_members::{MemberChange, MemberPage};
use crate::store::records::{self, Owner};
use crate::store::resets::Pending;
use crate::store::sessions::Sessions;

pub(super) fn rows() -> Vec<PinnedRow> {
    [entries(), resets(), indexes(), enums()].concat()
}

fn entries() -> Vec<PinnedRow> {
    let [argon2id, digest_of_secret, imported] = verifiers();
    let credential = |verifier| Credential { verifier, set_at: at(41), good_until: Some(at(42)) };
    vec![
        record("account", &account()),
        record("service account", &service()),
        record("group", &group()),
        record("listing", &PersonListing::of(&account())),
        record("credential Argon2id", &credential(argon2id)),
        record("credential SecretDigest", &credential(digest_of_secret)),
        record("credential Imported", &credential(imported)),
        record("failures", &Failures { in_a_row: 51, recent: vec![at(52), at(53)], refused_until: Some(at(54)) }),
        record("bond", &Bond(0x0123)),
        record("session", &WebSession { account: Id(81), began_at: at(82), seen_at: at(83) }),
        record("sessions", &Sessions(vec![(digest(0x10), at(84)), (digest(0x20), at(85))])),
        record("pending address", &pending_address()),
        record("new addresses", &NewAddresses(vec![("a@example.org".into(), at(86)), ("b@example.org".into(), at(87))])),
        record("member page", &member_page()),
    ]
}

fn pending_address() -> PendingAddress {
    PendingAddress {
        wanted: vec!["a@example.org".into(), "b@example.org".into()],
        address: "c@example.org".into(),
        requested: ResetRequested { at: at(88), source: Source::Socket(89), language: Language::French },
        mail: op(0x58),
        link: Some((digest(0x59), Validity::starting(at(90), Duration::from_millis(46)))),
    }
}

fn member_page() -> MemberPage {
    let change = |account, joins| MemberChange { account: Id(account), joins };
    MemberPage { changes: vec![change(91, true), change(92, false)] }
}

fn resets() -> Vec<PinnedRow> {
    let link = |first: u8| LinkGrants {
        mail: op(first),
        digests: Digests { reset: digest(first + 1), revoke: digest(first + 2) },
        valid: Validity::starting(at(u64::from(first) + 3), Duration::from_millis(44)),
    };
    let asked = |first: u64| {
        let mut rate = Rate::default();
        let allowance = Allowance { most: 100, window: Duration::from_secs(160), apart: Duration::ZERO };
        for time in [first, first + 1, first + 20_000] {
            assert_eq!(rate.ask(&allowance, at(time)), RateVerdict::Yes);
        }
        rate
    };
    let grant = ResetGrant {
        account: Id(71),
        purpose: Purpose::Revoke,
        address: "louise@example.org".into(),
        minted_at: at(72),
        end: Some(GrantEnd::Superseded),
    };
    let generated = Generated { must_change: true, good_for: Some(Duration::new(77, 78)) };
    let [_, _, imported] = verifiers();
    let credential = Credential { verifier: imported, set_at: at(75), good_until: Some(at(76)) };
    vec![
        record("reset grant", &grant),
        record("requests", &asked(73)),
        record("resets", &Resets { delivered: Some(link(0x30)), minted: Some(link(0x40)), asked: asked(74) }),
        record("generated password", &Pending { mail: op(0x50), credential, generated }),
    ]
}

fn indexes() -> Vec<PinnedRow> {
    vec![
        octets("index id", &records::encode_id(Id(0x0102_0304_0506_0708))),
        octets("index owner Account", &records::encode_owner(Owner::Account(Id(1)))),
        octets("index owner Service", &records::encode_owner(Owner::Service(Id(2)))),
        octets("index owner Group", &records::encode_owner(Owner::Group(Id(3)))),
        octets("index membership Group", &records::encode_kind(GroupKind::Group)),
        octets("index membership Team", &records::encode_kind(GroupKind::Team)),
        octets("index time", &records::encode_time(at(0x0102_0304_0506_0708))),
    ]
}

fn enums() -> Vec<PinnedRow> {
    let plain = vec![
        plain::<Role>("Role"),
        plain::<Status>("Status"),
        plain::<GroupKind>("GroupKind"),
        plain::<Purpose>("Purpose"),
        plain::<GrantEnd>("End"),
        plain::<Attribute>("Attribute"),
    ];
    [plain, variants("Verifier", &verifiers())].concat()
}

fn verifiers() -> [Verifier; 3] {
    [
        Verifier::Argon2id("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$dGFn".into()),
        Verifier::SecretDigest(counting(0x60)),
        Verifier::Imported("{SSHA}c2FsdA".into()),
    ]
}

fn attributes(rows: &[(Attribute, &[&str])]) -> Attributes {
    let mut attributes = Attributes::default();
    rows.iter().for_each(|(attribute, values)| attributes.add(*attribute, values.iter()));
    attributes
}

fn account() -> Account {
    Account {
        id: Id(11),
        entry_uuid: uuid(0xA0),
        uid: "louise".into(),
        role: Role::Administrator,
        status: Status::Disabled,
        expires_at: Some(at(12)),
        uid_number: 10_013,
        gid_number: 14,
        created_at: at(15),
        modified_at: at(16),
        password_changed_at: Some(at(17)),
        must_change: false,
        attributes: attributes(&[
            (Attribute::Cn, &["Louise Michel"]),
            (Attribute::Sn, &["Michel"]),
            (Attribute::Mail, &["louise@example.org", "l@example.org"]),
        ]),
    }
}

fn service() -> ServiceAccount {
    ServiceAccount {
        id: Id(21),
        entry_uuid: uuid(0xB0),
        uid: "nextcloud".into(),
        status: Status::Disabled,
        limited_to: Some(Id(22)),
        may_reset_passwords: false,
        created_at: at(23),
        modified_at: at(24),
        attributes: attributes(&[(Attribute::Description, &["Files"])]),
    }
}

fn group() -> Group {
    Group {
        id: Id(31),
        kind: GroupKind::Team,
        entry_uuid: uuid(0xC0),
        cn: "kitchen".into(),
        gid_number: 32,
        owners: vec![Id(33), Id(34)],
        created_at: at(35),
        modified_at: at(36),
        attributes: attributes(&[(Attribute::Description, &["Cooks"])]),
    }
}
