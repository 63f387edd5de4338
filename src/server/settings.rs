//! Takes the configuration apart into what each module asks for; what pages and mails ask for is in `people.rs`.

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Config, Delivery, GeneratedPassword};
use crate::directory::{self, Directory, HasherSettings, PosixDefaults};
use crate::domain::access;
use crate::domain::credential::Cost;
use crate::domain::dn::{Dn, DnError};
use crate::domain::password_policy::Policy;
use crate::domain::reset::{self, Generated};
use crate::domain::session::Lifetime;
use crate::domain::throttle::{self, Limit, ListedNetwork};
use crate::domain::tree::Tree;
use crate::ldap;
use crate::ldap::Certificate;
use crate::store::numbers::NumberRange;
use crate::store::{self, purge::Retention};

/// For the store.
pub fn store(config: &Config) -> store::FileSettings {
    store::FileSettings { cache_bytes: config.store.cache_mib << 20 }
}

/// For the hash threads.
pub fn hasher(config: &Config) -> HasherSettings {
    let passwords = &config.passwords;
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let argon2 = passwords.argon2;
    HasherSettings {
        threads: if passwords.hash_threads == 0 { cores } else { passwords.hash_threads },
        // The check of the configuration has refused what lies beyond the bounds.
        cost: Cost::new(argon2.memory_kib, argon2.passes, argon2.lanes).unwrap_or_default(),
        queue: passwords.hash_queue,
        // One source alone must not fill the queue.
        queue_per_source: passwords.hash_queue.div_ceil(4),
        ..HasherSettings::default()
    }
}

/// For the directory.
///
/// # Errors
/// A suffix that is no DN.
pub fn directory(config: &Config) -> Result<directory::DirectorySettings, DnError> {
    let throttle = &config.throttle;
    Ok(directory::DirectorySettings {
        tree: Tree::new(Dn::parse(&config.directory.suffix)?),
        organisation: config.directory.organisation.clone(),
        access: access::AccessSettings {
            address_book: config.directory.address_book,
            self_mail: config.directory.self_mail,
            self_telephone: config.directory.self_telephone,
            managers_add: config.directory.managers_add,
        },
        policy: Policy::new(config.passwords.minimum),
        throttle: throttle::ThrottleSettings {
            enabled: throttle.enabled,
            failures_in_a_row: throttle.failures_in_a_row,
            first_wait: throttle.first_wait,
            longest_wait: throttle.longest_wait,
            per_day: throttle.failures_a_day as usize,
        },
        source_limit: Limit { per_second: throttle.source_rate, burst: throttle.source_burst },
        listed_sources: listed(config),
        member_of_with_star: config.ldap.memberof_with_star,
        posix: PosixDefaults {
            home: config.posix.home.clone(),
            shell: config.posix.shell.clone(),
            gid_number: config.posix.primary_gid,
            uid_numbers: NumberRange { first: config.posix.uid_min, last: config.posix.uid_max },
            gid_numbers: NumberRange { first: config.posix.gid_min, last: config.posix.gid_max },
        },
        look_through: LOOK_THROUGH,
        reset: reset(config),
        sessions: sessions(config),
        sends_mail: config.mail_configured(),
    })
}

fn sessions(config: &Config) -> Lifetime {
    Lifetime { idle: config.web.session_idle, absolute: config.web.session_length }
}

/// For the purge.
pub fn retention(config: &Config) -> Retention {
    Retention { changes: config.audit.retention, binds: config.audit.retention_of_binds, marks: MARKS, sessions: sessions(config) }
}

fn reset(config: &Config) -> reset::ResetSettings {
    let reset = &config.reset;
    reset::ResetSettings {
        token_ttl: reset.token_ttl,
        invitation_ttl: reset.invitation_ttl,
        new_address_wait: reset.new_address_wait,
        generated: Generated { must_change: reset.generated == GeneratedPassword::MustChange, good_for: reset.generated_ttl },
        offers_generated: reset.delivery != Delivery::Chosen,
        offers_chosen: reset.delivery != Delivery::Generated,
        limits: reset::ResetLimits {
            per_account: reset.per_account,
            cool_down: reset.cool_down,
            per_source: reset.per_source,
            source_window: reset.source_window,
            mails_an_hour: reset.mails_an_hour,
        },
    }
}

/// The check of the configuration has refused networks that cannot be read.
fn listed(config: &Config) -> Vec<ListedNetwork> {
    let listed = config.throttle.sources.iter().filter_map(|source| {
        Some(ListedNetwork { network: source.parsed()?, limit: Limit { per_second: source.rate, burst: source.burst } })
    });
    listed.collect()
}

/// For the LDAP server.
pub fn ldap(config: &Config, directory: &Arc<Directory>, certificate: Certificate) -> ldap::Settings {
    let limits = &config.limits;
    ldap::Settings {
        suffix: directory.tree().suffix_dn().to_owned(),
        allow_cleartext: config.ldap.allow_cleartext,
        certificate,
        limits: ldap::Limits {
            connections: limits.connections,
            connections_per_source: limits.connections_per_source,
            message_before_bind: limits.message_before_bind,
            message: limits.message,
            message_memory: limits.message_memory,
            message_time: limits.message_time,
            output_time: limits.output_time,
            handshake_time: limits.handshake_time,
            idle_time: limits.idle_time,
            search_entries: limits.search_entries,
            search_time: limits.search_time,
            drain_time: limits.drain_time,
        },
    }
}

/// Entries that one search may look at: all of a large directory, once.
const LOOK_THROUGH: usize = 5_000_000;

/// How long a mark is kept: who repeats a call whose outcome was unknown does so within moments.
const MARKS: Duration = Duration::from_secs(86_400);
