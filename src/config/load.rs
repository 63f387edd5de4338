//! Puts the settings together: defaults < file < `BINDERY_*` < flags.
//!
//! A layer that does not fit is not the end: what is wrong is written down, taken out, and the rest is tried again, so
//! that every problem is found at once.

use std::path::PathBuf;

use figment::Figment;
use figment::error::Kind;
use figment::providers::Serialized;
use figment::value::{Dict, Value};

use super::layer::{Layer, dict_of, known_keys, origin_of, take_out};
use super::problem::{Origin, Problem, Severity};
use super::{Config, check};

/// What the settings are made from, the weakest first.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// What holds where nothing else is said.
    pub defaults: Config,
    /// The file, if there is one.
    pub file: Option<PathBuf>,
    /// The environment; what does not begin with `BINDERY_` is passed over.
    pub environment: Vec<(String, String)>,
    /// Keys and values of flags.
    pub flags: Vec<(String, String)>,
}

/// The settings, and all that is wrong with them.
#[derive(Debug)]
pub struct Loaded {
    /// The settings, without those that are wrong.
    pub config: Config,
    /// Each of them with its value and where it comes from, in the order of their names.
    pub settings: Vec<Setting>,
    /// All that is wrong.
    pub problems: Vec<Problem>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its dotted name.
    pub key: String,
    /// Its value as TOML; empty if it is not set.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

impl Sources {
    /// The file and the environment of this process.
    pub fn of_process(file: Option<PathBuf>, flags: Vec<(String, String)>) -> Sources {
        // A variable that is not UTF-8 cannot be one of ours.
        let environment = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Sources { defaults: Config::default(), file, environment: environment.collect(), flags }
    }
}

impl Loaded {
    /// The settings, if nothing keeps the daemon from starting with them.
    ///
    /// # Errors
    /// All the problems, warnings among them.
    pub fn accept(self) -> Result<Config, Vec<Problem>> {
        if self.problems.iter().any(|problem| problem.severity == Severity::Error) { Err(self.problems) } else { Ok(self.config) }
    }
}

/// Puts the settings together and judges them.
pub fn load(sources: &Sources) -> Loaded {
    let mut problems = Vec::new();
    let mut layers = Vec::new();
    if let Some(path) = &sources.file {
        layers.extend(Layer::of_file(path, &mut problems));
    }
    layers.push(Layer::of_environment(&sources.environment, &mut problems));
    layers.push(Layer::of_flags(&sources.flags));

    let (config, rejected) = extract(&sources.defaults, &mut layers);
    problems.extend(rejected);
    let mut settings = Vec::new();
    list(&dict_of(&config), "", &layers, &mut settings);
    problems.extend(check::check(&config, &|key| origin_of(&layers, key)));
    Loaded { config, settings, problems }
}

/// Takes out what does not fit until the rest does; each round takes out one key, so there are as many as keys at most.
fn extract(defaults: &Config, layers: &mut [Layer]) -> (Config, Vec<Problem>) {
    let mut problems = Vec::new();
    loop {
        let merged = layers
            .iter()
            .fold(Figment::from(Serialized::defaults(defaults)), |figment, layer| figment.merge(Serialized::defaults(&layer.values)));
        let error = match merged.extract::<Config>() {
            Ok(config) => return (config, problems),
            Err(error) => error,
        };
        let mut path = error.path.clone();
        if let Kind::UnknownField(field, _) = &error.kind
            && path.last() != Some(field)
        {
            path.push(field.clone());
        }
        let Some((key, origin)) = take_out(layers, &path) else {
            problems.push(explain(&error.kind, path.join("."), Origin::Default));
            return (defaults.clone(), problems);
        };
        problems.push(explain(&error.kind, key, origin));
    }
}

fn explain(kind: &Kind, key: String, origin: Origin) -> Problem {
    let (what, remedy) = match kind {
        Kind::UnknownField(_, _) => ("there is no such setting".to_owned(), nearest(&key)),
        Kind::UnknownVariant(found, known) => (format!("{found:?} is none of its values"), format!("write one of {}", known.join(", "))),
        Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
            (format!("is {found}"), format!("write {}", plain(expected)))
        }
        other => match other.to_string().split_once(": ") {
            Some((what, remedy)) => (what.to_owned(), remedy.to_owned()),
            None => (other.to_string(), "see the default file for how it is written".to_owned()),
        },
    };
    Problem { severity: Severity::Error, origin, key, what, remedy }
}

/// What serde expected, in plain words.
fn plain(expected: &str) -> &str {
    match expected {
        "usize" | "u64" | "u32" | "u16" => "a whole number, without quotes",
        "a boolean" => "true or false, without quotes",
        "a string" => "a text in double quotes",
        "a sequence" => "a list, such as [\"127.0.0.1:389\"]",
        other => other,
    }
}

