//! Values that a rule has hidden, which stay hidden wherever they are printed again.

use super::engine::RuleIndex;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Most values remembered in one run; the pass over the output slows down with their number.
const VALUES_MAX: usize = 16 * 1024;
/// Shortest value remembered: shorter ones turn up in innocent text.
const LENGTH_MIN: usize = 12;
/// Longest value remembered.
const LENGTH_MAX: usize = 4096;

/// The values, in the order they were learned, which is all that streams need to keep up with.
#[derive(Debug, Default)]
pub(super) struct Learned {
    values: RwLock<Values>,
    length: AtomicUsize,
}

#[derive(Debug, Default)]
struct Values {
    known: HashSet<Arc<[u8]>>,
    order: Vec<(Arc<[u8]>, RuleIndex)>,
}

impl Learned {
    /// How many values are known; grows only.
    pub(super) fn len(&self) -> usize {
        self.length.load(Ordering::Acquire)
    }

    /// Whether nothing more is remembered.
    pub(super) fn is_full(&self) -> bool {
        self.len() >= VALUES_MAX
    }

    /// Whether `value` is worth remembering and not known yet.
    pub(super) fn is_news(&self, value: &[u8]) -> bool {
        (LENGTH_MIN..=LENGTH_MAX).contains(&value.len())
            && !self.is_full()
            && is_distinctive(value)
            && !self.values.read().unwrap_or_else(PoisonError::into_inner).known.contains(value)
    }

    /// Remembers `value`, unless it is known already.
    pub(super) fn add(&self, value: &[u8], rule: RuleIndex) {
        let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
        if values.known.contains(value) || values.order.len() >= VALUES_MAX {
            return;
        }
        let value: Arc<[u8]> = value.into();
        values.known.insert(Arc::clone(&value));
        values.order.push((value, rule));
        self.length.store(values.order.len(), Ordering::Release);
    }

    /// The values from the `from`th on.
    pub(super) fn since(&self, from: usize) -> Vec<(Arc<[u8]>, RuleIndex)> {
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        values.order.get(from..).unwrap_or_default().to_vec()
    }
}

/// Whether a value could only be this secret: not made of words or of digits alone.
fn is_distinctive(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    digits >= 2
        && letters >= 2
        && super::value::shannon_entropy(value) > 2.5
        && memchr::memmem::find(value, super::marker::OPEN).is_none()
        && (!super::generic::is_wordy(value) || value.iter().any(|byte| b"!?^~*@#%$&+".contains(byte)))
        && !value.iter().any(u8::is_ascii_whitespace)
}
