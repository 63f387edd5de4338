//! Settings: defaults, then the file, then `BINDERY_*`, then flags.
