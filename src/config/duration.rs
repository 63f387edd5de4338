//! Durations as people write them: `10s`, `1h 30m`, `365d`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Reads `10s`, `250ms`, `1h 30m`, `365d`.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    parsed(&String::deserialize(from)?)
}

/// Writes the shortest text that [`deserialize`] reads back.
pub fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&text(*duration))
}

/// Durations that need not be set.
pub mod optional {
    use super::*;

    /// As [`super::deserialize`].
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        Option::<String>::deserialize(from)?.as_deref().map(parsed).transpose()
    }

    /// As [`super::serialize`].
    pub fn serialize<S: Serializer>(duration: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        duration.as_ref().map(|duration| text(*duration)).serialize(to)
    }
}

fn parsed<E: Error>(text: &str) -> Result<Duration, E> {
    humantime::parse_duration(text)
        .map_err(|_| E::custom(format!("{text:?} is no duration: write a number and its unit, such as \"10s\", \"5m\", \"1h\" or \"30d\"")))
}

/// In the largest unit that divides it: `365d`, `90s`, `250ms`.
fn text(duration: Duration) -> String {
    let millis = duration.as_millis();
    for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] {
        if millis >= size && millis.is_multiple_of(size) {
            return format!("{}{unit}", millis / size);
        }
    }
    if millis == 0 { "0s".to_owned() } else { format!("{millis}ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_in_the_largest_unit() {
        for (millis, expected) in [(0, "0s"), (250, "250ms"), (1_000, "1s"), (90_000, "90s"), (60_000, "1m"), (31_536_000_000, "365d")] {
            assert_eq!(text(Duration::from_millis(millis)), expected);
        }
    }
}
