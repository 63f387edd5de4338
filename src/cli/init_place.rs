//! Where `bindery init` puts things, to whom they belong, and what to do next there.

use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::own_directory;

/// The paths of one installation.
#[derive(Debug)]
pub struct InstallationPlace {
    /// The configuration file.
    pub config: PathBuf,
    /// The data directory.
    pub data: PathBuf,
    /// The directory of the certificate.
    tls: PathBuf,
    /// A directory of its own, with ports and a socket of its own.
    pub private: Option<PathBuf>,
    /// The user and group that the daemon runs as, if root installs for it.
    daemon: Option<(u32, u32)>,
    root: bool,
}

impl InstallationPlace {
    /// The system's place, or a private one in `directory`.
    pub fn new(directory: Option<&Path>) -> Result<InstallationPlace, Failure> {
        let root = runs_as_root()?;
        let Some(directory) = directory else {
            let daemon = if root { std::fs::read_to_string("/etc/passwd").ok().and_then(|text| user(&text)) } else { None };
            let etc = Path::new(super::DEFAULT_CONFIG).parent().unwrap_or(Path::new("/")).to_owned();
            return Ok(InstallationPlace {
                config: super::DEFAULT_CONFIG.into(),
                data: "/var/lib/bindery".into(),
                tls: etc.join("tls"),
                private: None,
                daemon,
                root,
            });
        };
        let directory = std::path::absolute(directory).map_err(|error| cannot("use", directory, &error))?;
        Ok(InstallationPlace {
            config: directory.join("bindery.toml"),
            data: directory.join("data"),
            tls: directory.join("tls"),
            private: Some(directory),
            daemon: None,
            root,
        })
    }

    /// The authority's certificate.
    pub fn authority(&self) -> PathBuf {
        self.tls.join("ca.pem")
    }

    /// The server's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.tls.join("certificate.pem")
    }

    /// The server's private key.
    pub fn key(&self) -> PathBuf {
        self.tls.join("key.pem")
    }

    /// The file of the store.
    pub fn store(&self) -> PathBuf {
        self.data.join("bindery.redb")
    }

    /// Refuses if any of the files is there.
    pub fn refuse_to_overwrite(&self) -> Result<(), Failure> {
        for path in [self.config.clone(), self.store(), self.authority(), self.certificate(), self.key()] {
            if path.symlink_metadata().is_ok() {
                let failure = Failure::refused(format!("{} exists already: nothing was changed", path.display()));
                return Err(failure.with_remedy("move it away if it is not needed, or choose another place with --dir"));
            }
        }
        Ok(())
    }

    /// Makes the directories: the data directory is the daemon's alone.
    pub fn make_directories(&self) -> Result<(), Failure> {
        if let Some(directory) = &self.private {
            make_directory(directory, 0o700, None)?;
        }
        let etc = self.config.parent().unwrap_or(Path::new("/"));
        for (directory, mode) in [(etc, 0o750), (&self.tls, 0o750), (&self.data, 0o700)] {
            make_directory(directory, mode, self.daemon.map(|(user, _)| user))?;
        }
        let Some((user, group)) = self.daemon else { return Ok(()) };
        for (directory, owner) in [(etc, 0), (&self.tls, 0), (&self.data, user)] {
            chown(directory, Some(owner), Some(group)).map_err(|error| cannot("change the owner of", directory, &error))?;
        }
        Ok(())
    }

    /// Writes a new file, durably, and notes it in `files`; the daemon's group may read what others may not.
    pub fn write(&self, path: &Path, content: &[u8], mode: u32, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
        let cannot = |error| cannot("write", path, &error);
        // Without a daemon's group to read it, it is the owner's alone.
        let mode = if self.daemon.is_none() && mode & 0o004 == 0 { 0o600 } else { mode };
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(cannot)?;
        files.push(path.to_owned());
        file.write_all(content).map_err(cannot)?;
        if let Some((_, group)) = self.daemon {
            chown(path, None, Some(group)).map_err(cannot)?;
        }
        // The umask has no say in it.
        file.set_permissions(Permissions::from_mode(mode)).map_err(cannot)?;
        file.sync_all().map_err(cannot)
    }

    /// Gives what is in the data directory to the daemon's user.
    pub fn hand_over(&self, store: &Path) -> Result<(), Failure> {
        let Some((user, group)) = self.daemon else { return Ok(()) };
        chown(store, Some(user), Some(group)).map_err(|error| cannot("change the owner of", store, &error))
    }

    /// What to do next, for people.
    pub fn next_steps(&self, administrator: &str) -> String {
        let Some(directory) = &self.private else {
            return "What to do next:\n  \
                systemctl enable --now bindery     start it, now and at every boot\n  \
                bindery account list               see who is there (as root, without a password)\n  \
                bindery account add --help         add people, then teams, groups and service accounts\n"
                .to_owned();
        };
        let shown = directory.display();
        format!(
            "What to do next:\n  \
             bindery serve --config {shown}/bindery.toml\n  \
             bindery account list --config {shown}/bindery.toml\n  \
             LDAPTLS_CACERT={shown}/tls/ca.pem ldapwhoami -ZZ -H ldap://localhost:3890 -x -W -D {administrator}\n"
        )
    }

    /// What should be seen to before the daemon is started.
    pub fn warnings(&self) -> Vec<String> {
        if self.private.is_some() || !self.root || self.daemon.is_some() {
            return Vec::new();
        }
        vec![format!(
            "warning: there is no user bindery yet; once there is (systemd-sysusers), give it what was made: \
             chown -R bindery:bindery {data} && chgrp -R bindery {etc} && chmod g+r {config} {key}",
            data = self.data.display(),
            etc = self.config.parent().unwrap_or(Path::new("/")).display(),
            config = self.config.display(),
            key = self.key().display(),
        )]
    }
}

