//! Files as they lie on a disk: read with limits, written whole or not at all, told by their bytes.

pub mod regular_file;
pub mod sha256;
pub mod output;
pub mod markup;
pub mod archive;
pub mod parquet;
pub mod checkpoint;
pub mod numpy;
