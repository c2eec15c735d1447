//! Integration tests, one binary.

#[test]
fn t() {}

#[cfg(feature = "tables")]
mod table;
#[cfg(feature = "tables")]
mod table_real;
