//! The LDAP protocol: the only user of ldap3_proto.

mod ber;
mod frame;
mod shape;
