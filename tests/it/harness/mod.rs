//! What the integration tests share: the real daemon, and real client programs.

#![allow(dead_code, unused_imports)] // No test uses all of it.

pub mod bystander;
pub mod daemon;
pub mod in_process;
pub mod machine;
pub mod mails;
pub mod pages;
pub mod postfix;
pub mod program;
pub mod request;
pub mod server;
pub mod smtp;
pub mod wire;

pub use daemon::{Daemon, Facts, Launch, Login, Person};
pub use in_process::InProcess;
pub use machine::{Machine, Setup};
pub use mails::{Mail, Mails};
pub use pages::{Answer, Pages};
pub use program::{Output, Program};
pub use server::{Server, free_port, open_directory};
pub use smtp::{At, Authority, Does, Offer, Received, Sink};
pub use wire::Wire;
