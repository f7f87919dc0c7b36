//! From `ghp_{a36}` to a token: templates and the generator behind them.
//!
//! `{` letter length `}` stands for random characters of an alphabet; any other brace is itself. `«` and `»` mark
//! where the secret begins and ends; without marks all of the text is the secret.

use std::ops::Range;

/// A small, fast, well-known generator (`SplitMix64`): equal seeds give equal tokens on every machine.
pub(crate) struct Generator(u64);

impl Generator {
    /// A generator for one example of one rule.
    pub(crate) fn new(rule: &str, example: usize) -> Self {
        let start = 0xcbf2_9ce4_8422_2325_u64 ^ (example as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(rule.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn pick(&mut self, alphabet: &[u8]) -> char {
        let at = self.next() % alphabet.len() as u64;
        char::from(alphabet[usize::try_from(at).expect("an alphabet is small")])
    }

    /// `length` characters; where the alphabet has digits and letters, both occur.
    fn run(&mut self, alphabet: &[u8], length: usize) -> String {
        let both = length > 3 && alphabet.contains(&b'2') && alphabet.iter().any(u8::is_ascii_alphabetic);
        loop {
            let run: String = (0..length).map(|_| self.pick(alphabet)).collect();
            let digits = run.bytes().filter(u8::is_ascii_digit).count();
            let edge = |b: Option<u8>| b.is_some_and(|b| !b.is_ascii_alphanumeric());
            let ragged = length > 1 && (edge(run.bytes().next()) || edge(run.bytes().last()));
            if !ragged && (!both || (digits > 0 && digits < length)) {
                return run;
            }
        }
    }
}

/// The alphabet behind a template letter.
fn alphabet(letter: u8) -> Option<&'static [u8]> {
    Some(match letter {
        b'n' => b"0123456789",
        b'h' => b"0123456789abcdef",
        b'H' => b"0123456789ABCDEF",
        b'l' => b"abcdefghijklmnopqrstuvwxyz",
        b'L' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        b'z' => b"abcdefghijklmnopqrstuvwxyz0123456789",
        b'u' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        b'a' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        b'w' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
        b'b' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        b'y' => b"abcdefghijklmnopqrstuvwxyz234567",
        // Base58, and the alphabet of crypt(3).
        b'v' => b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        b's' => b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        b'B' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        _ => return None,
    })
}

/// Fills a template; `scale` shortens every random run to that share in percent, to make near-misses.
pub(crate) fn expand(template: &str, generator: &mut Generator, scale: usize) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some((filled, used)) = fill(rest, generator, scale) else {
            out.push('{');
            rest = &rest[1..];
            continue;
        };
        out.push_str(&filled);
        rest = &rest[used..];
    }
    out + rest
}

fn fill(rest: &str, generator: &mut Generator, scale: usize) -> Option<(String, usize)> {
    let close = rest.find('}')?;
    let letter = *rest.as_bytes().get(1)?;
    if &rest[1..close] == "U" {
        let hex = generator.run(b"0123456789abcdef", 31);
        let uuid =
            format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30]);
        let kept = uuid.len() * scale / 100;
        return Some((uuid[..kept].to_owned(), close + 1));
    }
    let length: usize = rest.get(2..close)?.parse().ok()?;
    Some((generator.run(alphabet(letter)?, length * scale / 100), close + 1))
}

/// Takes the marks out of a filled text: the text, and where its secrets are.
pub(crate) fn unmark(marked: &str) -> (String, Vec<Range<usize>>) {
    let mut text = String::new();
    let mut secrets = Vec::new();
    let mut begin = None;
    for symbol in marked.chars() {
        match symbol {
            '«' => begin = Some(text.len()),
            '»' => secrets.push(begin.take().expect("a mark that closes has one that opens")..text.len()),
            _ => text.push(symbol),
        }
    }
    if secrets.is_empty() {
        secrets.push(0..text.len());
    }
    (text, secrets)
}
