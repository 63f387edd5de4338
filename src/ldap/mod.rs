//! The LDAP protocol: the only user of ldap3_proto.
