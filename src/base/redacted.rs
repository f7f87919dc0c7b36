//! The mark of a value that has passed the redactor.
//!
//! The ledger writes [`Redacted`] values only, and only `redact` makes them (a test checks that nobody else calls
//! [`Redacted::vouch`]). So "no path to disk goes round the redactor" is a property of the types.

/// A value whose every free text has been through the redactor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted<T>(T);

impl<T> Redacted<T> {
    /// Declares `value` free of secrets. To be called in `redact` alone.
    pub fn vouch(value: T) -> Self {
        Self(value)
    }

    /// The value itself.
    pub fn into_inner(self) -> T {
        self.0
    }

    /// Looks at the value.
    pub fn get(&self) -> &T {
        &self.0
    }
}

/// A value that can show the redactor every free text in it.
pub trait Scrub {
    /// Calls `scrub` once for each free text, which may replace it. Texts of fixed form (times, ids, hashes we
    /// computed ourselves) need not be shown; a text that came from outside always is, map keys included.
    fn scrub(&mut self, scrub: &mut dyn FnMut(&mut String));
}

impl Scrub for String {
    fn scrub(&mut self, scrub: &mut dyn FnMut(&mut String)) {
        scrub(self);
    }
}

impl Scrub for serde_json::Value {
    fn scrub(&mut self, scrub: &mut dyn FnMut(&mut String)) {
        match self {
            Self::String(text) => scrub(text),
            Self::Array(items) => items.iter_mut().for_each(|item| item.scrub(scrub)),
            Self::Object(members) => members.scrub(scrub),
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
        }
    }
}

impl Scrub for serde_json::Map<String, serde_json::Value> {
    fn scrub(&mut self, scrub: &mut dyn FnMut(&mut String)) {
        let members = std::mem::take(self);
        for (mut key, mut value) in members {
            scrub(&mut key);
            value.scrub(scrub);
            // Two keys that redact to the same marker must not swallow each other's values.
            let mut unique = key.clone();
            let mut copy = 2;
            while self.contains_key(&unique) {
                unique = format!("{key}#{copy}");
                copy += 1;
            }
            self.insert(unique, value);
        }
    }
}
