//! Which logins may be chosen by somebody who is no administrator. A login is a name in other programs too: of a user of a
//! machine, of a folder, of a mailbox, and what people read.

use super::tree::fold;

/// Why a login is an administrator's to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginRefusal {
    /// It has other characters than ASCII letters, digits, `.`, `_` and `-`, so that it may look like another one, or does
    /// not begin with a letter or digit.
    Characters,
    /// It is a name that programs and people know as something else.
    Reserved,
}

/// Refuses a login that may be taken for another, or for the name of something else.
///
/// # Errors
/// [`LoginRefusal`].
pub fn check_plain(login: &str) -> Result<(), LoginRefusal> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !login.starts_with(|c: char| c.is_ascii_alphanumeric()) || !login.chars().all(plain) {
        return Err(LoginRefusal::Characters);
    }
    match RESERVED.contains(&fold(login).as_str()) {
        true => Err(LoginRefusal::Reserved),
        false => Ok(()),
    }
}

/// System users of Debian (base-passwd) and of common services, and the mailboxes of RFC 2142.
const RESERVED: [&str; 62] = [
    "root",
    "daemon",
    "bin",
    "sys",
    "sync",
    "games",
    "man",
    "lp",
    "mail",
    "news",
    "uucp",
    "proxy",
    "www-data",
    "backup",
    "list",
    "irc",
    "gnats",
    "nobody",
    "nogroup",
    "adm",
    "admin",
    "administrator",
    "administrateur",
    "operator",
    "halt",
    "shutdown",
    "wheel",
    "sudo",
    "staff",
    "users",
    "shadow",
    "disk",
    "kmem",
    "tty",
    "ftp",
    "http",
    "https",
    "ssh",
    "sshd",
    "apache",
    "nginx",
    "mysql",
    "postgres",
    "postfix",
    "dovecot",
    "bind",
    "named",
    "ldap",
    "openldap",
    "bindery",
    "messagebus",
    "polkitd",
    "systemd",
    "git",
    "postmaster",
    "hostmaster",
    "webmaster",
    "abuse",
    "security",
    "support",
    "noc",
    "noreply",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_taken_for_no_other() {
        for (login, expected) in [
            ("louise", Ok(())),
            ("louise.m_2-b", Ok(())),
            ("2cv", Ok(())),
            ("", Err(LoginRefusal::Characters)),
            (".louise", Err(LoginRefusal::Characters)),
            ("-louise", Err(LoginRefusal::Characters)),
            ("l\u{43e}uise", Err(LoginRefusal::Characters)),
            ("ren\u{e9}e", Err(LoginRefusal::Characters)),
            ("louise@example.org", Err(LoginRefusal::Characters)),
            ("root", Err(LoginRefusal::Reserved)),
            ("Root", Err(LoginRefusal::Reserved)),
            ("www-data", Err(LoginRefusal::Reserved)),
        ] {
            assert_eq!(check_plain(login), expected, "{login}");
        }
    }
}
