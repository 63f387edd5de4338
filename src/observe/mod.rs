//! Logs, metrics and the audit.
