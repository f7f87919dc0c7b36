//! Keys that no rule knows by their form, in every shape they are written in, for services large and small.

use ledger_run::redact::Redactor;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    fn token(&mut self, alphabet: &[u8], length: usize) -> String {
        // At least one letter and two digits, as nearly every key has.
        let body: String =
            (0..length - 3).map(|_| char::from(alphabet[self.throw(alphabet.len())])).collect();
        format!("{body}7c2")
    }
}

const HEXADECIMAL: &[u8] = b"0123456789abcdef";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const SMALL: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Ways of writing `KEY` (a name that says what it holds) and `VALUE`.
const SHAPES: &[(&str, &str)] = &[
    ("words and a dash", "KEY - 'VALUE'"),
    ("an element", "<KEY>VALUE</KEY>"),
    ("an element in its line", "    <KEY> VALUE </KEY>"),
    ("an attribute", "<add key=\"KEY\" value=\"VALUE\" />"),
    ("an attribute behind others", "<Environment name=\"KEY\" type=\"java.lang.String\" value=\"VALUE\"/>"),
    ("YAML", "KEY: VALUE"),
    ("YAML in quotes", "  KEY: 'VALUE'"),
    ("a YAML list", "  - KEY: VALUE"),
    ("INI", "KEY = VALUE"),
    ("INI without spaces", "KEY=VALUE"),
    ("a space", "KEY VALUE"),
    ("a URL parameter", "https://example.org/v1/list?KEY=VALUE&page=2"),
    ("a later URL parameter", "GET /v1/list?page=2&KEY=VALUE HTTP/1.1"),
    ("a flag", "tool --KEY VALUE --verbose"),
    ("a flag with an equals sign", "tool --KEY=VALUE run"),
    ("export", "export KEY=VALUE"),
    ("export in quotes", "export KEY=\"VALUE\""),
    ("HCL", "  KEY   = \"VALUE\""),
    ("a Makefile", "KEY := VALUE"),
    ("a conditional Makefile", "KEY ?= VALUE"),
    ("C#", "public const string KEY = \"VALUE\";"),
    ("C# with a verbatim string", "var KEY = @\"VALUE\";"),
    ("Java properties", "app.client.KEY=VALUE"),
    ("Java", "private static final String KEY = \"VALUE\";"),
    ("JSON", "{\"KEY\": \"VALUE\"}"),
    ("JSON inside JSON", "{\"body\": \"{\\\"KEY\\\": \\\"VALUE\\\"}\"}"),
    (
        "JSON twice inside JSON",
        "{\"a\": \"{\\\"b\\\": \\\"{\\\\\\\"KEY\\\\\\\": \\\\\\\"VALUE\\\\\\\"}\\\"}\"}",
    ),
    ("Python", "KEY = 'VALUE'"),
    ("a Python dictionary", "    'KEY': 'VALUE',"),
    ("Ruby", "  :KEY => 'VALUE',"),
    ("Go", "\tKEY := \"VALUE\""),
    ("PHP", "define('KEY', 'VALUE');"),
    ("PowerShell", "$env:KEY = \"VALUE\""),
    ("a Dockerfile", "ENV KEY=VALUE"),
    ("a table", "| KEY | VALUE |"),
    ("a sentence", "The KEY is VALUE"),
];

/// Names of keys as they are written with a service's name before them.
const NAMES: &[&str] =
    &["SERVICE_api_key", "SERVICE_TOKEN", "SERVICE-secret-key", "SERVICE_password", "serviceApiKey"];

/// Services of every size; none of these keys has a form of its own.
const SERVICES: &[&str] = &[
    "acme",
    "adyen",
    "algolia",
    "amplitude",
    "auth0",
    "braintree",
    "calendly",
    "clearbit",
    "contentful",
    "datadog",
    "deepl",
    "docusign",
    "fastly",
    "freshdesk",
    "geocodio",
    "hunter",
    "intercom",
    "jira",
    "klaviyo",
    "launchdarkly",
    "mapbox",
    "mixpanel",
    "moodle",
    "newsapi",
    "okta",
    "openweather",
    "opsgenie",
    "pipedrive",
    "plaid",
    "recurly",
    "segment",
    "shippo",
    "splunk",
    "strava",
    "tomtom",
    "trello",
    "twitch",
    "vultr",
    "weatherstack",
    "zoominfo",
];

fn hidden(text: &str, value: &str) -> bool {
    let redacted = Redactor::default().text(&format!("{text}\n"));
    // A quarter of it may not be left.
    let piece = value.len() / 4;
    !(0..=value.len() - piece).any(|at| redacted.contains(&value[at..at + piece]))
}

#[test]
fn a_telling_name_and_a_random_value_in_every_shape() {
    let mut dice = Dice(20_261_126);
    let mut missed = Vec::new();
    let mut total = 0;
    for service in SERVICES {
        for (shape, text) in SHAPES {
            let name = NAMES[dice.throw(NAMES.len())];
            let name = name.replace("SERVICE", service).replace("service", service);
            let (alphabet, length) =
                [(HEXADECIMAL, 32), (HEXADECIMAL, 40), (LETTERS, 24), (LETTERS, 40), (SMALL, 32)]
                    [dice.throw(5)];
            let value = dice.token(alphabet, length);
            let text = text.replace("KEY", &name).replace("VALUE", &value);
            total += 1;
            if !hidden(&text, &value) {
                missed.push(format!("{shape}: {text}"));
            }
        }
    }
    assert!(missed.is_empty(), "{} of {total} missed:\n{}", missed.len(), missed.join("\n"));
}

/// Without a word that says what it is: only the service's name.
#[test]
fn a_name_of_a_service_and_a_random_value() {
    const BARE: &[&str] = &[
        "KEY: 'VALUE'",
        "KEY = \"VALUE\"",
        "KEY - 'VALUE'",
        "\"KEY\": \"VALUE\"",
        "KEY=VALUE",
        "<KEY>VALUE</KEY>",
    ];
    let mut dice = Dice(7);
    let mut missed = Vec::new();
    let mut total = 0;
    for service in SERVICES.iter().filter(|service| **service != "acme") {
        for text in BARE {
            let value = dice.token(LETTERS, 32);
            let text = text.replace("KEY", service).replace("VALUE", &value);
            total += 1;
            if !hidden(&text, &value) {
                missed.push(text);
            }
        }
    }
    assert!(missed.len() * 20 <= total, "{} of {total} missed:\n{}", missed.len(), missed.join("\n"));
}
