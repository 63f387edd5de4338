//! Time zones, moments and lengths of time in words.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use crate::domain::language::Language;
use crate::domain::time::UnixTime;

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of an IANA name such as `Europe/Paris`; none if there is no such zone.
    pub fn named(name: &str) -> Option<Zone> {
        TimeZone::get(name).ok().map(Zone)
    }

    /// The system's, or UTC where it says none.
    pub fn system() -> Zone {
        Zone(TimeZone::try_system().unwrap_or(TimeZone::UTC))
    }

    /// The day that `time` is on, as forms have it: `2026-11-22`.
    pub fn day_of(&self, time: UnixTime) -> String {
        self.civil(time).date().to_string()
    }

    /// The first moment of the day that a form has as `2026-11-22`, and that of the next day; none if it is no day after
    /// 1970.
    pub fn day(&self, text: &str) -> Option<(UnixTime, UnixTime)> {
        let day: Date = text.parse().ok()?;
        let first = |day: Date| {
            let millis = day.to_zoned(self.0.clone()).ok()?.timestamp().as_millisecond();
            Some(UnixTime::from_millis(u64::try_from(millis).ok()?))
        };
        (day.to_string() == text).then_some((first(day)?, first(day.tomorrow().ok()?)?))
    }

    /// `time` as the clocks of the zone show it. A time beyond the calendar's last year is the epoch.
    fn civil(&self, time: UnixTime) -> Zoned {
        let millis = i64::try_from(time.as_millis()).unwrap_or_default();
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(self.0.clone())
    }
}

/// `time` in words, in the time zone `zone`, which is named: `22 novembre 2026 à 14 h 05 (heure d’Europe centrale)`,
/// `22 November 2026 at 14:05 (Central European Time)`.
pub fn moment(language: Language, time: UnixTime, zone: &Zone) -> String {
    let time = zone.civil(time);
    let (date, clock, zone) = (date(language, time.datetime()), clock(language, time.datetime()), zone_name(language, &time));
    match language {
        Language::French => format!("{date} à {clock} ({zone})"),
        Language::English => format!("{date} at {clock} ({zone})"),
    }
}

/// `time` in figures, to the second, on the clocks of `zone`, which the reader knows: `22/11/2026 14:05:09`, `2026-11-22
/// 14:05:09`.
pub fn stamp(language: Language, time: UnixTime, zone: &Zone) -> String {
    let time = zone.civil(time).datetime();
    let clock = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    match language {
        Language::French => format!("{:02}/{:02}/{} {clock}", time.day(), time.month(), time.year()),
        Language::English => format!("{} {clock}", time.date()),
    }
}

/// Until when something is, told at `now`: the clock time alone (`jusqu’à 14 h 05 (heure d’Europe centrale)`, `until 14:05
/// (…)`) if it is on the same day, else with its date (`jusqu’au 22 novembre 2026 à 14 h 05 (…)`).
pub fn until(language: Language, end: UnixTime, now: UnixTime, zone: &Zone) -> String {
    let civil = zone.civil(end);
    let same_day = civil.date() == zone.civil(now).date();
    let told = match same_day {
        true => format!("{} ({})", clock(language, civil.datetime()), zone_name(language, &civil)),
        false => moment(language, end, zone),
    };
    match (language, same_day) {
        (Language::French, true) => format!("jusqu’à {told}"),
        (Language::French, false) => format!("jusqu’au {told}"),
        (Language::English, _) => format!("until {told}"),
    }
}

/// A length of time in words, in days, hours and minutes: `1 heure et 30 minutes`. What is finer is rounded up.
pub fn lasting(language: Language, length: Duration) -> String {
    let minutes = length.as_millis().div_ceil(60_000);
    let names = match language {
        Language::French => [("jour", "jours"), ("heure", "heures"), ("minute", "minutes")],
        Language::English => [("day", "days"), ("hour", "hours"), ("minute", "minutes")],
    };
    let counts = [minutes / (24 * 60), minutes / 60 % 24, minutes % 60];
    let parts = counts.into_iter().zip(names).filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, (one, many))| format!("{count}{NBSP}{}", if count == 1 { one } else { many })).collect();
    match (language, parts.is_empty()) {
        (_, true) => format!("0{NBSP}minute{}", if language == Language::French { "" } else { "s" }),
        (Language::French, false) => parts.join(" et "),
        (Language::English, false) => parts.join(" and "),
    }
}

