//! The labelled corpus of the redaction rules.
//!
//! For every rule of `presets/redact` there is one [`case::Case`]: how its secrets look, and texts that only look
//! like them. Nothing here is a secret: a template such as `ghp_{a36}` names an alphabet and a length, and the token
//! is made at run time from a generator seeded with the rule's id, so that a failure repeats.

mod case;
mod checks;
mod engine;
mod generic;
mod reference;
mod sets;
mod template;
