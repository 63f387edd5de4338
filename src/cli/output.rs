//! Standard output and standard error: the only place of the command line that writes there.

use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::failure::{Failure, FailureKind, code_name};
use crate::domain::writing::misleads;
use crate::secret::Secret;

/// How results are shown: for people or for scripts.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
}

impl Output {
    /// For scripts if `json`.
    pub fn new(json: bool) -> Output {
        Output { json }
    }

    /// Shows one result: `value` to scripts, `text` to people.
    pub fn result(self, value: &Value, text: &str) -> Result<(), Failure> {
        if self.json { self.text(&value.to_string()) } else { self.text(text) }
    }

    /// Says that the entry `dn` was changed: `done` is a participle ("added"), `whom` a noun and a name.
    pub fn done(self, done: &str, whom: &str, dn: &str) -> Result<(), Failure> {
        self.result(&json!({"done": done, "dn": dn}), &printable(&format!("{done} {whom} ({dn})")))
    }

    /// The same, and shows the one `secret` that was made: this is the only time anybody sees it. `key` is its name
    /// for scripts ("password").
    pub fn done_with_secret(self, done: &str, whom: &str, dn: &str, key: &str, secret: &Secret) -> Result<(), Failure> {
        let secret = String::from_utf8_lossy(secret.expose());
        let mut value = json!({"done": done, "dn": dn});
        value[key] = json!(secret);
        let text =
            printable(&format!("{done} {whom}\n\n  DN:       {dn}\n  Password: {secret}\n\nIt is shown this once, and kept nowhere."));
        self.result(&value, &text)
    }

    /// Writes `text` and a line end.
    pub fn text(self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", text.trim_end_matches('\n'))?;
        Ok(out.flush()?)
    }

    /// Writes `bytes` as they are.
    pub fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        Ok(out.flush()?)
    }

    /// Says something that is not the result: on standard error, to people and scripts alike.
    pub fn note(self, text: &str) {
        // Nobody can be told that standard error is closed.
        let _ = writeln!(io::stderr(), "bindery: {text}");
    }

    /// Says what went wrong, and gives the exit code for it.
    pub fn failure(self, failure: &Failure) -> ExitCode {
        if failure.kind != FailureKind::Hangup {
            let text = if self.json { failure_json(failure).to_string() } else { failure_text(failure) };
            let _ = writeln!(io::stderr(), "{text}");
        }
        ExitCode::from(failure.kind.exit_code())
    }
}

fn failure_text(failure: &Failure) -> String {
    let problem = printable(&failure.problem);
    match &failure.remedy {
        Some(remedy) => format!("bindery: {problem}\n  {remedy}"),
        None => format!("bindery: {problem}"),
    }
}

fn failure_json(failure: &Failure) -> Value {
    json!({
        "error": failure.problem,
        "remedy": failure.remedy,
        "code": failure.code,
        "code_name": failure.code.map(code_name),
    })
}

/// `text` without anything that a terminal would obey: what is in a directory was typed by others.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if misleads(c) && c != '\n' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// A list that is shown while it arrives: a JSON array for scripts, aligned columns for people.
pub struct OutputList {
    output: Output,
    titles: &'static [&'static str],
    /// Rows that are held back to find the widths; none any more once those are known.
    held: Vec<Vec<String>>,
    widths: Option<Vec<usize>>,
    shown: usize,
}

impl OutputList {
    /// An empty list with these column titles.
    pub fn new(output: Output, titles: &'static [&'static str]) -> OutputList {
        OutputList { output, titles, held: Vec::new(), widths: None, shown: 0 }
    }

    /// Adds an entry: `value` for scripts, `row` for people.
    pub fn push(&mut self, value: &Value, row: Vec<String>) -> Result<(), Failure> {
        self.shown += 1;
        if self.output.json {
            let before = if self.shown == 1 { "[\n" } else { ",\n" };
            return self.output.bytes(format!("{before}{value}").as_bytes());
        }
        self.held.push(row.iter().map(|cell| printable(cell).replace('\n', " ")).collect());
        if self.widths.is_some() || self.held.len() >= HELD_ROWS { self.show_held() } else { Ok(()) }
    }

    /// Ends the list; `nothing` is said to people if it is empty.
    pub fn finish(mut self, nothing: &str) -> Result<(), Failure> {
        match (self.output.json, self.shown) {
            (true, 0) => self.output.text("[]"),
            (true, _) => self.output.text("\n]"),
            (false, 0) => {
                self.output.note(nothing);
                Ok(())
            }
            (false, _) => self.show_held(),
        }
    }

    fn show_held(&mut self) -> Result<(), Failure> {
        let mut text = String::new();
        let widths = match self.widths.take() {
            Some(widths) => widths,
            None => {
                let titles: Vec<String> = self.titles.iter().map(|title| (*title).to_owned()).collect();
                let widths = widths(&titles, &self.held);
                text.push_str(&aligned(&titles, &widths));
                widths
            }
        };
        for row in self.held.drain(..) {
            text.push_str(&aligned(&row, &widths));
        }
        self.widths = Some(widths);
        if text.is_empty() { Ok(()) } else { self.output.bytes(text.as_bytes()) }
    }
}

fn widths(titles: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let cell = |row: &[String], column: usize| row.get(column).map_or(0, |cell| cell.chars().count());
    (0..titles.len())
        .map(|column| rows.iter().map(|row| cell(row, column)).fold(cell(titles, column), usize::max).min(COLUMN_CHARS))
        .collect()
}

fn aligned(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
    format!("{}\n", cells.join("  ").trim_end())
}

/// Rows whose widths set those of all that follow.
const HELD_ROWS: usize = 200;
/// Characters of the widest column; a longer cell pushes the rest of its own row.
const COLUMN_CHARS: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_characters() {
        let rows = vec![vec!["zoé".to_owned(), "x".to_owned()], vec!["louisem".to_owned(), "y".to_owned()]];
        let titles = ["LOGIN".to_owned(), "TEAM".to_owned()];
        let widths = widths(&titles, &rows);
        assert_eq!(widths, [7, 4]);
        assert_eq!(aligned(&rows[0], &widths), "zoé      x\n");
    }

    #[test]
    fn what_a_terminal_would_obey_is_taken_out() {
        assert_eq!(printable("a\u{1b}[31mb\u{9b}c\nd"), "a\u{fffd}[31mb\u{fffd}c\nd");
    }

    #[test]
    fn a_failure_for_scripts_has_stable_names() {
        let failure = Failure { code: Some(50), ..Failure::refused("no") };
        assert_eq!(failure_json(&failure), json!({"error": "no", "remedy": null, "code": 50, "code_name": "insufficientAccessRights"}));
    }
}
