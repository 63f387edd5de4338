//! The command line: the real program, alone.

mod offline;