/// Whether root runs this. `/proc/self` belongs to whom the process runs as.
fn runs_as_root() -> Result<bool, Failure> {
    let metadata = std::fs::metadata("/proc/self").map_err(|error| cannot("read", Path::new("/proc/self"), &error))?;
    Ok(metadata.uid() == 0)
}

/// Makes `directory`, or takes one that is there and that nobody but root, this user and `also` can change.
fn make_directory(directory: &Path, mode: u32, also: Option<u32>) -> Result<(), Failure> {
    match DirBuilder::new().mode(mode).create(directory) {
        Ok(()) => Ok(()),
        // One that is there keeps its mode, but for the bits that would open it to others.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            own_directory::check(directory, also).map_err(|error| cannot("use", directory, &error))?;
            tighten(directory, mode)
        }
        Err(error) => {
            let failure = cannot("make", directory, &error);
            let remedy = "run it as root, or choose a place of your own with --dir";
            Err(if error.kind() == std::io::ErrorKind::PermissionDenied { failure.with_remedy(remedy) } else { failure })
        }
    }
}

fn tighten(directory: &Path, mode: u32) -> Result<(), Failure> {
    let act = || {
        let is = std::fs::metadata(directory)?.permissions().mode() & 0o7777;
        std::fs::set_permissions(directory, Permissions::from_mode(is & mode | mode & 0o700))
    };
    act().map_err(|error| cannot("protect", directory, &error))
}

/// User and group of the daemon in `/etc/passwd` (passwd(5)).
fn user(passwd: &str) -> Option<(u32, u32)> {
    let line = passwd.lines().find(|line| line.starts_with("bindery:"))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn cannot(act: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::refused(format!("cannot {act} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn directories_and_files_are_closed_to_others() {
        let above = tempfile::tempdir().unwrap();
        let place = InstallationPlace::new(Some(&above.path().join("new"))).unwrap();
        std::fs::create_dir_all(&place.data).unwrap();
        std::fs::set_permissions(&place.data, Permissions::from_mode(0o755)).unwrap();
        place.make_directories().unwrap();
        assert_eq!(mode(&place.data), 0o700);
        assert_eq!(mode(&place.tls), 0o750);
        let mut files = Vec::new();
        place.write(&place.key(), b"secret", 0o640, &mut files).unwrap();
        place.write(&place.authority(), b"public", 0o644, &mut files).unwrap();
        assert_eq!((mode(&place.key()), mode(&place.authority())), (0o600, 0o644));
        assert_eq!(files, [place.key(), place.authority()]);
    }

    #[test]
    fn a_directory_that_others_can_change_or_a_link_is_left_as_it_is() {
        let above = tempfile::tempdir().unwrap();
        let (foreign, shared) = (above.path().join("foreign"), above.path().join("shared"));
        std::fs::create_dir(&foreign).unwrap();
        std::fs::set_permissions(&foreign, Permissions::from_mode(0o755)).unwrap();
        std::fs::create_dir(&shared).unwrap();
        std::fs::set_permissions(&shared, Permissions::from_mode(0o1777)).unwrap();
        let failed = InstallationPlace::new(Some(&shared)).unwrap().make_directories().unwrap_err();
        assert!(failed.problem.contains("can be changed by others"), "{}", failed.problem);
        assert_eq!(mode(&shared), 0o1777);
        let place = InstallationPlace::new(Some(&above.path().join("new"))).unwrap();
        std::fs::create_dir(above.path().join("new")).unwrap();
        std::os::unix::fs::symlink(&foreign, &place.tls).unwrap();
        assert!(place.make_directories().unwrap_err().problem.contains("symbolic link"));
        assert_eq!(mode(&foreign), 0o755);
    }

    #[test]
    fn nothing_is_overwritten() {
        let above = tempfile::tempdir().unwrap();
        let place = InstallationPlace::new(Some(above.path())).unwrap();
        place.make_directories().unwrap();
        assert!(place.refuse_to_overwrite().is_ok());
        for path in [place.config.clone(), place.store(), place.key()] {
            std::fs::write(&path, "mine").unwrap();
            assert!(place.refuse_to_overwrite().unwrap_err().problem.contains(&path.display().to_string()));
            assert!(place.write(&path, b"yours", 0o600, &mut Vec::new()).is_err());
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
            std::fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn the_daemons_user_is_found() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nbindery:x:998:997:Bindery:/var/lib/bindery:/usr/sbin/nologin\n";
        assert_eq!(user(passwd), Some((998, 997)));
        assert_eq!(user("binderyx:x:1:1::/:\n"), None);
        assert_eq!(user("bindery:x:many:1::/:\n"), None);
    }
}