/// Names the known key that is most like `key`.
fn nearest(key: &str) -> String {
    let known = known_keys();
    let likeness = |other: &String| strsim::jaro_winkler(key, other).max(strsim::jaro_winkler(last(key), last(other)) * 0.95);
    let best = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match best {
        Some(best) if likeness(best) > LIKE => format!("did you mean {best}?"),
        _ => "remove it; `bindery check-config` lists every setting".to_owned(),
    }
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

fn list(dict: &Dict, above: &str, layers: &[Layer], settings: &mut Vec<Setting>) {
    for (name, value) in dict {
        let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match value {
            Value::Dict(_, inner) => list(inner, &key, layers, settings),
            Value::Empty(..) => settings.push(Setting { origin: origin_of(layers, &key), key, value: String::new() }),
            value => {
                // Texts, numbers, truth values and lists of them are written alike in JSON and in TOML.
                let text = serde_json::to_string(value).unwrap_or_default();
                settings.push(Setting { origin: origin_of(layers, &key), key, value: text });
            }
        }
    }
}

/// How alike two keys must be for one to be offered for the other.
const LIKE: f64 = 0.75;

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a file that holds `text`, with an environment and flags, a line each.
    fn problems(text: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Vec<String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("bindery.toml");
        std::fs::write(&path, text).unwrap();
        let owned = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
        let loaded = load(&Sources { defaults: Config::default(), file: Some(path), environment: owned(environment), flags: owned(flags) });
        let prefix = format!("{}/", directory.path().display());
        let errors = loaded.problems.iter().filter(|problem| problem.severity == Severity::Error);
        errors.map(|problem| problem.to_string().replace(&prefix, "")).collect()
    }

    #[test]
    fn problems_name_line_and_remedy() {
        for (text, expected) in [
            ("[ldap]\nlissten = []\n", "bindery.toml:2: error: ldap.lissten: there is no such setting; did you mean ldap.listen?"),
            ("[ldpa]\nlisten = []\n", "bindery.toml:1: error: ldpa: there is no such setting; did you mean ldap?"),
            (
                "\n[passwords.argon2]\nmemory = 5\n",
                "bindery.toml:3: error: passwords.argon2.memory: there is no such setting; did you mean passwords.argon2.memory_kib?",
            ),
            (
                "[store]\ncache_mib = \"big\"\n",
                "bindery.toml:2: error: store.cache_mib: is string \"big\"; write a whole number, without quotes",
            ),
            (
                "[audit]\nretention = \"soon\"\n",
                "bindery.toml:2: error: audit.retention: \"soon\" is no duration; write a number and its unit, such as \"10s\", \"5m\", \"1h\" or \"30d\"",
            ),
            ("[passwords]\nminimum = 4\n", "bindery.toml:2: error: passwords.minimum: is 4; write a number from 8 to 64"),
            (
                "[log]\nformat = \"xml\"\n",
                "bindery.toml:2: error: log.format: \"xml\" is none of its values; write one of auto, human, json, journald",
            ),
            (
                "[web]\npublic_rul = \"https://a.example\"\n",
                "bindery.toml:2: error: web.public_rul: there is no such setting; did you mean web.public_url?",
            ),
            ("[reset]\ntoken_ttl = \"25h\"\n", "bindery.toml:2: error: reset.token_ttl: is 1day 1h; write a time from 1m to 1day"),
            ("[tls]\nkey = \"/k\"\n", "bindery.toml:2: error: tls.key: has no certificate; name the certificate's file in tls.certificate"),
        ] {
            assert_eq!(problems(text, &[], &[]), [expected], "{text}");
        }
    }

    #[test]
    fn every_problem_is_found_at_once() {
        let text = "[ldap]\nlisten = [\"nowhere\"]\nbogus = 1\n[passwords]\nminimum = -1\n[throttle]\nenabled = 3\n";
        let found = problems(text, &[("BINDERY_STORE__CASH_MIB", "1"), ("BINDERY_THROTTLE_ENABLED", "false")], &[("limits.mesage", "3")]);
        for start in [
            "bindery.toml:2: error: ldap.listen: ",
            "bindery.toml:3: error: ldap.bogus: ",
            "bindery.toml:5: error: passwords.minimum: ",
            "bindery.toml:7: error: throttle.enabled: ",
            "BINDERY_STORE__CASH_MIB: error: store.cash_mib: there is no such setting; did you mean store.cache_mib?",
            "BINDERY_THROTTLE_ENABLED: error: is no setting; write BINDERY_THROTTLE__ENABLED",
            "--set limits.mesage: error: limits.mesage: there is no such setting; did you mean limits.message?",
        ] {
            assert!(found.iter().any(|line| line.starts_with(start)), "{start} is not in {found:#?}");
        }
        assert_eq!(found.len(), 7, "{found:#?}");
    }

    #[test]
    fn later_layers_win() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("bindery.toml");
        std::fs::write(&path, "[limits]\nconnections = 1\nmessage = 2048\nsearch_time = \"1s\"\n").unwrap();
        let loaded = load(&Sources {
            defaults: Config::default(),
            file: Some(path.clone()),
            environment: vec![("BINDERY_LIMITS__CONNECTIONS".into(), "2".into()), ("BINDERY_LIMITS__MESSAGE".into(), "4096".into())],
            flags: vec![("limits.connections".into(), "3".into())],
        });
        let limits = &loaded.config.limits;
        assert_eq!((limits.connections, limits.message, limits.search_time.as_secs()), (3, 4096, 1));
        let origin = |key: &str| loaded.settings.iter().find(|setting| setting.key == key).map(|setting| setting.origin.clone());
        assert_eq!(origin("limits.connections"), Some(Origin::Flag("limits.connections".into())));
        assert_eq!(origin("limits.message"), Some(Origin::Variable("BINDERY_LIMITS__MESSAGE".into())));
        assert_eq!(origin("limits.search_time"), Some(Origin::File(path, 4)));
        assert_eq!(origin("limits.idle_time"), Some(Origin::Default));
    }
}
