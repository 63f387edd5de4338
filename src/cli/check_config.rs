//! `bindery check-config`.

use std::path::PathBuf;

use serde_json::json;

use super::failure::Failure;
use super::output::Output;
use crate::config::{self, Loaded, Problem, Severity, Sources};
use crate::server;

/// What `check-config` takes.
#[derive(Debug, clap::Args)]
pub struct CheckConfigArguments {
    /// Configuration file
    #[arg(long, value_name = "FILE", default_value = super::DEFAULT_CONFIG)]
    config: PathBuf,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

impl CheckConfigArguments {
    /// Whether scripts read the output.
    pub fn json(&self) -> bool {
        self.json
    }
}

/// Shows every setting with where it comes from, and every problem; refuses if the daemon would not start.
pub fn run(arguments: CheckConfigArguments) -> Result<(), Failure> {
    let output = Output::new(arguments.json);
    let path = arguments.config.display().to_string();
    let loaded = with_texts(config::load(&Sources::of_process(Some(arguments.config), Vec::new())));
    output.result(&to_json(&loaded), &to_text(&loaded))?;
    let errors = loaded.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    match errors {
        0 => Ok(()),
        1 => Err(Failure::refused(format!("the daemon does not start with {path}: one error"))),
        _ => Err(Failure::refused(format!("the daemon does not start with {path}: {errors} errors"))),
    }
}

/// With what is wrong with the organisation's own texts, which the settings only name. What keeps the directory from being
/// read is among the problems already.
fn with_texts(mut loaded: Loaded) -> Loaded {
    let named = loaded.settings.iter().find(|setting| setting.key == TEXTS).map(|setting| setting.origin.clone());
    if let (Some(origin), Err(error)) = (named, server::texts(&loaded.config))
        && !loaded.problems.iter().any(|problem| problem.key == TEXTS)
    {
        let text = error.to_string();
        let (what, remedy) = text.rsplit_once("; ").unwrap_or((&text, "see the texts that are shipped"));
        let (what, remedy) = (what.to_owned(), remedy.to_owned());
        loaded.problems.push(Problem { severity: Severity::Error, origin, key: TEXTS.to_owned(), what, remedy });
    }
    loaded
}

fn to_text(loaded: &Loaded) -> String {
    let names = loaded.settings.iter().map(|setting| setting.key.len()).max().unwrap_or(0);
    let values = loaded.settings.iter().map(|setting| setting.value.chars().count()).max().unwrap_or(0).min(VALUE_CHARS);
    let mut text = String::new();
    for setting in &loaded.settings {
        let value = if setting.value.is_empty() { "(not set)" } else { &setting.value };
        text.push_str(&format!("{:<names$} = {value:<values$}  # {}\n", setting.key, setting.origin));
    }
    if loaded.problems.is_empty() {
        text.push_str("\nNo problems.\n");
    } else {
        text.push('\n');
        loaded.problems.iter().for_each(|problem| text.push_str(&format!("{problem}\n")));
    }
    text
}

fn to_json(loaded: &Loaded) -> serde_json::Value {
    let settings: Vec<_> = loaded
        .settings
        .iter()
        .map(|setting| json!({"key": setting.key, "value": setting.value, "origin": setting.origin.to_string()}))
        .collect();
    json!({"settings": settings, "problems": loaded.problems.iter().map(problem_json).collect::<Vec<_>>()})
}

fn problem_json(problem: &Problem) -> serde_json::Value {
    let severity = match problem.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    json!({"severity": severity, "origin": problem.origin.to_string(), "key": problem.key, "problem": problem.what, "remedy": problem.remedy})
}

/// The setting that names the organisation's own texts.
const TEXTS: &str = "web.texts";

/// Characters of the widest column of values; longer ones push what follows.
const VALUE_CHARS: usize = 36;

/// Shown below the help.
pub const EXAMPLES: &str = "Examples:\n  \
    bindery check-config\n  \
    bindery check-config --config ./bindery.toml --json";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (Loaded, Result<(), Failure>) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("bindery.toml");
        std::fs::write(&path, text).unwrap();
        let loaded = config::load(&Sources { file: Some(path.clone()), ..Sources::default() });
        (loaded, run(CheckConfigArguments { config: path, json: false }))
    }

    #[test]
    fn every_problem_is_shown_with_its_place_and_remedy() {
        let (loaded, done) = check("[ldap]\nlissten = [\"127.0.0.1:389\"]\n[passwords]\nminimum = \"many\"\n");
        assert_eq!(done.unwrap_err().kind.exit_code(), 1);
        let text = to_text(&loaded);
        assert!(text.contains("bindery.toml:2: error: ldap.lissten") && text.contains("did you mean ldap.listen?"), "{text}");
        assert!(text.contains("bindery.toml:4: error: passwords.minimum"), "{text}");
        let problems = to_json(&loaded)["problems"].as_array().unwrap().len();
        assert_eq!(problems, loaded.problems.len());
    }

    #[test]
    fn texts_that_cannot_be_used_are_a_problem_of_their_setting() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("en.ftl"), "pages-sent-weit = Wait.\n").unwrap();
        let (_, done) = check(&format!("[web]\ntexts = {:?}\n", directory.path()));
        assert_eq!(done.unwrap_err().kind.exit_code(), 1);
        let sources =
            |texts: &std::path::Path| Sources { flags: vec![(TEXTS.to_owned(), texts.display().to_string())], ..Sources::default() };
        let text = to_text(&with_texts(config::load(&sources(directory.path()))));
        assert!(text.contains("--set web.texts: error: web.texts: ") && text.contains("pages-sent-wait"), "{text}");
        std::fs::write(directory.path().join("en.ftl"), "pages-sent-wait = Wait.\n").unwrap();
        let problems = with_texts(config::load(&sources(directory.path()))).problems;
        assert!(problems.iter().all(|problem| problem.key != TEXTS), "{problems:?}");
    }

    #[test]
    fn settings_say_where_they_come_from() {
        let (loaded, _) = check("[directory]\nsuffix = \"dc=test\"\n");
        let text = to_text(&loaded);
        let line = text.lines().find(|line| line.starts_with("directory.suffix")).unwrap();
        assert!(line.contains("\"dc=test\"") && line.ends_with("bindery.toml:2"), "{line}");
        assert!(text.lines().any(|line| line.starts_with("ldap.socket") && line.ends_with("# default")), "{text}");
    }
}
