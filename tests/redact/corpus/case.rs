//! One rule's examples: how they are written down, and the texts they stand for.

use super::template::{Generator, expand, unmark};
use std::ops::Range;

/// How the secrets of a rule are recognised, which decides the texts they are put into.
#[derive(Clone, Copy)]
enum Shape {
    /// The token says by itself what it is; the templates are tokens.
    Token(&'static [&'static str]),
    /// The token needs its service's name before it: names, then templates of tokens.
    Named(&'static [&'static str], &'static [&'static str]),
    /// The templates are whole texts with the secret marked.
    Text(&'static [&'static str]),
    /// The names are the rule's keywords, the token is anything random.
    Service,
}

/// The examples of one rule.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    /// The rule's id.
    pub(crate) rule: &'static str,
    shape: Shape,
    stays: &'static [&'static str],
}

/// A rule for tokens that say by themselves what they are.
pub(crate) const fn token(rule: &'static str, tokens: &'static [&'static str]) -> Case {
    Case { rule, shape: Shape::Token(tokens), stays: &[] }
}

/// A rule for tokens known by the name before them.
pub(crate) const fn named(
    rule: &'static str,
    names: &'static [&'static str],
    tokens: &'static [&'static str],
) -> Case {
    Case { rule, shape: Shape::Named(names, tokens), stays: &[] }
}

/// A rule shown by whole texts; `stays` must then give the near-misses.
pub(crate) const fn text(rule: &'static str, texts: &'static [&'static str]) -> Case {
    Case { rule, shape: Shape::Text(texts), stays: &[] }
}

/// A rule for services by the list: its keywords are their names.
pub(crate) const fn service(rule: &'static str) -> Case {
    Case { rule, shape: Shape::Service, stays: &[] }
}

impl Case {
    /// Adds texts that must stay as they are.
    pub(crate) const fn stays(mut self, texts: &'static [&'static str]) -> Self {
        self.stays = texts;
        self
    }

    /// Texts with their secrets: at least three. The rule's keywords are the names of services.
    pub(crate) fn positives(&self, keywords: &[String]) -> Vec<(String, Vec<Range<usize>>)> {
        let marked: Vec<String> = match self.shape {
            Shape::Token(tokens) => product(&[""], tokens, &TOKEN_TEXTS),
            Shape::Named(names, tokens) => product(names, tokens, &NAMED_TEXTS),
            Shape::Text(texts) => (0..3_usize.div_ceil(texts.len()))
                .flat_map(|_| texts.iter().map(|text| (*text).to_owned()))
                .collect(),
            Shape::Service => keywords.iter().flat_map(|name| service_texts(name)).collect(),
        };
        let fill =
            |(at, text): (usize, &String)| unmark(&expand(text, &mut Generator::new(self.rule, at), 100));
        marked.iter().enumerate().map(fill).collect()
    }

    /// Texts of nearly the rule's form that hold no secret: at least three.
    pub(crate) fn near_misses(&self, keywords: &[String]) -> Vec<String> {
        let mut marked: Vec<(String, usize)> =
            self.stays.iter().map(|text| ((*text).to_owned(), 100)).collect();
        match self.shape {
            Shape::Token(tokens) => marked.extend(tokens.iter().flat_map(|token| near_tokens(token))),
            Shape::Named(names, tokens) => {
                marked.extend(names.iter().flat_map(|name| near_names(name, tokens)));
            }
            Shape::Text(_) => {}
            Shape::Service => marked.extend(keywords.iter().flat_map(|name| near_services(name))),
        }
        let fill = |(at, (text, scale)): (usize, &(String, usize))| {
            expand(text, &mut Generator::new(self.rule, 1000 + at), *scale)
        };
        marked.iter().enumerate().map(fill).collect()
    }
}

/// Where tokens are met: alone, in an assignment, JSON, a URL, a log line, a sentence.
const TOKEN_TEXTS: [&str; 6] = [
    "T",
    "export SETTING=\"T\"\n",
    "{\"setting\": \"T\", \"retries\": 3}",
    "GET https://service.example/v1/items?setting=T&page=2 200",
    "2026-01-02T03:04:05Z INFO started with T (1 of 2)",
    "setting: T\nother: value\n",
];

/// How values follow the name of their service: environment, JSON, INI, YAML, XML, URL, a bare quoted value.
const NAMED_TEXTS: [&str; 9] = [
    "UPPER_API_KEY=T\n",
    "export UPPER_TOKEN=\"T\"",
    "{\"NAME_api_key\": \"T\", \"retries\": 3}",
    "NAME.apiKey = T\n",
    "NAME:\n  NAME_secret: T\n",
    "<NAMEKey>T</NAMEKey>",
    "NAME token - 'T'",
    "https://api.service.example/v1?NAME_key=T&page=2",
    "const NAME = 'T';",
];

