//! Time zones, and moments in words.

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone(jiff::tz::TimeZone);

impl Zone {
    /// The zone of an IANA name such as `Europe/Paris`; none if there is no such zone.
    pub fn named(name: &str) -> Option<Zone> {
        jiff::tz::TimeZone::get(name).ok().map(Zone)
    }

    /// The system's, or UTC where it says none.
    pub fn system() -> Zone {
        Zone(jiff::tz::TimeZone::system())
    }
}
