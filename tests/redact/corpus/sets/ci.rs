//! Examples for the set `ci`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token("circleci-token", &["CCIPAT_{a22}_{h40}", "CCIPRJ_{a22}_{h40}"]),
    named("circleci-token-named", &["circleci", "circle_token"], &["{h40}"]),
    named("travis-token", &["travis"], &["{w22}"]),
    token("buildkite-token", &["bkua_{h40}", "bkct_{a60}"]),
    named("buildkite-token-named", &["buildkite"], &["{z40}"]),
    named("drone-token", &["drone"], &["{a32}"]),
    named("appveyor-token", &["appveyor"], &["{z20}"]),
    named("bitrise-token", &["bitrise"], &["{w86}"]),
    named("codemagic-token", &["codemagic"], &["{w43}"]),
    named("semaphore-token", &["semaphore_ci", "semaphoreci"], &["{a20}"]),
    named("codecov-token", &["codecov"], &["{z32}", "{U}"]),
    named("coveralls-token", &["coveralls", "repo_token"], &["{a37}"]),
    named("codacy-token", &["codacy"], &["{a20}"]),
    named("codeclimate-token", &["codeclimate", "cc_test_reporter_id"], &["{h40}"]),
    token("sonar-token", &["squ_{h40}", "sqp_{h40}", "sqa_{h40}"]),
    named("sonar-token-named", &["sonar", "sonarcloud"], &["{h40}"]),
    named("snyk-token", &["snyk"], &["{U}"]),
    token("harness-token", &["pat.{a22}.{h24}.{a20}"]),
    token("octopus-api-key", &["API-{u29}"]).stays(&["API-COMPATIBILITY and API-REFERENCE"]),
    token("launchdarkly-key", &["sdk-{U}", "api-{U}", "mob-{U}"]),
    named("jenkins-token", &["jenkins", "crumb"], &["{h34}"]),
    named("teamcity-token", &["teamcity"], &["eyJ0eXAiOiAiVENWMiJ9.{w50}.{w50}"]),
    token("jetbrains-token", &["perm:{a12}.{a6}.{a30}", "perm-{a12}=.{a6}.{a30}"]),
    named("browserstack-key", &["browserstack"], &["{a20}"]),
    named("saucelabs-key", &["saucelabs", "sauce_access"], &["{U}"]),
    named("lambdatest-key", &["lambdatest"], &["LT_{a47}"]),
    named("percy-token", &["percy"], &["{h64}"]),
    named("cypress-record-key", &["cypress"], &["{U}"]),
    token("depot-token", &["depot_org_{h64}"]),
    named("expo-token", &["expo_"], &["{w40}"]),
    named("codeship-token", &["codeship"], &["{a32}"]),
    named("scrutinizer-token", &["scrutinizer"], &["{h64}"]),
    named("deepsource-token", &["deepsource"], &["dsp_{z36}"]),
    named("spacelift-or-env0", &["spacelift", "env0"], &["{h64}"]),
    token("mergify-key", &["mka_{a43}", "mka_{a60}"]),
    token("percy-token-prefix", &["web_{h64}", "app_{h64}", "auto_{h64}", "ss_{h64}"]).stays(&[
        "assets/app_{h64}.js",
        "app_{h64}.css",
        "web_1  | app_1 ready",
    ]),
    token("browser-test-token", &["rainforest_{h32}"]),
    text(
        "jenkins-agent-secret",
        &[
            "<argument>«{h64}»</argument>",
            "<application-desc><argument>«{h64}»</argument><argument>node1</argument></application-desc>",
            "  <argument>«{h64}»</argument>\n",
        ],
    )
    .stays(&["<argument>node1</argument>", "<argument>{h40}</argument>", "<argument></argument>"]),
];
