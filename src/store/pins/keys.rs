//! The keys, and what the store keeps of itself.

use super::{PinnedRow, at, counting, digest, octets, op, uuid};
use crate::domain::audit::Class;
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::domain::listing::Facet;
use crate::domain::reset::ResetLimits;
use crate::store::numbers::{self, NumberRange, NumbersUsedUp, Series};
use crate::store::{Stop, Store, View, failures, keys, resets};

const FIRST: Id = Id(0x1112_1314_1516_1718);
const SECOND: Id = Id(0x2122_2324_2526_2728);

pub(super) fn rows() -> Vec<PinnedRow> {
    let rows = [of_entries(), of_names(), of_what_belongs_to_an_account(), of_the_audit_and_the_outbox()].concat();
    rows.into_iter().map(|(name, key)| octets(&format!("key {name}"), &key)).collect()
}

fn of_entries() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("account", keys::account(FIRST)),
        ("service", keys::service(FIRST)),
        ("group", keys::group(FIRST)),
        ("member", keys::member(FIRST, SECOND)),
        ("members", keys::members(FIRST)),
        ("membership", keys::membership(FIRST, SECOND)),
        ("memberships", keys::memberships(FIRST)),
        ("member_page", keys::member_page(FIRST, op(0x30), 0x4142)),
        ("member_pages", keys::member_pages(FIRST)),
        ("all_member_pages", keys::all_member_pages()),
        ("ownership", keys::ownership(FIRST, SECOND)),
        ("ownerships", keys::ownerships(FIRST)),
        ("administrator", keys::administrator(FIRST)),
        ("administrators", keys::administrators()),
        ("tombstone", keys::tombstone(FIRST)),
        ("tombstones", keys::tombstones()),
        ("entry_uuid", keys::entry_uuid(uuid(0xA0))),
        ("uid_number", keys::uid_number(0x0102_0304)),
        ("gid_number", keys::gid_number(0x0102_0304)),
    ]
}

fn of_names() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("login", keys::login("louise")),
        ("service_login", keys::service_login("nextcloud")),
        ("mail", keys::mail("a@b", FIRST)),
        ("mail_prefix", keys::mail_prefix("a@b")),
        ("group_name Group", keys::group_name(GroupKind::Group, "staff")),
        ("group_name Team", keys::group_name(GroupKind::Team, "kitchen")),
        ("group_names Group", keys::group_names(GroupKind::Group)),
        ("group_names Team", keys::group_names(GroupKind::Team)),
        ("listed Everybody", keys::listed(Facet::Everybody, "michel", FIRST)),
        ("list Administrators", keys::list(Facet::Administrators)),
        ("list Managers", keys::list(Facet::Managers)),
        ("list Disabled", keys::list(Facet::Disabled)),
        ("list Expiring", keys::list(Facet::Expiring)),
        ("word", keys::word("michel", FIRST)),
        ("words", keys::words("mi")),
        ("meta", keys::meta("schema_version")),
    ]
}

fn of_what_belongs_to_an_account() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("credential", keys::credential(FIRST)),
        ("failures", keys::failures(FIRST)),
        ("bond", keys::bond(FIRST)),
        ("grant", keys::grant(digest(0x30))),
        ("resets", keys::resets(FIRST)),
        ("pending", keys::pending(FIRST)),
        ("requests_from", keys::requests_from(counting(0x40))),
        ("sent_to", keys::sent_to(FIRST)),
        ("new_addresses", keys::new_addresses(FIRST)),
        ("pending_address", keys::pending_address(FIRST)),
        ("session", keys::session(digest(0x50))),
        ("sessions_of", keys::sessions_of(FIRST)),
    ]
}

fn of_the_audit_and_the_outbox() -> Vec<(&'static str, Vec<u8>)> {
    let (time, call) = (at(0x0102_0304_0506_0708), op(0x6E));
    vec![
        ("mark", keys::mark(call)),
        ("audit", keys::audit(time, call)),
        ("audit_from", keys::audit_from(3, time)),
        ("story Access", keys::story(FIRST, Class::Access, time, call)),
        ("story Refusal", keys::story(FIRST, Class::Refusal, time, call)),
        ("story Change", keys::story(keys::EVERYBODY, Class::Change, time, call)),
        ("mail_of", keys::mail_of(call)),
        ("outbox", keys::outbox(time, call)),
        ("outbox_from", keys::outbox_from(3, time)),
        ("mail_order", keys::mail_order(FIRST, time, call)),
        ("mails_of", keys::mails_of(FIRST)),
    ]
}

#[tokio::test]
async fn what_the_store_keeps_of_itself_has_its_names() {
    fn rule(view: &mut View<'_>) -> Result<(), Stop<NumbersUsedUp>> {
        numbers::allot(view, Series::Uid, NumberRange { first: 10_000, last: 19_999 })?;
        numbers::allot(view, Series::Gid, NumberRange { first: 30_000, last: 39_999 })?;
        failures::slot_key(view, counting(1))?;
        let limits = ResetLimits { mails_an_hour: 1, ..ResetLimits::default() };
        resets::admit_total(view, &limits, at(5)).map(drop)
    }
    let store = Store::in_memory();
    store.run(rule).await.unwrap();
    let rows = store.read(|view| view.scan::<()>(b"z", b"{", 99)).await.unwrap();
    let expected: [(&str, Vec<u8>); 4] = [
        ("zlinks_mailed", vec![1, 1, 5, 1]),
        ("znext gidNumber", 30_001u32.to_be_bytes().to_vec()),
        ("znext uidNumber", 10_001u32.to_be_bytes().to_vec()),
        ("zslot_key", counting::<32>(1).to_vec()),
    ];
    assert_eq!(rows, expected.map(|(key, value)| (key.as_bytes().to_vec(), value)));
}
