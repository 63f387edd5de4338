//! The mails that a daemon wrote into a directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// A directory of mails, and how many of them have been read.
pub struct Mails {
    directory: PathBuf,
    read: usize,
}

/// A mail as its reader sees it.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The file's name without its number: `reset-link`, `generated-password`, `password-notice`.
    pub kind: String,
    /// The header, with folded lines as one.
    pub header: String,
    /// The part that is plain text, decoded.
    pub text: String,
    /// The part that is HTML, decoded.
    pub html: String,
    /// As it is in the file.
    pub source: String,
}

impl Mails {
    /// Those of `directory`, from the first on.
    pub fn of(directory: &Path) -> Mails {
        Mails { directory: directory.to_owned(), read: 0 }
    }

    /// The next mail; waits for it.
    ///
    /// # Panics
    /// If none comes in time.
    pub fn next(&mut self) -> Mail {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(path) = self.files().get(self.read) {
                self.read += 1;
                return mail(path);
            }
            assert!(Instant::now() < end, "no mail after {PATIENCE:?}; there are {:?}", self.files());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The next mail, which must be a `kind`.
    pub fn expect_kind(&mut self, kind: &str) -> Mail {
        let mail = self.next();
        assert_eq!(mail.kind, kind, "{}", mail.source);
        mail
    }

    /// The next mail, which must be a `kind` for `address`.
    pub fn expect(&mut self, kind: &str, address: &str) -> Mail {
        let mail = self.expect_kind(kind);
        assert_eq!(mail.recipients(), [address], "{}", mail.source);
        mail
    }

    /// How many there are that have not been read.
    pub fn unread(&self) -> usize {
        self.files().len() - self.read
    }

    fn files(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(&self.directory) else { return Vec::new() };
        let mut files: Vec<PathBuf> =
            entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|it| it == "eml")).collect();
        files.sort();
        files
    }
}

impl Mail {
    /// The link whose path begins with `/KIND/`: `r` to set a password, `n` for "this was not me".
    pub fn link(&self, kind: &str) -> String {
        self.links(kind).first().unwrap_or_else(|| panic!("no link /{kind}/ in {}", self.text)).clone()
    }

    /// All such links.
    pub fn links(&self, kind: &str) -> Vec<String> {
        let words = self.text.split_whitespace().filter(|word| word.starts_with("http") && word.contains(&format!("/{kind}/")));
        words.map(str::to_owned).collect()
    }

    /// The token of that link.
    pub fn token(&self, kind: &str) -> String {
        self.link(kind).rsplit('/').next().unwrap().to_owned()
    }

    /// The generated password: four groups of five, on a line of its own.
    pub fn password(&self) -> String {
        let group = |group: &str| group.len() == 5 && group.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let is_password = |line: &&str| line.len() == 23 && line.split('-').count() == 4 && line.split('-').all(group);
        self.text.lines().map(str::trim).find(is_password).unwrap_or_else(|| panic!("no password in {}", self.text)).to_owned()
    }

    /// The value of the header line `name`.
    pub fn line(&self, name: &str) -> Option<&str> {
        let mut lines = self.header.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(line, _)| line.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// All addresses that the header sends it to.
    pub fn recipients(&self) -> Vec<String> {
        let lines = self.header.lines().filter_map(|line| line.split_once(':'));
        let to = lines.filter(|(name, _)| ["to", "cc", "bcc", "resent-to"].contains(&name.to_lowercase().as_str()));
        to.flat_map(|(_, value)| value.split(',').map(address)).collect()
    }
}

/// `a@b` of `Name <a@b>`.
fn address(mailbox: &str) -> String {
    let bare = mailbox.rsplit_once('<').map_or(mailbox, |(_, rest)| rest.trim_end().trim_end_matches('>'));
    bare.trim().to_owned()
}

/// Reads the file `NNN-kind.eml`.
fn mail(path: &Path) -> Mail {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let kind = name.split_once('-').unwrap_or_else(|| panic!("{name} has no number")).1.to_owned();
    read(kind, &fs::read_to_string(path).unwrap())
}

/// What is in `source`, a whole multipart/alternative mail (RFC 2046 §5.1.4).
pub fn read(kind: String, source: &str) -> Mail {
    let source = source.replace("\r\n", "\n");
    let (header, body) = source.split_once("\n\n").expect("a header and a body");
    let header = header.replace("\n ", " ").replace("\n\t", " ");
    let boundary = header.split("boundary=\"").nth(1).expect("a boundary").split('"').next().unwrap().to_owned();
    let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
    let part = |kind: &str| {
        let found = parts.iter().find(|part| part.contains(kind)).unwrap_or_else(|| panic!("no part {kind}"));
        let (header, content) = found.trim_start().split_once("\n\n").unwrap_or_else(|| panic!("a part without content: {found}"));
        if header.to_lowercase().contains("quoted-printable") { unquoted(content) } else { content.to_owned() }
    };
    Mail { kind, text: part("text/plain"), html: part("text/html"), header, source: source.clone() }
}

/// Decodes quoted-printable (RFC 2045 §6.7).
fn unquoted(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'=' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// How long a mail may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
