//! The configuration file that `bindery init` writes: the commented default, with what was asked for filled in.

use std::path::Path;

use super::failure::Failure;
use super::init_place::InstallationPlace;

/// A setting of the file: its section, its name, and its value as TOML.
pub type ConfigLine = (&'static str, &'static str, String);

/// What every configuration has.
pub struct ConfigBasics<'a> {
    pub suffix: &'a str,
    pub organisation: &'a str,
    pub certificate: &'a Path,
    pub key: &'a Path,
}

/// The file's text: the suffix, the organisation, the certificate, in a private place where everything is, and `more`.
pub fn text(place: &InstallationPlace, basics: &ConfigBasics<'_>, more: Vec<ConfigLine>) -> Result<String, Failure> {
    let ConfigBasics { suffix, organisation, certificate, key } = *basics;
    let mut text = DEFAULT.to_owned();
    let mut settings = vec![
        ("directory", "suffix", quoted(suffix)?),
        ("directory", "organisation", quoted(organisation)?),
        ("tls", "certificate", quoted_path(certificate)?),
        ("tls", "key", quoted_path(key)?),
    ];
    if let Some(directory) = &place.private {
        settings.extend([
            ("ldap", "listen", "[\"127.0.0.1:3890\"]".to_owned()),
            ("ldap", "tls_listen", "[\"127.0.0.1:6360\"]".to_owned()),
            ("ldap", "socket", quoted_path(&directory.join("ldapi"))?),
            ("store", "path", quoted_path(&place.store())?),
        ]);
    }
    for (section, key, value) in settings.into_iter().chain(more) {
        text = set(&text, section, key, &value).ok_or_else(|| Failure::refused(format!("the default file has no {section}.{key}")))?;
    }
    Ok(text)
}

/// `text` with `key = value` in place of the line of `[section]` that has the key commented out. `None` without such a
/// line.
fn set(text: &str, section: &str, key: &str, value: &str) -> Option<String> {
    let header = format!("[{section}]");
    let mut inside = false;
    let mut done = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line.trim_end() == header;
        }
        let named = line.trim_start_matches(['#', ' ']).split_once('=').is_some_and(|(name, _)| name.trim_end() == key);
        if inside && !done && named {
            lines.push(format!("{key} = {value}"));
            done = true;
        } else {
            lines.push(line.to_owned());
        }
    }
    done.then(|| lines.join("\n") + "\n")
}

/// `text` as a TOML basic string, which JSON's strings are but for DEL.
pub fn quoted(text: &str) -> Result<String, Failure> {
    if text.chars().any(char::is_control) {
        return Err(Failure::usage(format!("{text:?} has control characters in it")));
    }
    Ok(serde_json::Value::from(text).to_string())
}

/// `path` as a TOML string.
pub fn quoted_path(path: &Path) -> Result<String, Failure> {
    let text = path.to_str().ok_or_else(|| Failure::usage(format!("{} is not UTF-8", path.display())))?;
    quoted(text)
}

const DEFAULT: &str = include_str!("../../config/bindery.toml");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Sources};

    #[test]
    fn the_file_says_what_was_asked_for_and_keeps_its_comments() {
        let directory = tempfile::tempdir().unwrap();
        let place = InstallationPlace::new(Some(directory.path())).unwrap();
        let names = ("dc=test", "A \"B\" \\ é");
        let (certificate, key) = (Path::new("/x/c.pem"), Path::new("/x/k.pem"));
        let basics = ConfigBasics { suffix: names.0, organisation: names.1, certificate, key };
        let text = text(&place, &basics, Vec::new()).unwrap();
        let file = directory.path().join("x.toml");
        std::fs::write(&file, &text).unwrap();
        let config = config::load(&Sources { file: Some(file), ..Sources::default() }).config;
        assert_eq!((config.directory.suffix.as_str(), config.directory.organisation.as_str()), names);
        assert_eq!(config.store.path, place.store());
        assert_eq!(config.tls.key.as_deref(), Some(Path::new("/x/k.pem")));
        assert_eq!(config.ldap.listen, ["127.0.0.1:3890".parse().unwrap()]);
        assert_eq!(
            text.lines().filter(|line| line.starts_with('#')).count() + 8,
            DEFAULT.lines().filter(|line| line.starts_with('#')).count()
        );
    }

    #[test]
    fn a_key_is_set_in_its_own_section() {
        let text = "[a]\n#path = 1\n[b]\n# path of it\n#path = 2\n";
        assert_eq!(set(text, "b", "path", "3").unwrap(), "[a]\n#path = 1\n[b]\n# path of it\npath = 3\n");
        assert_eq!(set(text, "c", "path", "3"), None);
        assert!(quoted("a\nb").is_err());
    }
}
