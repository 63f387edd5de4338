//! Postfix with a queue and a configuration of its own, which delivers everything into one maildir. It needs root: its
//! processes run as the user `postfix`.

use std::fs::{self, DirBuilder, Permissions};
use std::net::TcpStream;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::mails::{Mail, read};
use super::smtp::{Authority, until};
use super::{Program, Server, free_port};

/// A relay that runs until this is dropped.
pub struct Postfix {
    /// Ended before its directory is removed.
    _server: Server,
    port: u16,
    directory: TempDir,
}

impl Postfix {
    /// One that takes mail for example.org, over STARTTLS alone, with a certificate for `localhost` from `authority`.
    pub fn start(authority: &Authority) -> Postfix {
        let directory = TempDir::with_prefix("bindery-test-").unwrap();
        let (path, port) = (directory.path(), free_port());
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
        lay_out(path);
        let (certificate, key) = authority.certificate("localhost", false);
        fs::write(path.join("conf/cert.pem"), certificate).unwrap();
        fs::write(path.join("conf/key.pem"), key).unwrap();
        fs::set_permissions(path.join("conf/key.pem"), Permissions::from_mode(0o600)).unwrap();
        fs::write(path.join("conf/main.cf"), main_cf(path)).unwrap();
        fs::write(path.join("conf/master.cf"), MASTER_CF.replace("PORT", &port.to_string())).unwrap();
        let conf = path.join("conf");
        let master = Program::new("/usr/lib/postfix/sbin/master").args(["-d", "-c", conf.to_str().unwrap()]).env("MAIL_CONFIG", &conf);
        let server = Server::start(master, &path.join("log")).until(|| TcpStream::connect(("127.0.0.1", port)).is_ok());
        Postfix { _server: server, port, directory }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits until `count` mails are delivered, and gives them in the order they came.
    pub fn expect(&self, count: usize) -> Vec<Mail> {
        until(|| self.delivered().len() >= count, || format!("{count} mails wanted; there are {:?}", self.delivered()));
        self.delivered().iter().map(|path| read(String::new(), &fs::read_to_string(path).unwrap())).collect()
    }

    fn delivered(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.directory.path().join("mail/inbox/new")) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort_by_key(|path| fs::metadata(path).unwrap().modified().unwrap());
        files
    }
}

/// The directories that `postfix check` would make, with their owners (postfix-files(5)).
fn lay_out(path: &Path) {
    let (user, drop) = (number("passwd", "postfix"), number("group", "postdrop"));
    let make = |name: &str, mode: u32, owner: u32, group: u32| {
        let directory = path.join(name);
        DirBuilder::new().mode(mode).create(&directory).unwrap();
        chown(&directory, Some(owner), Some(group)).unwrap();
        fs::set_permissions(&directory, Permissions::from_mode(mode)).unwrap();
    };
    make("conf", 0o755, 0, 0);
    make("data", 0o700, user, 0);
    make("mail", 0o700, user, 0);
    make("spool", 0o755, 0, 0);
    make("spool/pid", 0o755, 0, 0);
    make("spool/public", 0o710, user, drop);
    make("spool/maildrop", 0o730, user, drop);
    for queue in ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"] {
        make(&format!("spool/{queue}"), 0o700, user, 0);
    }
}

/// The number of a user or group of this machine.
fn number(database: &str, name: &str) -> u32 {
    let line = Program::new("getent").args([database, name]).succeeds().stdout;
    line.split(':').nth(2).unwrap().parse().unwrap()
}

fn main_cf(path: &Path) -> String {
    let (path, user) = (path.display(), number("passwd", "postfix"));
    format!(
        "compatibility_level = 3.6\nqueue_directory = {path}/spool\ndata_directory = {path}/data\n\
         daemon_directory = /usr/lib/postfix/sbin\nmail_owner = postfix\nsetgid_group = postdrop\n\
         myhostname = relay.example.org\ninet_interfaces = 127.0.0.1\ndisable_dns_lookups = yes\nsmtpd_peername_lookup = no\n\
         mydestination =\nlocal_transport = error:none\nalias_maps =\nalias_database =\n\
         virtual_mailbox_domains = example.org\nvirtual_mailbox_base = {path}/mail\nvirtual_mailbox_maps = inline:{{ \
         {{ louisem@example.org = inbox/ }} }}\n\
         virtual_uid_maps = static:{user}\nvirtual_gid_maps = static:{user}\nvirtual_minimum_uid = 1\n\
         smtpd_helo_required = yes\nsmtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname\n\
         smtpd_recipient_restrictions = reject_unauth_destination\nstrict_rfc821_envelopes = yes\n\
         smtpd_tls_security_level = encrypt\nsmtpd_tls_cert_file = {path}/conf/cert.pem\nsmtpd_tls_key_file = {path}/conf/key.pem\n"
    )
}

/// Nothing is put into another root directory: all of it lies in this one.
const MASTER_CF: &str = "\
127.0.0.1:PORT inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
";
