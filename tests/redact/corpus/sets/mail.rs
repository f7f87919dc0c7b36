//! Examples for the set `mail`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token("sendgrid-key", &["SG.{w22}.{w43}"]),
    token("mailgun-key", &["key-{h32}", "pubkey-{h32}"]),
    named("mailgun-key-named", &["mailgun"], &["{h32}-{h8}-{h8}"]),
    token("mailchimp-key", &["{h32}-us21"]).stays(&["region-us1 and east-us2"]),
    token("mandrill-key", &["md-{w22}"]),
    named("mandrill-key-named", &["mandrill", "mailchimp"], &["{w22}"]),
    named("postmark-token", &["postmark"], &["{U}"]),
    named("sparkpost-key", &["sparkpost"], &["{h40}"]),
    token("brevo-key", &["xkeysib-{h64}-{a16}", "xsmtpsib-{h64}-{a16}"]),
    token("resend-key", &["re_{a8}_{a24}"]),
    token("mailersend-token", &["mlsn.{h64}"]),
    named("mailjet-key", &["mailjet", "mj_apikey"], &["{h32}"]),
    named(
        "mail-service-key",
        &["mailerlite", "mailtrap", "elasticemail", "getresponse", "zerobounce", "hunter"],
        &["{h32}", "{a32}", "{U}"],
    ),
    token("klaviyo-key", &["pk_{h34}"]),
    text(
        "gmail-app-password",
        &[
            "yagmail.SMTP('me@example.org', '«{l4} {l4} {l4} {l4}»')",
            "s.login(\"me@example.com\", \"«{l4} {l4} {l4} {l4}»\")",
            "[\"me@example.com\",\"«{l4} {l4} {l4} {l4}»\"]",
        ],
    )
    .stays(&[
        "s.login(\"me@example.com\", \"please type your word here\")",
        "s.login('me@example.com', password)",
        "[\"me@example.com\", \"some text\"]",
    ]),
];
