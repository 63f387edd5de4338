use super::*;
use crate::domain::caller::Source;
use crate::domain::network::Network;

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(1_800_000_000 + seconds)
}

fn after(count: u32, now: UnixTime) -> Failures {
    (0..count).fold(Failures::default(), |failures, _| failed(&failures, now, &ThrottleSettings::default()))
}

/// `failures` and one more, where attempts are not refused.
fn failed(failures: &Failures, now: UnixTime, settings: &ThrottleSettings) -> Failures {
    failures.failed(now, settings).unwrap()
}

#[test]
fn the_fifth_failure_in_a_row_refuses_for_a_minute() {
    assert!(after(4, at(0)).admits(at(0)));
    let five = after(5, at(0));
    assert_eq!(five.refused_until, Some(at(60)));
    assert!(!five.admits(at(59)));
    assert!(five.admits(at(60)));
}

#[test]
fn each_failure_after_the_wait_doubles_it_up_to_an_hour() {
    let mut failures = after(5, at(0));
    let mut now = at(60);
    for wait in [120, 240, 480, 960, 1920, 3600, 3600] {
        assert!(failures.admits(now));
        failures = failed(&failures, now, &ThrottleSettings::default());
        assert_eq!(failures.refused_until, Some(now.plus(Duration::from_secs(wait))));
        now = now.plus(Duration::from_secs(wait));
    }
}

#[test]
fn failures_under_way_when_the_wait_begins_do_not_count() {
    let five = after(5, at(0));
    assert_eq!(five.failed(at(0), &ThrottleSettings::default()), None);
    assert_eq!(five.failed(at(59), &ThrottleSettings::default()), None);
    let six = failed(&five, at(60), &ThrottleSettings::default());
    assert_eq!((six.in_a_row, six.recent.len()), (6, 6));
}

#[test]
fn the_twenty_fifth_failure_of_a_day_refuses_until_the_first_is_a_day_old() {
    let settings = ThrottleSettings { failures_in_a_row: 1000, ..ThrottleSettings::default() };
    let failures = (0..25).fold(Failures::default(), |failures, step| failed(&failures, at(step * 60), &settings));
    assert_eq!(failures.refused_until, Some(at(86_400)));
    assert!(!failures.admits(at(86_399)));
    let later = failed(&failures, at(86_400), &settings);
    assert_eq!(later.recent.len(), 25);
    assert_eq!(later.refused_until, Some(at(86_460)));
}

#[test]
fn a_day_without_failures_begins_a_new_row() {
    let failures = failed(&after(5, at(0)), at(86_400), &ThrottleSettings::default());
    assert_eq!((failures.in_a_row, failures.refused_until), (1, None));
    assert!(after(5, at(0)).is_over(at(86_400)));
    assert!(!after(5, at(0)).is_over(at(86_399)));
}

#[test]
fn switched_off_it_counts_nothing() {
    let settings = ThrottleSettings { enabled: false, ..ThrottleSettings::default() };
    assert_eq!(Failures::default().failed(at(0), &settings), Some(Failures::default()));
}

#[test]
fn settings_of_zero_refuse_after_one_failure_and_never_overflow() {
    let settings = ThrottleSettings { failures_in_a_row: 0, per_day: 0, ..ThrottleSettings::default() };
    assert!(!failed(&Failures::default(), at(0), &settings).admits(at(0)));
    let row = Failures { in_a_row: u32::MAX, recent: vec![at(0)], refused_until: None };
    assert_eq!(failed(&row, at(1), &ThrottleSettings::default()).refused_until, Some(at(3601)));
}

#[test]
fn a_clock_set_back_neither_unlocks_nor_locks_for_ever() {
    let year = 365 * 86_400;
    let failures = after(5, at(year));
    assert!(!failures.admits(at(0)));
    let settled = failures.anchored(at(0)).unwrap();
    assert_eq!(settled.refused_until, Some(at(60)));
    assert_eq!(settled.in_a_row, 5);
    assert_eq!(settled.anchored(at(1)), None);
    assert!(!settled.admits(at(59)));
    assert!(settled.admits(at(60)));
    assert!(!failures.is_over(at(0)));
}

fn source(text: &str) -> Source {
    Source::Address(text.parse().unwrap())
}

#[test]
fn a_source_may_fail_two_hundred_times_at_once_and_twenty_times_a_second() {
    let mut limits = SourceLimits::new(Limit::default(), Vec::new());
    let here = source("192.0.2.1");
    for _ in 0..200 {
        assert!(limits.admits(here, at(0)));
        limits.failed(here, at(0));
    }
    assert!(!limits.admits(here, at(0)));
    assert!(limits.admits(source("192.0.2.2"), at(0)));
    for _ in 0..20 {
        assert!(limits.admits(here, at(1)));
        limits.failed(here, at(1));
    }
    assert!(!limits.admits(here, at(1)));
    assert!(!limits.admits(here, UnixTime::from_secs(5)), "a clock set back refills nothing");
}

#[test]
fn sources_count_by_their_neighbourhood() {
    let mut limits = SourceLimits::new(Limit { per_second: 1, burst: 1 }, Vec::new());
    limits.failed(source("2001:db8::1"), at(0));
    assert!(!limits.admits(source("2001:db8::ffff"), at(0)));
    assert!(limits.admits(source("2001:db8:0:1::1"), at(0)));
    limits.failed(source("::ffff:192.0.2.1"), at(0));
    assert!(!limits.admits(source("192.0.2.1"), at(0)));
    for unlimited in [Source::Socket(1000), Source::Internal] {
        limits.failed(unlimited, at(0));
        assert!(limits.admits(unlimited, at(0)));
    }
}

#[test]
fn a_listed_network_has_its_own_limit() {
    let listed = ListedNetwork { network: Network::parse("10.1.0.0/16").unwrap(), limit: Limit { per_second: 1, burst: 2 } };
    let everywhere = ListedNetwork { network: Network::parse("::/0").unwrap(), limit: Limit { per_second: 1, burst: 3 } };
    let mut limits = SourceLimits::new(Limit { per_second: 1, burst: 1 }, vec![listed, everywhere]);
    for (text, burst) in [("10.1.2.3", 2), ("10.2.0.1", 1), ("2001:db8::1", 3)] {
        for _ in 0..burst {
            assert!(limits.admits(source(text), at(0)), "{text}");
            limits.failed(source(text), at(0));
        }
        assert!(!limits.admits(source(text), at(0)), "{text}");
    }
}