/// How the key of a service is written where no word says that it is one.
const SERVICE_TEXTS: [&str; 7] = [
    "const NAME = 'T';",
    "NAME: T\n",
    "{\"NAME\": \"T\", \"n\": 1}",
    "<NAME>T</NAME>",
    "UPPER_PROD=T",
    "'NAME' => 'T',",
    "NAME token - 'T'",
];

/// The kinds of token services give out.
const SERVICE_TOKENS: [&str; 5] = ["«{h32}»", "«{a24}»", "«{U}»", "«{w40}»", "«{z20}»"];

fn service_texts(name: &str) -> Vec<String> {
    let upper = name.to_uppercase().replace(['-', '.'], "_");
    let text = |(at, text): (usize, &&str)| {
        let token = SERVICE_TOKENS[(at + name.len()) % SERVICE_TOKENS.len()];
        place(&text.replace("UPPER", &upper).replace("NAME", name), token)
    };
    SERVICE_TEXTS.iter().enumerate().map(text).collect()
}

/// What stands behind a service's name and is no key: settings, versions, addresses, digests, files.
fn near_services(name: &str) -> Vec<(String, usize)> {
    let texts = [
        "NAME: enabled",
        "NAME = require('NAME-client-library')",
        "npm install NAME-sdk-js@2.31.4",
        "see https://docs.example/NAME/getting-started-with-authentication",
        "NAME sha256:{h64}",
        "\"NAME\": \"^1.0.0-beta.{n2}\"",
        "NAME: registry.example/library/NAME-server-with-a-long-name:1.2.3",
    ];
    texts.iter().map(|text| (text.replace("NAME", name), 100)).collect()
}

fn product(names: &[&str], tokens: &[&str], texts: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for name in names {
        for token in tokens {
            let token = if token.contains('«') { (*token).to_owned() } else { format!("«{token}»") };
            let upper = name.to_uppercase().replace(['-', '.', ' '], "_");
            // The token goes in last: its own letters are no place-holders.
            let texts = texts.iter().map(|text| text.replace("UPPER", &upper).replace("NAME", name));
            all.extend(texts.map(|text| place(&text, &token)));
        }
    }
    all
}

/// Puts the token where a lone `T` stands.
fn place(text: &str, token: &str) -> String {
    let lone = |at: usize| {
        let around = |index: Option<usize>| {
            index.and_then(|i| text.as_bytes().get(i)).is_some_and(u8::is_ascii_alphanumeric)
        };
        !around(at.checked_sub(1)) && !around(Some(at + 1)) && text.as_bytes().get(at + 1) != Some(&b'_')
    };
    let at = text
        .match_indices('T')
        .map(|(at, _)| at)
        .find(|at| lone(*at))
        .expect("a text has a place for its token");
    format!("{}{token}{}", &text[..at], &text[at + 1..])
}

/// What resembles a token that has a prefix: cut short, a placeholder, the prefix in prose, the body without it.
fn near_tokens(token: &str) -> Vec<(String, usize)> {
    let token = token.replace(['«', '»'], "");
    let body = token.find('{').unwrap_or(token.len());
    let prefix = &token[..body];
    vec![
        (format!("keys begin with {prefix} and go on"), 100),
        (format!("value: {token}, cut short"), 5),
        (format!("set it to {prefix}<your key> or {prefix}${{SETTING}}"), 100),
        (format!("{prefix}{}", "*".repeat(24)), 100),
    ]
}

/// What resembles a named token: no value, a variable, a digest or version beside the name, a short value.
fn near_names(name: &str, tokens: &[&str]) -> Vec<(String, usize)> {
    let upper = name.to_uppercase().replace(['-', '.', ' '], "_");
    let mut all = vec![
        (format!("{upper}_API_KEY=${{{upper}_API_KEY}}"), 100),
        (format!("{name}_api_key: <your key>"), 100),
        (format!("installing {name}-agent 7.52.1 (amd64) from main"), 100),
        (format!("{name} sha256:{{h64}}"), 100),
        (format!("Merge branch '{name}' at commit {{h40}}"), 100),
    ];
    let bare = |token: &&&str| !token.contains('«') && token.starts_with('{');
    all.extend(tokens.iter().filter(bare).map(|token| (format!("{name}_key={token}"), 10)));
    all
}
