//! The house rules that no compiler checks: direction of the layers, what may stand where, sizes, documents.
//!
//! Sources are read as text from the package's own directory. Patterns that must not occur are put together at run
//! time, so that these files pass their own tests.

mod documents;
mod files;
mod layers;
mod placement;
mod source;
mod words;
