//! Where a demonstration keeps its files, and the certificate among them.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::{certificate, own_directory};
use crate::domain::dn::Dn;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::domain::tree::Tree;
use crate::secret;

/// The directory of a demonstration; a temporary one is removed with all that is in it when this is dropped.
#[derive(Debug)]
pub struct DemoPlace {
    path: PathBuf,
    temporary: bool,
}

impl DemoPlace {
    /// `kept`, or a temporary directory; made if it is not there, for this user alone.
    ///
    /// # Errors
    /// If it cannot be made, or somebody else can change what is in it.
    pub fn new(kept: Option<PathBuf>) -> anyhow::Result<DemoPlace> {
        let temporary = kept.is_none();
        let path = kept.unwrap_or_else(|| std::env::temp_dir().join(format!("bindery-demo-{:016x}", secret::random_u64())));
        // A temporary one is nobody's yet.
        let made = DirBuilder::new().recursive(!temporary).mode(0o700).create(&path);
        made.with_context(|| format!("{} cannot be made: name a directory that you may write to with --dir", path.display()))?;
        own_directory::check(&path, None).with_context(|| format!("{} is not used", path.display()))?;
        let path = path.canonicalize()?;
        Ok(DemoPlace { path, temporary })
    }

    /// The file `name` in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes the certificate, its key and the authority that clients trust (`ca.pem`), if they are not there.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_certificate(&self, now: UnixTime) -> anyhow::Result<()> {
        if self.path("ca.pem").exists() {
            return Ok(());
        }
        let made = certificate::generate(&names(), now)?;
        write_private(&self.path("key.pem"), made.key.expose())?;
        write_private(&self.path("certificate.pem"), made.chain.as_bytes())?;
        // Last: its presence says that the others are there.
        write_private(&self.path("ca.pem"), made.authority.as_bytes())?;
        Ok(())
    }
}

impl Drop for DemoPlace {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::warn!(%error, path = %self.path.display(), "the temporary directory stays");
        }
    }
}

/// Writes a new file; one that an earlier run has left unfinished goes, and is never written through if it is a link.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(bytes)
}

/// What clients on this machine may call it.
fn names() -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
    if !host.is_empty() && Dn::parse(&format!("cn={host}")).is_ok() {
        let hosts = fs::read_to_string("/etc/hosts").unwrap_or_default();
        names.extend(qualified(&hosts, &host));
        names.push(host);
    }
    names.sort();
    names.dedup();
    names
}

/// The fully qualified names of `host` in a hosts(5) file.
fn qualified(hosts: &str, host: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in hosts.lines() {
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().skip(1).collect();
        if words.contains(&host) {
            found.extend(words.iter().filter(|word| word.contains('.')).map(|word| (*word).to_owned()));
        }
    }
    found
}

/// `example.org` for `dc=example,dc=org`; `example.org` too for a suffix without dc.
pub fn mail_domain(tree: &Tree) -> String {
    let labels: Vec<&str> = tree.suffix().rdns().iter().filter_map(|rdn| rdn.value_of(&[Attribute::Dc])).collect();
    if labels.is_empty() { MAIL_DOMAIN.to_owned() } else { labels.join(".") }
}

/// What follows the `@` of addresses that nothing else is known of.
pub const MAIL_DOMAIN: &str = "example.org";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_not_written_through_and_a_directory_of_others_not_used() {
        let place = tempfile::tempdir().unwrap();
        let (foreign, kept) = (place.path().join("foreign"), place.path().join("kept"));
        fs::write(&foreign, "theirs").unwrap();
        let demo = DemoPlace::new(Some(kept.clone())).unwrap();
        for name in ["key.pem", "certificate.pem", "ca.pem"] {
            // None leads to a file, so that it is not taken for one that is there.
            let leads_to = if name == "ca.pem" { kept.join("none") } else { foreign.clone() };
            std::os::unix::fs::symlink(leads_to, demo.path(name)).unwrap();
        }
        demo.write_certificate(UnixTime::from_secs(1_795_338_000)).unwrap();
        assert_eq!(fs::read_to_string(&foreign).unwrap(), "theirs");
        assert!(["key.pem", "certificate.pem", "ca.pem"].iter().all(|name| demo.path(name).symlink_metadata().unwrap().is_file()));
        fs::set_permissions(&kept, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
        assert!(DemoPlace::new(Some(kept)).is_err());
    }

    #[test]
    fn fully_qualified_names_come_from_the_hosts_file() {
        let hosts = "127.0.0.1 localhost\n# 10.0.0.1 bad.example.org mill\n10.0.0.2 mill.example.org mill # the mill\n10.0.0.3 other.example.org other\n";
        assert_eq!(qualified(hosts, "mill"), ["mill.example.org"]);
    }
}