fn date(language: Language, time: DateTime) -> String {
    let (day, month) = (time.day(), usize::try_from(time.month() - 1).unwrap_or_default());
    match language {
        Language::French if day == 1 => format!("1er{NBSP}{} {}", MONTHS[month].0, time.year()),
        Language::French => format!("{day}{NBSP}{} {}", MONTHS[month].0, time.year()),
        Language::English => format!("{day}{NBSP}{} {}", MONTHS[month].1, time.year()),
    }
}

fn clock(language: Language, time: DateTime) -> String {
    match language {
        Language::French => format!("{}{NBSP}h{NBSP}{:02}", time.hour(), time.minute()),
        Language::English => format!("{:02}:{:02}", time.hour(), time.minute()),
    }
}

/// What people call the zone, or how far it is from UTC.
fn zone_name(language: Language, time: &Zoned) -> String {
    let info = time.time_zone().to_offset_info(time.timestamp());
    match ZONES.iter().find(|(abbreviation, ..)| *abbreviation == info.abbreviation()) {
        Some((_, french, _)) if language == Language::French => (*french).to_owned(),
        Some((_, _, english)) => (*english).to_owned(),
        None => utc_offset(info.offset()),
    }
}

/// `UTC+1`, `UTC−3:30`.
fn utc_offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    if minutes == 0 {
        return "UTC".to_owned();
    }
    let sign = if minutes < 0 { '\u{2212}' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    if minutes == 0 { format!("UTC{sign}{hours}") } else { format!("UTC{sign}{hours}:{minutes:02}") }
}

/// The names of months.
const MONTHS: [(&str, &str); 12] = [
    ("janvier", "January"),
    ("février", "February"),
    ("mars", "March"),
    ("avril", "April"),
    ("mai", "May"),
    ("juin", "June"),
    ("juillet", "July"),
    ("août", "August"),
    ("septembre", "September"),
    ("octobre", "October"),
    ("novembre", "November"),
    ("décembre", "December"),
];

/// Zones that have a name people know, by their abbreviation in the tz database; only those whose abbreviation no other
/// zone has.
const ZONES: [(&str, &str, &str); 10] = [
    ("UTC", "UTC", "UTC"),
    ("GMT", "heure de Greenwich", "Greenwich Mean Time"),
    ("BST", "heure d’été britannique", "British Summer Time"),
    ("WET", "heure d’Europe de l’Ouest", "Western European Time"),
    ("WEST", "heure d’été d’Europe de l’Ouest", "Western European Summer Time"),
    ("CET", "heure d’Europe centrale", "Central European Time"),
    ("CEST", "heure d’été d’Europe centrale", "Central European Summer Time"),
    ("EET", "heure d’Europe de l’Est", "Eastern European Time"),
    ("EEST", "heure d’été d’Europe de l’Est", "Eastern European Summer Time"),
    ("MSK", "heure de Moscou", "Moscow Time"),
];

/// A space at which no line is broken.
const NBSP: char = '\u{a0}';

#[cfg(test)]
mod tests {
    use super::Language::{English, French};
    use super::*;

    /// 2026-11-22 13:05 UTC.
    const NOVEMBER: UnixTime = UnixTime::from_secs(1_795_352_700);
    /// 2026-07-31 23:05 UTC.
    const JULY: UnixTime = UnixTime::from_secs(1_785_539_100);

