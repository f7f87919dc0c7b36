//! Examples for the set `social`.

use super::super::case::{Case, named, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token("facebook-token", &["EAAC{a120}", "EAAG{a180}"]),
    named("facebook-app-secret", &["facebook", "instagram"], &["{n15}|{w27}", "{h32}"]),
    token("instagram-token", &["IGQV{w150}"]),
    token("twitter-bearer-token", &["AAAAAAAAAAAAAAAAAAAAAA{a34}%3D{a46}"]),
    named("twitter-key", &["twitter"], &["{n18}-{a40}", "{a45}", "{a50}", "{a25}"]),
    named("linkedin-key", &["linkedin"], &["{a16}", "WPL_AP1.{a16}"]),
    token("linkedin-secret", &["WPL_AP1.{a16}"]),
    token("pinterest-token", &["pina_{u80}"]),
    token("vk-token", &["vk1.a.{w198}"]),
    token("spotify-token", &["BQD{w150}"]),
    named(
        "media-key",
        &[
            "spotify",
            "twitch",
            "flickr",
            "giphy",
            "bitly",
            "openweathermap",
            "newsapi",
            "foursquare",
            "yelp",
            "eventbrite",
        ],
        &["{h32}", "{a32}", "{a40}", "{U}"],
    ),
    token("frameio-token", &["fio-u-{w64}"]),
];
