//! Examples for the set `services`.

use super::super::case::{Case, service};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    service("service-key-a"),
    service("service-key-b"),
    service("service-key-c"),
    service("service-key-d"),
    service("service-key-e"),
    service("service-key-f"),
    service("service-key-g"),
    service("service-key-h-j"),
    service("service-key-k-l"),
    service("service-key-m"),
    service("service-key-n-o"),
    service("service-key-p"),
    service("service-key-q-r"),
    service("service-key-s"),
    service("service-key-t"),
    service("service-key-u-w"),
    service("service-key-x-z"),
];
