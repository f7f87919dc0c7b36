//! Parts of names that say a secret is meant. Shared with `build.rs`, which enters them into the table of needles.

/// How much a stem says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Chosen by people: any value may be one.
    Password,
    /// Made by machines: words are none.
    Secret,
    /// Says little: only a random value counts.
    Weak,
    /// `Authorization:` and its scheme.
    Authorization,
    /// `Bearer` and a token.
    Bearer,
    /// `Cookie:` and `Set-Cookie:`.
    Cookie,
    /// `://`, perhaps with a user and a password.
    Url,
}

/// A part of a name.
#[derive(Debug)]
pub(crate) struct Stem {
    /// In lower case.
    pub(crate) text: &'static str,
    pub(crate) kind: Kind,
    /// It must begin a word: `key` in `monkey` says nothing.
    pub(crate) bounded: bool,
}

const fn stem(text: &'static str, kind: Kind) -> Stem {
    Stem { text, kind, bounded: false }
}

const fn word(text: &'static str, kind: Kind) -> Stem {
    Stem { text, kind, bounded: true }
}

use Kind::{Authorization, Bearer, Cookie, Password, Secret, Url, Weak};

/// All stems. The number behind the last one stands for every name of a service
/// (`presets/redact/service-names.txt`).
pub(crate) static STEMS: [Stem; 50] = [
    stem("password", Password),
    stem("passwd", Password),
    stem("passphrase", Password),
    stem("passcode", Password),
    stem("passwort", Password),
    word("pass", Password),
    word("pwd", Password),
    word("psw", Password),
    word("identified by", Password),
    stem("secret", Secret),
    stem("token", Secret),
    stem("apikey", Secret),
    stem("api_key", Secret),
    stem("api-key", Secret),
    stem("api key", Secret),
    stem("accesskey", Secret),
    stem("access_key", Secret),
    stem("access-key", Secret),
    stem("access key", Secret),
    stem("privatekey", Secret),
    stem("private_key", Secret),
    stem("private-key", Secret),
    stem("authkey", Secret),
    stem("auth_key", Secret),
    stem("auth-key", Secret),
    stem("credential", Secret),
    stem("signing_key", Secret),
    stem("signingkey", Secret),
    stem("encryption_key", Secret),
    stem("encryptionkey", Secret),
    stem("master_key", Secret),
    stem("masterkey", Secret),
    stem("accountkey", Secret),
    stem("account_key", Secret),
    stem("licensekey", Secret),
    stem("license_key", Secret),
    stem("app_key", Secret),
    stem("appkey", Secret),
    stem("subscription-key", Secret),
    word("creds", Secret),
    word("jwt", Secret),
    word("psk", Secret),
    word("key", Weak),
    word("auth", Weak),
    word("pat", Weak),
    word("salt", Weak),
    word("authorization", Authorization),
    word("bearer", Bearer),
    word("cookie", Cookie),
    stem("://", Url),
];
