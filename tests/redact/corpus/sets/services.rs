//! Examples for the set `services`.

use super::super::case::{Case, service, text};

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
    text(
        "stream-key-in-address",
        &[
            "ffmpeg -f flv rtmp://a.rtmp.example.com/live2/«{l4}-{a4}-{l4}-{a4}-{l4}»",
            "rtmps://a.example.com:443/live/«{l4}-{l4}-{n4}-{l4}»",
            "url = \"rtmp://b.example.com/app/«{a4}-{l4}-{l4}-{a4}»\"",
        ],
    )
    .stays(&[
        "rtmp://a.example.com/live2/",
        "rtmp://a.example.com/live/stream",
        "rtmp://a.example.com/live2/$KEY",
    ]),
    text(
        "once-shown-link",
        &[
            "https://eu.onetimesecret.com/secret/«{a31}»",
            "see https://pwpush.com/p/«{a12}»",
            "https://privnote.com/«{a8}#{a9}»",
            "https://send.bitwarden.com/#«{a22}/{a22}»",
        ],
    )
    .stays(&["https://pwpush.com/p/new", "https://privnote.com/", "https://onetimesecret.com/about"]),
    text(
        "authenticator-argument",
        &[
            "IAMAuthenticator(\"«{w44}»\")",
            "dropbox.DropboxOAuth2FlowNoRedirect(\"{z15}\", \"«{z15}»\")",
            "Parse.initialize(\"{a40}\", \"«{a40}»\");",
        ],
    )
    .stays(&[
        "IAMAuthenticator(apikey)",
        "Parse.initialize(\"APP_ID\", \"JAVASCRIPT_KEY\");",
        "DropboxOAuth2Flow(APP_KEY, APP_SECRET)",
    ]),
];
