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
    /// A command that prints a secret and nothing else.
    Printer,
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

use Kind::{Authorization, Bearer, Cookie, Password, Printer, Secret, Url, Weak};

/// All stems. The number behind the last one stands for every name of a service
/// (`presets/redact/service-names.txt`).
pub(crate) static STEMS: [Stem; 150] = [
    stem("password", Password),
    stem("passwd", Password),
    stem("passphrase", Password),
    stem("passcode", Password),
    stem("requirepass", Password),
    stem("authtok", Password),
    // "Password:" in base64, as a mail server asks for it (RFC 4954).
    stem("ugfzc3dvcmq6", Password),
    stem("passwort", Password),
    word("pass", Password),
    word("pwd", Password),
    word("psw", Password),
    word("identified by", Password),
    // The same in other languages; letters beyond ASCII have no case here.
    stem("kennwort", Password),
    stem("wachtwoord", Password),
    word("passord", Password),
    stem("mot_de_passe", Password),
    stem("mot de passe", Password),
    stem("motdepasse", Password),
    stem("contrase\u{f1}a", Password),
    stem("contrasena", Password),
    word("senha", Password),
    word("parola", Password),
    word("haslo", Password),
    word("has\u{142}o", Password),
    word("heslo", Password),
    word("clave", Password),
    stem("adgangskode", Password),
    stem(
        "\u{3ba}\u{3c9}\u{3b4}\u{3b9}\u{3ba}\u{3cc}\u{3c2} \u{3c0}\u{3c1}\u{3cc}\u{3c3}\u{3b2}\u{3b1}\u{3c3}\u{3b7}\u{3c2}",
        Password,
    ),
    stem("m\u{1ead}t kh\u{1ea9}u", Password),
    stem("\u{643}\u{644}\u{645}\u{629} \u{627}\u{644}\u{645}\u{631}\u{648}\u{631}", Password),
    stem("\u{5e1}\u{5d9}\u{5e1}\u{5de}\u{5d4}", Password),
    word("mdp", Password),
    word("pw for", Password),
    word("root pw", Password),
    word("/ pw", Password),
    word("key content", Password),
    word("sshpass", Password),
    // What `expect` waits for, often without its first letter.
    stem("\"assword", Password),
    stem("*assword", Password),
    word("dbpass", Password),
    word("userpass", Password),
    word("dbpwd", Password),
    stem("salasana", Password),
    stem("l\u{f6}senord", Password),
    stem("losenord", Password),
    stem("jelsz\u{f3}", Password),
    stem("\u{15f}ifre", Password),
    stem("\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}", Password),
    stem("\u{41f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}", Password),
    stem("\u{5bc6}\u{7801}", Password),
    stem("\u{5bc6}\u{78bc}", Password),
    stem("\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}", Password),
    stem("\u{be44}\u{bc00}\u{bc88}\u{d638}", Password),
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
    stem("signing-key", Secret),
    stem("encryption_key", Secret),
    stem("encryptionkey", Secret),
    stem("encryption-key", Secret),
    stem("master_key", Secret),
    stem("masterkey", Secret),
    stem("master-key", Secret),
    stem("accountkey", Secret),
    stem("account_key", Secret),
    stem("licensekey", Secret),
    stem("license_key", Secret),
    stem("app_key", Secret),
    stem("appkey", Secret),
    stem("subscription-key", Secret),
    word("creds", Secret),
    word("cred", Secret),
    stem("sharedkey", Secret),
    stem("shared_key", Secret),
    stem("shared-key", Secret),
    stem("macaroon", Secret),
    word("jwt", Secret),
    word("psk", Secret),
    word("skey", Secret),
    word("bindkey", Secret),
    word("tok", Secret),
    word("sec", Weak),
    word("key", Weak),
    word("auth", Weak),
    word("pat", Weak),
    word("salt", Weak),
    word("seed", Weak),
    word("authorization", Authorization),
    word("bearer", Bearer),
    word("cookie", Cookie),
    stem("://", Url),
    word("openssl rand", Printer),
    word("gpg --gen-random", Printer),
    word("pwgen", Printer),
    word("bw get password", Printer),
    word("bw get totp", Printer),
    word("op read", Printer),
    word("get secret ", Printer),
    word("pass show", Printer),
    word("gopass show", Printer),
    word("lpass show", Printer),
    word("vault kv get -field", Printer),
    word("vault read -field", Printer),
    word("vault print token", Printer),
    word("output -raw", Printer),
    word("secrets versions access", Printer),
    word("print-access-token", Printer),
    word("print-identity-token", Printer),
    word("get-secret-value", Printer),
    word("get-login-password", Printer),
    word("get-session-token", Printer),
    word("get-access-token", Printer),
    word("keyvault secret show", Printer),
    word("gh auth token", Printer),
    word("kubeadm token create", Printer),
    word("kubectl create token", Printer),
    word("key:generate --show", Printer),
    word("consul keygen", Printer),
    word("serf keygen", Printer),
    word("keyring generate", Printer),
    word("find-generic-password", Printer),
    word("find-internet-password", Printer),
    word("secret-tool lookup", Printer),
    word("wg genkey", Printer),
    word("wg genpsk", Printer),
    word("auth:token", Printer),
    word("fly auth token", Printer),
    word("flyctl auth token", Printer),
    word("doppler secrets get", Printer),
    word("infisical secrets get", Printer),
    word("pulumi config get", Printer),
    word("chamber read", Printer),
    word("keyring get", Printer),
    word("config get auth_", Printer),
];
