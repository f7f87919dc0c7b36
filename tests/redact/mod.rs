//! Redaction: the rules by their corpus, the engine by its properties.

mod below;
mod benign;
mod corpus;
mod dumps;
mod engine;
mod places;
mod record;
mod shapes;
mod snippets;
mod stream;
mod worlds;
