//! Redaction: rules, the labelled corpus.

mod corpus;