    #[test]
    fn moments_are_told_as_the_zone_s_clocks_show_them() {
        for (zone, time, language, told) in [
            ("Europe/Paris", NOVEMBER, French, "22\u{a0}novembre 2026 à 14\u{a0}h\u{a0}05 (heure d’Europe centrale)"),
            ("Europe/Paris", NOVEMBER, English, "22\u{a0}November 2026 at 14:05 (Central European Time)"),
            ("Europe/Paris", JULY, French, "1er\u{a0}août 2026 à 1\u{a0}h\u{a0}05 (heure d’été d’Europe centrale)"),
            ("Europe/Paris", JULY, English, "1\u{a0}August 2026 at 01:05 (Central European Summer Time)"),
            ("Europe/London", JULY, English, "1\u{a0}August 2026 at 00:05 (British Summer Time)"),
            ("UTC", NOVEMBER, French, "22\u{a0}novembre 2026 à 13\u{a0}h\u{a0}05 (UTC)"),
            ("America/St_Johns", NOVEMBER, English, "22\u{a0}November 2026 at 09:35 (UTC\u{2212}3:30)"),
            ("Asia/Tokyo", NOVEMBER, French, "22\u{a0}novembre 2026 à 22\u{a0}h\u{a0}05 (UTC+9)"),
        ] {
            assert_eq!(moment(language, time, &Zone::named(zone).unwrap()), told, "{zone}");
        }
        assert!(Zone::named("Europe/Nowhere").is_none());
    }

    #[test]
    fn a_day_of_a_form_lasts_from_midnight_to_midnight() {
        let paris = Zone::named("Europe/Paris").unwrap();
        for (day, hours) in [("2026-11-22", 24), ("2026-03-29", 23), ("2026-10-25", 25)] {
            let (begins, ends) = paris.day(day).unwrap();
            assert_eq!(ends.since(begins), Duration::from_secs(hours * 3600), "{day}");
            assert_eq!((paris.day_of(begins).as_str(), paris.day_of(UnixTime::from_millis(ends.as_millis() - 1)).as_str()), (day, day));
        }
        for text in
            ["", "tomorrow", "2026-13-01", "2026-02-30", "2026-1-1", "1969-12-30", "2026-11-22T00:00", "-000001-01-01", "22/11/2026"]
        {
            assert_eq!(paris.day(text), None, "{text}");
        }
    }

    #[test]
    fn an_end_on_the_same_day_is_told_by_its_clock_time() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let hour = Duration::from_secs(3600);
        for (language, end, now, told) in [
            (French, NOVEMBER.plus(hour), NOVEMBER, "jusqu’à 15\u{a0}h\u{a0}05 (heure d’Europe centrale)"),
            (English, NOVEMBER.plus(hour), NOVEMBER, "until 15:05 (Central European Time)"),
            // Midnight lies between the two.
            (
                French,
                JULY,
                UnixTime::from_secs(JULY.as_secs() - 2 * 3600),
                "jusqu’au 1er\u{a0}août 2026 à 1\u{a0}h\u{a0}05 (heure d’été d’Europe centrale)",
            ),
            (
                English,
                JULY,
                UnixTime::from_secs(JULY.as_secs() - 2 * 3600),
                "until 1\u{a0}August 2026 at 01:05 (Central European Summer Time)",
            ),
        ] {
            assert_eq!(until(language, end, now, &paris), told);
        }
    }

    #[test]
    fn lengths_are_told_in_days_hours_and_minutes() {
        for (seconds, french, english) in [
            (3600, "1 heure", "1 hour"),
            (7200, "2 heures", "2 hours"),
            (5400, "1 heure et 30 minutes", "1 hour and 30 minutes"),
            (61, "2 minutes", "2 minutes"),
            (86_400, "1 jour", "1 day"),
            (3 * 86_400 + 60, "3 jours et 1 minute", "3 days and 1 minute"),
            (0, "0 minute", "0 minutes"),
        ] {
            let plain = |language| lasting(language, Duration::from_secs(seconds)).replace(NBSP, " ");
            assert_eq!((plain(French).as_str(), plain(English).as_str()), (french, english), "{seconds} s");
        }
    }
}
