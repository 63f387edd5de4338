//! The command line: the real program, alone and against a running daemon.

mod offline;
mod online;
