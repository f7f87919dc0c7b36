//! Cuts do not matter, redacting twice changes nothing, memory is bounded.

#![no_main]

use ledger_run::redact::Redactor;
use libfuzzer_sys::fuzz_target;

fn in_pieces(text: &[u8], length: usize) -> Vec<u8> {
    let mut stream = Redactor::default().stream();
    let mut out = Vec::new();
    for piece in text.chunks(length) {
        stream.push(piece, &mut out);
        assert!(stream.held() <= 64 * 1024);
    }
    stream.flush(&mut out);
    out
}

fuzz_target!(|input: (u16, &[u8])| {
    let (length, text) = input;
    let whole = in_pieces(text, text.len().max(1));
    assert_eq!(in_pieces(text, usize::from(length).max(1)), whole);
    assert_eq!(in_pieces(&whole, whole.len().max(1)), whole);
});
