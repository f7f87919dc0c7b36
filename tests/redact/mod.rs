//! Redaction: the rules by their corpus, the engine by its properties.

mod corpus;
mod engine;
mod record;
mod stream;
