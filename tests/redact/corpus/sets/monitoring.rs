//! Examples for the set `monitoring`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    named("datadog-key", &["datadog", "dd_client"], &["{h32}", "{h40}"]),
    token("datadog-prefixed-key", &["ddapp_{a34}", "ddpat_{a40}"]),
    token("newrelic-key", &["NRAK-{u27}", "NRJS-{h19}", "NRII-{w32}", "NRAA-{h27}"]),
    token("newrelic-license-key", &["{h36}NRAL"]),
    named("newrelic-key-named", &["newrelic", "new_relic"], &["{h40}", "{h64}"]),
    token("sentry-token", &["sntryu_{h64}", "sntrys_eyJ{b120}=_{b43}"]),
    text(
        "sentry-dsn",
        &[
            "https://«{h32}»@o123.ingest.sentry.io/456",
            "SENTRY_DSN=https://«{h32}:{h32}»@sentry.example.com/2",
            r#"dsn: "https://«{h32}»@o1.ingest.us.sentry.io/9""#,
        ],
    )
    .stays(&["https://o123.ingest.sentry.io/456", "SENTRY_DSN=${DSN}", "sentry dsn is not set"]),
    named("sentry-token-named", &["sentry"], &["{h64}"]),
    token("grafana-token", &["glsa_{a32}_{h8}", "glc_{b100}=="]),
    token("grafana-api-key", &["eyJrIjoi{b90}="]),
    token("honeycomb-key", &["hcaik_{z58}"]),
    token("dynatrace-token", &["dt0c01.{u24}.{u64}", "dt0s01.{u24}.{u64}"]),
    text(
        "pagerduty-session",
        &[
            "APISession(\"«{w20}»\")",
            "pd = pdpyras.APISession('«{a20}»', default_from='x')",
            "s = APISession( '«{a20}»' )",
        ],
    )
    .stays(&["APISession(token)", "APISession('{a8}')", "apisession(\"my key goes in here\")"]),
    text(
        "snyk-configstore",
        &["{\"api\": \"«{U}»\", \"org\": \"x\"}", "\t\"api\": \"«{U}»\",", "{\"api\":\"«{U}»\"}"],
    )
    .stays(&["\"api\": \"v2\"", "\"api\": \"https://h.example/{U}\"", "\"api_id\": \"{U}\""]),
    named("pagerduty-key-named", &["pagerduty", "opsgenie", "statuspage"], &["{a20}", "{h32}", "{U}"]),
    named("splunk-token", &["splunk", "signalfx"], &["{U}", "{a22}"]),
    named(
        "log-service-token",
        &["loggly", "papertrail", "logzio", "sumologic", "axiom", "logdna"],
        &["{a32}", "{U}", "{h32}"],
    ),
    token("axiom-token", &["xaat-{U}", "xapt-{U}"]),
    named(
        "error-tracker-key",
        &["rollbar", "bugsnag", "airbrake", "instrumentationkey", "pingdom", "uptimerobot", "librato"],
        &["{h32}", "{a32}", "{U}"],
    ),
    token("posthog-key", &["phc_{a43}", "phx_{a43}"]),
    named(
        "analytics-key",
        &["mixpanel", "amplitude", "segment_io", "chartmogul", "statsig", "optimizely"],
        &["{h32}", "{a32}", "{U}"],
    ),
    token("segment-public-api-token", &["sgp_{a64}"]),
    token("statsig-key", &["secret-{a43}"]),
    token("unleash-token", &["default:development.{h56}", "web:production.{h60}"]),
    token("configcat-key", &["configcat-sdk-1/{a22}/{a22}"]),
    token("flagsmith-key", &["ser.{a22}"]),
    text("mapbox-token", &["«sk.eyJ{w80}.{w22}»", "token: «pk.eyJ{w80}.{w22}»", r#""«tk.eyJ{w60}.{w22}»""#])
        .stays(&["pk.eyJ is a prefix", "pk.eyJ<token>", "sk.eyJ"]),
    token("devcycle-key", &["dvc_server_{h32}_{h7}", "dvc_mobile_{h8}_{h4}_{h4}_{h4}_{h12}_{h7}"]),
    text(
        "prtg-passhash",
        &[
            "https://prtg.example/api/table.json?username=me&passhash=«{n10}»",
            "passhash=«{n8}»\n",
            "\"passhash\": \"«{n9}»\"",
        ],
    )
    .stays(&["passhash=", "passhash=<hash>", "the passhash of 2 users"]),
];
