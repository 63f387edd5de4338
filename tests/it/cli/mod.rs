//! The command line: the real program, alone and against a running daemon.

mod mail;
mod offline;
mod online;
