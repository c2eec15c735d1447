//! The native module of the Python package `nearmiss`: the operations of the library, with tables, arrays, signals and
//! exceptions as Python has them.
//!
//! ```text
//! Python's objects ──stream, columns──▶ Arrow ──readable──▶ Frame ──options──▶ the library's operations, on a thread of
//!   their own (running) ──▶ Evaluation, Comparison, ... ──▶ Table ──stream──▶ pandas, polars, pyarrow, DuckDB
//! ```
//!
//! Nothing here computes. What people read (documentation, signatures, displays) is in the Python package above it, and
//! every sentence of an error goes through `wording` on its way there.

mod wording;
mod error;
mod running;
mod written;
mod nested;
mod readable;
mod stream;
mod cells;
mod named;
mod gate;
mod part;
mod table;
mod documented;
mod columns;
mod frame;
mod taxon;
mod taxonomy;
mod resolve;
mod options;
mod evaluation;
mod states;
mod comparison;
mod sets;
mod shift;
mod annotators;
mod next_labels;
mod vectors;
mod asked;
mod latent;
mod retrieve;
mod array;
mod scorer;

use pyo3::prelude::*;

/// The allocator of the program: a report over a million images takes and gives back memory often.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[pymodule]
fn _nearmiss(module: &Bound<'_, PyModule>) -> PyResult<()> {
    nearmiss::files::parquet::silence_decoder();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    for register in [
        error::register,
        running::register,
        table::register,
        documented::register,
        frame::register,
        taxon::register,
        taxonomy::register,
        resolve::register,
        evaluation::register,
        states::register,
        comparison::register,
        sets::register,
        shift::register,
        annotators::register,
        next_labels::register,
        latent::register,
        retrieve::register,
        scorer::register,
    ] {
        register(module)?;
    }
    Ok(())
}
