//! PostgreSQL's `ldap` method in `pg_hba.conf`: simple bind and search+bind, with StartTLS and LDAPS.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::harness::server::START;
use crate::harness::{Daemon, Output, Person, Program, Server, open_directory};

/// A database server for one test; clients reach it through a socket in its directory.
struct Postgres {
    /// Ended before its directory is removed.
    _server: Server,
    directory: TempDir,
}

/// The databases, named after how `pg_hba.conf` has their users authenticated.
const DATABASES: [&str; 8] = ["simple", "search", "of_group", "start_tls", "ldaps", "other", "other_start_tls", "other_ldaps"];

impl Postgres {
    /// One that trusts the certificate authority of `daemon`, but not that of `other`.
    fn start(daemon: &Daemon, other: &Daemon) -> Postgres {
        let directory = open_directory(daemon);
        let path = directory.path();
        let data = path.join("data");
        fs::create_dir(&data).unwrap();
        if rustix::process::geteuid().is_root() {
            Program::new("chown").args(["postgres", path.to_str().unwrap(), data.to_str().unwrap()]).succeeds();
        }
        let options = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D"];
        program("initdb").args(options).arg(&data).timeout(START).succeeds();
        fs::write(data.join("pg_hba.conf"), access(daemon, other)).unwrap();
        let server = program("postgres")
            .env("LDAPTLS_CACERT", path.join("ca.pem"))
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-k", path.to_str().unwrap(), "-D"])
            .arg(&data);
        let postgres = Postgres { _server: Server::start(server, &path.join("log")).until(|| is_ready(path)), directory };
        postgres.seed(daemon);
        postgres
    }

    /// The databases and the roles; each role is somebody's login.
    fn seed(&self, daemon: &Daemon) {
        let databases = DATABASES.map(|name| format!("CREATE DATABASE {name};\n")).concat();
        let logins = daemon.facts().people.iter().map(|person| person.login.as_str()).chain(["nobody"]);
        let roles: String = logins.map(|login| format!("CREATE ROLE {login} LOGIN;\n")).collect();
        psql(self.directory.path(), "postgres", "postgres").args(["-v", "ON_ERROR_STOP=1"]).stdin(databases + &roles).succeeds();
    }

    /// What happens when `login` connects to `database` with `password`.
    fn connect(&self, database: &str, login: &str, password: &str) -> Output {
        psql(self.directory.path(), login, database).env("PGPASSWORD", password).args(["-tA", "-c", "SELECT current_user"]).run()
    }

    fn admits(&self, database: &str, person: &Person) {
        let output = self.connect(database, &person.login, &person.password);
        assert_eq!((output.code, output.stdout.trim()), (Some(0), person.login.as_str()), "{database}: {output:?}");
    }

    fn refuses(&self, database: &str, login: &str, password: &str) {
        let output = self.connect(database, login, password);
        let reason = format!("LDAP authentication failed for user \"{login}\"");
        assert!(output.code == Some(2) && output.stderr.contains(&reason), "{database}: {output:?}");
    }
}

/// `pg_hba.conf`: a line for each database.
fn access(daemon: &Daemon, other: &Daemon) -> String {
    let facts = daemon.facts();
    let reader = format!("ldapbinddn=\"{}\" ldapbindpasswd=\"{}\"", facts.service.dn, facts.service.password);
    let base = format!("ldapbasedn=\"ou=people,{}\"", facts.base);
    let names = format!("ldapprefix=\"uid=\" ldapsuffix=\",ou=people,{}\"", facts.base);
    let by_uid = "ldapsearchattribute=uid";
    let by_mail = "ldapsearchfilter=\"(&(objectClass=inetOrgPerson)(|(uid=$username)(mail=$username)))\"";
    let of_group = format!("ldapsearchfilter=\"(&(uid=$username)(memberOf=cn=vpn,ou=groups,{}))\"", facts.base);
    let lines = [
        ("simple", daemon, "ldap", names.clone()),
        ("search", daemon, "ldap", format!("{base} {reader} {by_uid}")),
        ("of_group", daemon, "ldap", format!("{base} {reader} {of_group}")),
        ("start_tls", daemon, "ldap", format!("ldaptls=1 {base} {reader} {by_mail}")),
        ("ldaps", daemon, "ldaps", names.clone()),
        ("other", other, "ldap", names.clone()),
        ("other_start_tls", other, "ldap", format!("ldaptls=1 {names}")),
        ("other_ldaps", other, "ldaps", names),
    ];
    let line = |(database, daemon, scheme, options): &(&str, &Daemon, &str, String)| {
        let url = if *scheme == "ldaps" { &daemon.facts().ldaps } else { &daemon.facts().ldap };
        let port = url.rsplit(':').next().unwrap();
        format!("local {database} all ldap ldapscheme={scheme} ldapserver=127.0.0.1 ldapport={port} {options}\n")
    };
    format!("local postgres postgres trust\n{}", lines.iter().map(line).collect::<String>())
}

fn is_ready(directory: &Path) -> bool {
    psql(directory, "postgres", "postgres").args(["-c", "SELECT"]).run().code == Some(0)
}

fn psql(directory: &Path, user: &str, database: &str) -> Program {
    Program::new("psql").args(["-X", "-q", "-w", "-h", directory.to_str().unwrap(), "-U", user, "-d", database])
}

/// A program of the newest PostgreSQL that is installed. It does not run as root: root runs it as `postgres`.
fn program(name: &str) -> Program {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let newest = installed.filter_map(|version| version.file_name().to_str()?.parse::<u32>().ok()).max();
    let Some(newest) = newest else { return Program::new(name) };
    let path = format!("/usr/lib/postgresql/{newest}/bin/{name}");
    if rustix::process::geteuid().is_root() {
        return Program::new("setpriv").args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--", &path]);
    }
    Program::new(&path)
}

#[test]
fn roles_are_authenticated_by_simple_bind_and_by_search_and_bind() {
    let (daemon, other) = (Daemon::start(), Daemon::start());
    let postgres = Postgres::start(&daemon, &other);
    let (louise, zoe) = (daemon.person("louisem"), daemon.person("zoef"));
    for database in ["simple", "search", "start_tls", "ldaps"] {
        postgres.admits(database, louise);
        postgres.refuses(database, "louisem", "wrong password");
        postgres.refuses(database, "louisem", &zoe.password);
        postgres.refuses(database, "nobody", "wrong password");
        postgres.admits(database, louise);
    }
    postgres.admits("of_group", zoe);
    postgres.refuses("of_group", "louisem", &louise.password);

    // A certificate that nobody vouches for.
    postgres.admits("other", louise);
    postgres.refuses("other_start_tls", "louisem", &louise.password);
    postgres.refuses("other_ldaps", "louisem", &louise.password);
}
