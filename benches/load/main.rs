//! The load generator of the benchmark: one thread, non-blocking sockets, requests encoded beforehand.
//!
//! It runs one or more streams at once against an LDAP server and prints one line of JSON. A closed
//! stream sends the next request on a connection when the last one is answered; an open one (`rate=`)
//! sends at fixed times whatever the server does, and counts the time from when a request was due, so that
//! a server that stalls cannot hide it (no coordinated omission). Only result code 0 with the expected number
//! of entries counts as done.
//!
//! ```text
//! load --server 127.0.0.1:3890 --pid 4711 --stream op=bind,conns=64 --stream op=search-uid,conns=32,rate=300
//! ```

#![allow(clippy::print_stdout)]

mod ber;
mod connection;
mod driver;
mod operation;
mod process;
mod report;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::str::FromStr;

use clap::Parser;

/// What is asked of the generator.
#[derive(Parser)]
struct Plan {
    /// The server's address, in clear.
    #[arg(long)]
    server: SocketAddr,
    /// The server's process: its CPU time and memory are read before and after.
    #[arg(long)]
    pid: Option<u32>,
    /// A stream of requests: op=NAME[,conns=N][,rate=R][,source=ADDRESS][,name=NAME]; may be repeated.
    #[arg(long = "stream", required = true)]
    streams: Vec<StreamSpec>,
    /// Seconds that are measured.
    #[arg(long, default_value_t = 1.5)]
    seconds: f64,
    /// Seconds before that which are not.
    #[arg(long, default_value_t = 0.3)]
    warmup: f64,
    /// The suffix; people are uid=user000000 ... below ou=people.
    #[arg(long, default_value = "dc=example,dc=org")]
    base: String,
    /// How many people there are.
    #[arg(long, default_value_t = 100_000)]
    people: u32,
    /// The password of each of them.
    #[arg(long, default_value = "secret-Passw0rd")]
    password: String,
    /// Who searches.
    #[arg(long, default_value = "")]
    service_dn: String,
    /// The searcher's password.
    #[arg(long, default_value = "")]
    service_password: String,
    /// Who sets passwords.
    #[arg(long, default_value = "")]
    admin_dn: String,
    /// The administrator's password.
    #[arg(long, default_value = "")]
    admin_password: String,
    /// The DN of a team; # stand for the digits of its number.
    #[arg(long, default_value = "cn=team#####,ou=teams,dc=example,dc=org")]
    team_dn: String,
    /// The value that op=set-password writes.
    #[arg(long, default_value = "")]
    password_value: String,
}

/// One stream of requests.
#[derive(Clone)]
struct StreamSpec {
    name: String,
    operation: String,
    connections: usize,
    /// Requests a second; none: a closed loop.
    rate: Option<f64>,
    source: IpAddr,
}

impl FromStr for StreamSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<StreamSpec, String> {
        let mut spec = StreamSpec {
            name: String::new(),
            operation: String::new(),
            connections: 1,
            rate: None,
            source: IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        for part in text.split(',') {
            let (key, value) = part.split_once('=').ok_or_else(|| format!("{part:?} is not key=value"))?;
            let wrong = |kind: &str| format!("{value:?} is not {kind}");
            match key {
                "name" => value.clone_into(&mut spec.name),
                "op" => value.clone_into(&mut spec.operation),
                "conns" => spec.connections = value.parse().map_err(|_| wrong("a number"))?,
                "rate" => spec.rate = Some(value.parse().map_err(|_| wrong("a number"))?),
                "source" => spec.source = value.parse().map_err(|_| wrong("an address"))?,
                _ => return Err(format!("there is no {key:?}; there are op, conns, rate, source, name")),
            }
        }
        if spec.name.is_empty() {
            spec.name.clone_from(&spec.operation);
        }
        Ok(spec)
    }
}

fn main() -> ExitCode {
    let plan = Plan::parse();
    match driver::run(&plan) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("load: {fault}");
            ExitCode::FAILURE
        }
    }
}
