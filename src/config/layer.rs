//! The layers that settings come from: the file, the environment, the flags; and where each setting was set.

use std::collections::BTreeMap;
use std::path::Path;

use figment::value::{Dict, Value};

use super::Config;
use super::lines::{line_of, lines};
use super::problem::{Origin, Problem, Severity};

/// One source of settings: its values, and where each of its keys was set.
#[derive(Default)]
pub(super) struct Layer {
    pub(super) values: Dict,
    origins: BTreeMap<String, Origin>,
}

impl Layer {
    /// The settings in the file at `path`; none if it cannot be read as TOML, which is written down.
    pub(super) fn of_file(path: &Path, problems: &mut Vec<Problem>) -> Option<Layer> {
        let problem = |line, what, remedy: &str| Problem {
            severity: Severity::Error,
            origin: Origin::File(path.to_owned(), line),
            key: String::new(),
            what,
            remedy: remedy.to_owned(),
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                problems.push(problem(
                    1,
                    format!("cannot be read: {error}"),
                    "make it readable for the daemon's user, or name another with --config",
                ));
                return None;
            }
        };
        match toml::from_str::<Dict>(&text) {
            Ok(values) => {
                let origins = lines(&text).into_iter().map(|(key, line)| (key, Origin::File(path.to_owned(), line))).collect();
                Some(Layer { values, origins })
            }
            Err(error) => {
                let line = line_of(&text, error.span().map_or(0, |span| span.start));
                problems.push(problem(line, error.message().to_owned(), "write it as TOML: key = value, text in double quotes"));
                None
            }
        }
    }

    /// `BINDERY_THROTTLE__ENABLED=false` is `throttle.enabled = false`: two underscores stand for the dot.
    pub(super) fn of_environment(environment: &[(String, String)], problems: &mut Vec<Problem>) -> Layer {
        let mut layer = Layer::default();
        for (name, value) in environment {
            let Some(rest) = name.strip_prefix(PREFIX) else { continue };
            let key = rest.to_lowercase().replace("__", ".");
            if key.contains('.') {
                layer.origins.insert(key.clone(), Origin::Variable(name.clone()));
                insert(&mut layer.values, &key, parse(value));
            } else if let Some(meant) = settings_named(&key) {
                problems.push(Problem {
                    severity: Severity::Error,
                    origin: Origin::Variable(name.clone()),
                    key: String::new(),
                    what: "is no setting".to_owned(),
                    remedy: format!("write {PREFIX}{}, with two underscores for the dot", meant.to_uppercase().replace('.', "__")),
                });
            }
        }
        layer
    }

    /// The settings that flags give.
    pub(super) fn of_flags(flags: &[(String, String)]) -> Layer {
        let mut layer = Layer::default();
        for (key, value) in flags {
            layer.origins.insert(key.clone(), Origin::Flag(key.clone()));
            insert(&mut layer.values, key, parse(value));
        }
        layer
    }
}

/// The setting that a variable with single underscores must mean, if it names one.
fn settings_named(flat: &str) -> Option<String> {
    known_keys().into_iter().find(|known| known.replace('.', "_") == flat)
}

/// Every key there is, sections too, dotted.
pub(super) fn known_keys() -> Vec<String> {
    fn walk(dict: &Dict, above: &str, keys: &mut Vec<String>) {
        for (key, value) in dict {
            let name = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
            keys.push(name.clone());
            if let Value::Dict(_, inner) = value {
                walk(inner, &name, keys);
            }
        }
    }
    let mut keys = Vec::new();
    walk(&dict_of(&Config::default()), "", &mut keys);
    keys
}

/// A configuration as figment holds it.
pub(super) fn dict_of(config: &Config) -> Dict {
    Value::serialize(config).ok().and_then(Value::into_dict).unwrap_or_default()
}

/// Removes what is at `path` (or holds it, if it is within a list) from the strongest layer that has it.
pub(super) fn take_out(layers: &mut [Layer], path: &[String]) -> Option<(String, Origin)> {
    for length in (1..=path.len()).rev() {
        for layer in layers.iter_mut().rev() {
            if remove(&mut layer.values, &path[..length]) {
                let key = path[..length].join(".");
                let origin = layer.origins.get(&key).cloned().unwrap_or(Origin::Default);
                return Some((key, origin));
            }
        }
    }
    None
}

/// Where `key` comes from: the strongest layer that has it.
pub(super) fn origin_of(layers: &[Layer], key: &str) -> Origin {
    let path: Vec<String> = key.split('.').map(str::to_owned).collect();
    let holder = layers.iter().rev().find(|layer| holds(&layer.values, &path));
    holder.and_then(|layer| layer.origins.get(key).cloned()).unwrap_or(Origin::Default)
}

/// A number, a truth value, a list or a text, as figment reads variables.
fn parse(value: &str) -> Value {
    match value.parse() {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

fn holds(dict: &Dict, path: &[String]) -> bool {
    match path {
        [] => false,
        [name] => dict.contains_key(name),
        [name, rest @ ..] => matches!(dict.get(name), Some(Value::Dict(_, inner)) if holds(inner, rest)),
    }
}

fn remove(dict: &mut Dict, path: &[String]) -> bool {
    match path {
        [] => false,
        [name] => dict.remove(name).is_some(),
        [name, rest @ ..] => match dict.get_mut(name) {
            Some(Value::Dict(_, inner)) => remove(inner, rest),
            _ => false,
        },
    }
}

fn insert(dict: &mut Dict, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            dict.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let inner = dict.entry(section.to_owned()).or_insert_with(|| Value::from(Dict::new()));
            if !matches!(inner, Value::Dict(..)) {
                *inner = Value::from(Dict::new());
            }
            if let Value::Dict(_, inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// What every variable of ours begins with.
const PREFIX: &str = "BINDERY_";
