//! What people are asked: passwords and confirmations. A password is never an argument.

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::output::Output;
use crate::secret::Secret;

/// Where a new password comes from.
#[derive(Debug, Args)]
pub struct NewPasswordArguments {
    /// Have a password generated; it is shown once
    #[arg(long, group = "new_password")]
    generate: bool,
    /// A file with the new password (- for standard input); without it, it is asked for twice
    #[arg(long, value_name = "FILE", group = "new_password")]
    password_file: Option<PathBuf>,
}

/// Where a new password comes from, once it has been read.
#[derive(Debug)]
pub enum Chosen {
    /// This one.
    Password(Secret),
    /// One is to be generated.
    Generate,
}

impl NewPasswordArguments {
    /// Reads it from where the arguments say; asks twice on the terminal if they say nothing. `whose` is for the
    /// prompt.
    pub fn read(&self, whose: &str) -> Result<Chosen, Failure> {
        if self.generate {
            return Ok(Chosen::Generate);
        }
        if let Some(path) = &self.password_file {
            return password_from_file(path).map(Chosen::Password);
        }
        let first = password_from_terminal(&format!("New password of {whose}: "), "--password-file or --generate")?;
        let second = password_from_terminal("The same again: ", "--password-file or --generate")?;
        if first == second { Ok(Chosen::Password(first)) } else { Err(Failure::usage("the two passwords differ: nothing was changed")) }
    }
}

/// Asks for a password on the terminal; `instead` is what to use where there is none.
pub fn password_from_terminal(prompt: &str, instead: &str) -> Result<Secret, Failure> {
    let failure = |error: io::Error| {
        Failure::usage(format!("cannot ask for a password here: {error}")).with_remedy(format!("without a terminal, use {instead}"))
    };
    let typed = rpassword::prompt_password(prompt).map_err(failure)?;
    not_empty(Secret::new(typed.into_bytes()), "nothing was typed")
}

/// The password in `path`, or on standard input for `-`: all of it but one line end.
pub fn password_from_file(path: &Path) -> Result<Secret, Failure> {
    if path.as_os_str() == "-" {
        return password_from(io::stdin().lock(), "standard input");
    }
    let shown = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|error| Failure::usage(format!("cannot read the password from {shown}: {error}")))?;
    if let Some(warning) = file.metadata().ok().and_then(|metadata| mode_warning(metadata.mode(), &shown)) {
        Output::new(false).note(&warning);
    }
    password_from(file, &shown)
}

fn password_from(source: impl Read, shown: &str) -> Result<Secret, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_PASSWORD_FILE_BYTES + 1));
    source
        .take(MAX_PASSWORD_FILE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::usage(format!("cannot read the password from {shown}: {error}")))?;
    if bytes.len() > MAX_PASSWORD_FILE_BYTES {
        return Err(Failure::usage(format!("{shown} is longer than a password can be ({MAX_PASSWORD_FILE_BYTES} bytes)")));
    }
    // Editors and echo end a file with one line end, which is not part of the password; anything further is.
    let password = bytes.strip_suffix(b"\n").map_or(&bytes[..], |line| line.strip_suffix(b"\r").unwrap_or(line));
    if std::str::from_utf8(password).is_err() {
        return Err(Failure::usage(format!("the password in {shown} is not UTF-8")));
    }
    not_empty(Secret::new(password), &format!("there is no password in {shown}"))
}

fn not_empty(password: Secret, otherwise: &str) -> Result<Secret, Failure> {
    if password.is_empty() { Err(Failure::usage(otherwise)) } else { Ok(password) }
}

fn mode_warning(mode: u32, shown: &str) -> Option<String> {
    let is_file = mode & 0o170_000 == 0o100_000;
    (is_file && mode & 0o077 != 0).then(|| format!("warning: others can read {shown} (mode {:04o}): chmod 600 {shown}", mode & 0o7777))
}

/// Asks whether to go on, unless `yes` says so already. Without a terminal there must be a `--yes`.
pub fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(format!("there is no terminal to ask on: {question}")).with_remedy("add --yes if so"));
    }
    write!(io::stderr(), "{question} [y/N] ")?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::refused("nothing was changed")),
    }
}

/// Bytes of the longest password file: far more than the longest password (128 characters).
const MAX_PASSWORD_FILE_BYTES: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_is_taken_off_and_nothing_else() {
        for (content, password) in [
            ("correct horse\n", "correct horse"),
            ("correct horse\r\n", "correct horse"),
            ("correct horse", "correct horse"),
            ("two\n\n", "two\n"),
            (" blanks stay \n", " blanks stay "),
            ("\tété\r", "\tété\r"),
        ] {
            assert_eq!(password_from(content.as_bytes(), "x").unwrap().expose(), password.as_bytes(), "{content:?}");
        }
        for content in [&b""[..], b"\n", b"\xff\xfe\n", &[b'a'; MAX_PASSWORD_FILE_BYTES + 1]] {
            let failure = password_from(content, "x").unwrap_err();
            assert_eq!(failure.kind.exit_code(), 2);
        }
    }

    #[test]
    fn a_password_file_that_others_can_read_is_warned_of() {
        for (mode, warned) in
            [(0o100_600, false), (0o100_400, false), (0o100_640, true), (0o100_604, true), (0o100_666, true), (0o010_666, false)]
        {
            assert_eq!(mode_warning(mode, "x").is_some(), warned, "{mode:o}");
        }
    }

    #[test]
    fn deleting_without_a_terminal_needs_a_yes() {
        assert!(confirm("Delete?", true).is_ok());
        if !io::stdin().is_terminal() {
            assert_eq!(confirm("Delete?", false).unwrap_err().kind.exit_code(), 2);
        }
    }
}
